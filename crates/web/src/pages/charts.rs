//! Charts: drawn on the server as SVG, with a name and a description for who does not see them; the table with the same numbers stands
//! beside them on the page. Colours stand beside words and never alone.

/// Units across a drawing; it is as wide as a telephone, so that its letters keep their size there.
pub const WIDTH: u32 = 300;
/// Units of one bar with its words.
const BAR: u32 = 40;
/// Units that the longest bar may take; its number stands behind it.
const LONGEST: u32 = 250;

/// Bars with their words, one below the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chart {
    /// Id of the drawing on its page.
    pub id: String,
    /// Its name.
    pub title: String,
    /// What it shows, in a sentence.
    pub description: String,
    /// The bars.
    pub bars: Vec<Bar>,
}

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// Its words.
    pub label: String,
    /// Its number as shown; a hidden one is a letter.
    pub text: String,
    /// Its length in units.
    pub length: u32,
    /// Where its words stand.
    pub top: u32,
}

impl Chart {
    /// A chart of words and numbers; of a number that is none the text stands alone.
    pub fn new(id: &str, title: &str, description: String, values: Vec<(String, String, Option<u32>)>) -> Self {
        let most = values.iter().filter_map(|(_, _, value)| *value).max().unwrap_or(0).max(1);
        let bar = |(top, (label, text, value)): (u32, (String, String, Option<u32>))| {
            // Anything but nought shows.
            let length = value.map_or(0, |value| (u64::from(value) * u64::from(LONGEST)).div_ceil(u64::from(most)));
            Bar { label, text, length: u32::try_from(length).unwrap_or(LONGEST), top: top * BAR }
        };
        let bars = (0..).zip(values).map(bar).collect();
        Self { id: id.to_owned(), title: title.to_owned(), description, bars }
    }

    /// Units down the drawing.
    pub fn height(&self) -> u32 {
        u32::try_from(self.bars.len()).unwrap_or(u32::MAX).saturating_mul(BAR).max(BAR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_bar_fits_and_a_small_number_still_shows() {
        let value = |label: &str, value: Option<u32>| (label.to_owned(), value.map_or("c".to_owned(), |value| value.to_string()), value);
        let chart = Chart::new(
            "c",
            "t",
            String::new(),
            vec![value("a", Some(4_000_000_000)), value("b", Some(1)), value("c", Some(0)), value("d", None)],
        );
        let lengths: Vec<u32> = chart.bars.iter().map(|bar| bar.length).collect();
        assert_eq!((lengths, chart.height(), chart.bars[3].top), (vec![LONGEST, 1, 0, 0], 160, 120));
        assert_eq!(Chart::default().height(), BAR);
        assert_eq!(Chart::new("c", "t", String::new(), vec![value("a", Some(0))]).bars[0].length, 0);
    }
}
