//! Canonical bytes of a JSON value: what digests and declarations are taken over, whatever the order in which fields were read.

use std::collections::BTreeMap;

use serde_json::Value;

/// A value as bytes that do not depend on the order of its fields: objects sorted by name, a comma after every member and item.
pub fn canonical(value: &Value) -> Vec<u8> {
    match value {
        Value::Object(fields) => {
            let sorted: BTreeMap<&String, &Value> = fields.iter().collect();
            let inner = sorted.iter().flat_map(|(name, value)| {
                [Value::from(name.as_str()).to_string().into_bytes(), b":".to_vec(), canonical(value), b",".to_vec()]
            });
            [b"{".to_vec(), inner.flatten().collect(), b"}".to_vec()].concat()
        }
        Value::Array(items) => {
            let inner = items.iter().flat_map(|item| [canonical(item), b",".to_vec()]);
            [b"[".to_vec(), inner.flatten().collect(), b"]".to_vec()].concat()
        }
        other => other.to_string().into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_fields_does_not_count_and_that_of_items_does() {
        let bytes = |text: &str| canonical(&serde_json::from_str(text).unwrap());
        assert_eq!(bytes(r#"{"b":[1,2],"a":"x"}"#), bytes(r#"{ "a": "x", "b": [1, 2] }"#));
        assert_eq!(bytes(r#"{"b":[1,2],"a":"x"}"#), br#"{"a":"x","b":[1,2,],}"#);
        assert_ne!(bytes("[1,2]"), bytes("[2,1]"));
    }
}
