//! What tests read of a document: the words of its laid-out pages, and bytes of its file.

use typst::layout::{Frame, FrameItem};
use typst_layout::PagedDocument;

/// The words of each page, with single spaces.
pub(crate) fn words(document: &PagedDocument) -> Vec<String> {
    fn read(frame: &Frame, into: &mut String) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => read(&group.frame, into),
                FrameItem::Text(text) => {
                    into.push_str(&text.text);
                    into.push(' ');
                }
                _ => {}
            }
        }
    }
    let page = |frame: &Frame| {
        let mut text = String::new();
        read(frame, &mut text);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    document.pages().iter().map(|found| page(&found.frame)).collect()
}

/// Whether a file holds this text as it is.
pub(crate) fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
