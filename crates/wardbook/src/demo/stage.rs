//! What the demo's pages ask for: the clock moved, a byte flipped.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;
use wardbook_app::App;
use wardbook_domain::Instant;
use wardbook_web::demo::{FlipError, Flipped, Flipping, Stage};

use super::clock::DemoClock;
use crate::commands::verify::in_words;

/// The demo of one folder.
#[derive(Debug)]
pub(crate) struct DemoStage {
    clock: DemoClock,
    app: App,
    dir: PathBuf,
    /// Held while a copy is there.
    copying: Arc<Mutex<()>>,
}

impl DemoStage {
    /// A stage whose copies lie in `dir`.
    pub(crate) fn new(clock: DemoClock, app: App, dir: PathBuf) -> Self {
        Self { clock, app, dir, copying: Arc::default() }
    }
}

impl Stage for DemoStage {
    fn jump_to(&self, at: Instant) {
        self.clock.jump_to(at);
        let clock = self.clock.clone();
        // Nobody needs to wait for the disk: the book's last event bounds what can be lost.
        drop(spawn_blocking(move || clock.save()));
    }

    fn jumps(&self) -> u64 {
        self.clock.jumps()
    }

    fn flip(&self) -> Flipping {
        let (app, dir, copying) = (self.app.clone(), self.dir.clone(), Arc::clone(&self.copying));
        Box::pin(async move {
            let one = copying.try_lock_owned().map_err(|_| FlipError::Busy)?;
            // The check hashes the whole book: not on a thread that others wait for.
            let work = spawn_blocking(move || {
                let flipped = Handle::current().block_on(app.flip_one_byte(&dir));
                drop(one);
                flipped
            });
            let flipped = work.await.map_err(|error| FlipError::Failed(error.into()))?.map_err(|error| FlipError::Failed(error.into()))?;
            Ok(Flipped { position: flipped.position, copy: in_words(&flipped.copy), book: in_words(&flipped.book) })
        })
    }
}
