//! GF(256) with the AES polynomial `x^8 + x^4 + x^3 + x + 1` (0x11b), without tables or branches on secrets.

/// Product. Shift and add, each step masked, so that time and memory access say nothing of the factors.
pub(crate) fn mul(mut a: u8, mut b: u8) -> u8 {
    let mut product = 0;
    for _ in 0..8 {
        product ^= a & (b & 1).wrapping_neg();
        let carry = (a >> 7).wrapping_neg();
        a = (a << 1) ^ (carry & 0x1b);
        b >>= 1;
    }
    product
}

/// Inverse as the 254th power; 0 for 0.
pub(crate) fn inverse(a: u8) -> u8 {
    // 254 = 0b1111_1110: multiply the squares a^2, a^4 ... a^128.
    let mut square = a;
    let mut product = 1;
    for _ in 0..7 {
        square = mul(square, square);
        product = mul(product, square);
    }
    product
}

/// Value at `x` of a polynomial, coefficients from the constant upwards (Horner).
pub(crate) fn evaluate(coefficients: impl DoubleEndedIterator<Item = u8>, x: u8) -> u8 {
    coefficients.rev().fold(0, |sum, coefficient| mul(sum, x) ^ coefficient)
}

/// Value at `at` of the polynomial of lowest degree through the points, whose `x` are distinct (Lagrange).
pub(crate) fn interpolate(points: &[(u8, u8)], at: u8) -> u8 {
    let mut sum = 0;
    for (i, (x_i, y_i)) in points.iter().enumerate() {
        let mut weight = 1;
        for (j, (x_j, _)) in points.iter().enumerate() {
            if i != j {
                weight = mul(weight, mul(at ^ x_j, inverse(x_i ^ x_j)));
            }
        }
        sum ^= mul(weight, *y_i);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Products known from FIPS 197 §4.2, and an inverse pair from its S-box example.
    #[test]
    fn known_products() {
        assert_eq!(mul(0x57, 0x83), 0xc1);
        assert_eq!(mul(0x57, 0x13), 0xfe);
        assert_eq!(mul(0x53, 0xca), 0x01);
        assert_eq!(inverse(0x53), 0xca);
    }

    #[test]
    fn every_inverse_and_zero() {
        assert_eq!(inverse(0), 0);
        for a in 1..=255 {
            assert_eq!(mul(a, inverse(a)), 1);
        }
    }

    /// Against carry-less multiplication and division by the polynomial, for every pair.
    #[test]
    fn products_match_long_division() {
        for a in 0..=255_u8 {
            for b in 0..=255_u8 {
                let mut wide = (0..8).filter(|bit| b >> bit & 1 == 1).fold(0_u16, |sum, bit| sum ^ u16::from(a) << bit);
                for bit in (8..16).rev() {
                    if wide >> bit & 1 == 1 {
                        wide ^= 0x11b << (bit - 8);
                    }
                }
                assert_eq!(u16::from(mul(a, b)), wide);
            }
        }
    }
}
