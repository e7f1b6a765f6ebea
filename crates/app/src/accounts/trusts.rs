//! One session in several trusts: which it opens, in which somebody works now. Each trust is asked on its own.

use super::{Standing, sessions::Stage};
use crate::{App, AppError};

impl App {
    /// The trusts that a session opens, the one in which its person works now first; none for a session of nobody. The session alone
    /// says so: what its person may do there is each trust's to say.
    pub async fn trusts_of_session(&self, token: &str) -> Result<Vec<App>, AppError> {
        let Some(session) = self.any_session(token).await?.filter(|session| session.stage == Stage::Open) else { return Ok(vec![]) };
        let mut trusts: Vec<App> = self.trusts().into_iter().filter(|trust| session.opens(trust)).collect();
        trusts.sort_by_key(|trust| !session.is_at(trust));
        Ok(trusts)
    }

    /// Who stands behind a session's token in each other trust that it opens; none where it has ended in any of them, and with that in
    /// all.
    pub async fn standings_elsewhere(&self, token: &str) -> Result<Option<Vec<(App, Standing)>>, AppError> {
        let Some(session) = self.session(token).await? else { return Ok(None) };
        let mut all = vec![];
        for trust in self.trusts().into_iter().filter(|trust| trust.trust != self.trust && session.opens(trust)) {
            let Some(standing) = trust.standing(token).await? else { return Ok(None) };
            all.push((trust, standing));
        }
        Ok(Some(all))
    }

    /// Has the session's person work in this trust from now on.
    pub async fn work_here(&self, token: &str) -> Result<(), AppError> {
        self.change_session(token, |session| session.go_to(self)).await
    }
}
