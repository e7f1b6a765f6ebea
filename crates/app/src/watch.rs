//! A queue that is looked at again and again: what is the same as before is not shown, and what is not shown leaves no trace.

use wardbook_views::Wanted;

use crate::{App, AppError, Caller, Page, queue::QueueItem};

/// A queue as it is shown now.
#[derive(Debug, Clone)]
pub struct Glance {
    /// The keyed digest of what is shown.
    pub tag: String,
    /// How many records are owed, and how many of them are past their due instant.
    pub owed: (usize, usize),
    /// The first rows.
    pub page: Page<QueueItem>,
}

impl App {
    /// The first rows of the queue, unless they are those of which the watcher holds the tag. `also` goes into the tag: whatever else
    /// changes the words on the screen.
    pub async fn queue_unless_seen(&self, caller: &Caller, rows: u32, also: u64, seen: Option<&str>) -> Result<Option<Glance>, AppError> {
        let owed = self.owed(caller).await?;
        let (page, read) = self.gather(caller, "queue", Wanted::Owed, None, Some(rows)).await?;
        let tag = self.etag(caller, &(&page.items, owed, also))?;
        if seen == Some(tag.as_str()) {
            return Ok(None);
        }
        self.trace_read(caller, "queue", read).await?;
        Ok(Some(Glance { tag, owed, page }))
    }
}
