//! Notices: who is told by e-mail that something waits for them (design §5).
//!
//! Whom an event notifies, and when, are rules of `wardbook_domain::notice`. Here they become rows of the outbox and messages:
//!
//! * `intake.rs`: reads the book's events once, from where it stood when notices were first switched on, and plans rows.
//! * `people.rs`: finds the people of a row when it falls due, and leaves out to whom the record does not exist.
//! * `hand_over.rs`: gathers what waits for a person into one message, claims it, hands it over, tries again.
//! * `rows.rs`: the outbox's table; a row holds an id, instants, a state and references, sealed, and nothing of a matter.
//! * `shown.rs`: what an administrator sees of messages that did not arrive.
//!
//! A message is handed over at least once under one id, HMAC(event, rule, recipient) of the row that leads it, so that a mail server knows
//! a repeat. Claims compare and set, so that of two replicas one sends.

mod hand_over;
mod intake;
mod people;
mod rows;
mod shown;

use std::time::Duration;

use futures::future::BoxFuture;
use tokio::sync::watch;
use wardbook_domain::notice::{Fault, Urgency};

pub use shown::{NoticeShown, UndeliveredState};

use crate::{App, AppError};

/// How long an event or a due instant may wait to be noticed.
const TICK: Duration = Duration::from_secs(10);
/// How long what is under way may go on after the stop: a message that is cut off is sent again.
const FINISH: Duration = Duration::from_secs(5);
/// What is left between two looks at a busy book.
const PAUSE: Duration = Duration::from_secs(1);

/// A message to one person: to whom, and how soon they are to look. There is nothing else to say.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// What stays the same however often it is handed over: 32 hex digits.
    pub id: String,
    /// The address.
    pub to: String,
    /// Which of the fixed sentences.
    pub urgency: Urgency,
    /// When, in microseconds.
    pub at: wardbook_domain::Instant,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Letter({}, address redacted)", self.id)
    }
}

/// Waits until told to stop, or until nobody is left who could tell it.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await.is_ok();
}

/// What hands messages over to a mail server.
pub trait Mailer: Send + Sync {
    /// Hands one over; `Ok` once the server has taken it. Bounded in time.
    fn hand_over<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), Fault>>;
}

impl App {
    /// Has notices begin with what happens from now on, where they have not begun yet. A server does this before it listens.
    pub async fn switch_on_notices(&self) -> Result<(), AppError> {
        self.notice_position().await.map(drop)
    }

    /// Gives notices until told to stop; a failure is logged and tried again. Without a mailer rows are kept for an administrator to see.
    pub async fn run_notices(self, mailer: Option<std::sync::Arc<dyn Mailer>>, mut stop: watch::Receiver<bool>) {
        let mut subscription = self.ledger.subscribe(0);
        loop {
            let mut giving = std::pin::pin!(self.give_notices(mailer.as_deref()));
            let given = tokio::select! {
                given = &mut giving => given,
                () = stopped(&mut stop) => {
                    let _ = tokio::time::timeout(FINISH, giving).await;
                    return;
                }
            };
            match given {
                Ok(position) => subscription = self.ledger.subscribe(position),
                Err(error) => {
                    tracing::error!(%error, cause = ?std::error::Error::source(&error).map(ToString::to_string), "app.notices.stopped");
                }
            }
            let wait = async {
                tokio::time::sleep(PAUSE).await;
                // A new event wakes this; it is read by the intake itself.
                let _ = tokio::time::timeout(TICK, subscription.next_batch(1)).await;
            };
            tokio::select! {
                () = stopped(&mut stop) => return,
                () = wait => {}
            }
        }
    }

    /// Takes in what is in the book by now and hands over what is due; the position up to which the book was read.
    pub async fn give_notices(&self, mailer: Option<&dyn Mailer>) -> Result<u64, AppError> {
        let position = self.take_in_events().await?;
        // Who may know a record is asked of the lists: they must have taken in what the notices are about.
        if position > 0 && !self.views.reached(position - 1, Duration::from_secs(5)).await {
            tracing::warn!("app.notices.wait: the lists are behind");
            return Ok(position);
        }
        let mut asked = people::Asked::default();
        self.plan_due(&mut asked).await?;
        self.hand_over_due(mailer, &mut asked).await?;
        Ok(position)
    }
}
