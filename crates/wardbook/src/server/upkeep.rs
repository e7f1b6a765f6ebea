//! What a server does beside its visitors: once a day the state outside the book, the old command
//! records and the attachments that no event names, once an hour a signed checkpoint, once a minute what dates change.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use wardbook_app::App;

use crate::failure::chain;

const DAY: Duration = Duration::from_hours(24);
const HOUR: Duration = Duration::from_hours(1);
const MINUTE: Duration = Duration::from_mins(1);

/// Works until told to stop.
pub(crate) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    // Both begin at once: a server that is started each morning and stopped each evening does its daily work too.
    let (mut daily, mut hourly, mut minutely) = (interval(DAY), interval(HOUR), interval(MINUTE));
    let mut followed = None;
    daily.set_missed_tick_behavior(MissedTickBehavior::Delay);
    hourly.set_missed_tick_behavior(MissedTickBehavior::Delay);
    minutely.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = super::stopped(&mut stop) => return,
            _ = daily.tick() => keep_up(&app).await,
            _ = hourly.tick() => sign(&app).await,
            _ = minutely.tick() => follow(&app, &mut followed).await,
        }
    }
}

async fn keep_up(app: &App) {
    let (state, commands) = (app.maintain_state().await, app.purge_commands().await.map(|_| ()));
    let blobs = app.sweep_blobs().await.map(|removed| tracing::info!(removed, "server.blobs.swept"));
    for error in [state, commands, blobs].into_iter().filter_map(Result::err) {
        tracing::error!(error = chain(&error), "server.upkeep.failed");
    }
}

/// Sends records on where a duty or a cover began or ended by its date.
async fn follow(app: &App, followed: &mut Option<wardbook_domain::Instant>) {
    match app.follow_dates(*followed).await {
        Ok(at) => *followed = Some(at),
        Err(error) => tracing::error!(error = chain(&error), "server.dates.failed"),
    }
}

/// Signs the book as it is.
pub(super) async fn sign(app: &App) {
    if let Err(error) = app.sign_checkpoint().await {
        // A refusal to sign is an alarm: the book is not what was signed before.
        tracing::error!(error = chain(&error), "server.checkpoint.refused");
    }
}
