//! A second trust for an account: its person uses the trust's code while they are signed in. Nobody else agrees for them, and no trust
//! hears from this what others there are.

use wardbook_domain::trace::Failed;

use super::account::LinkState;
use crate::{App, AppError, state::Kind};

impl App {
    /// Uses a one-time code while signed in: from then on the account leads to the trust that gave it, too. Password and second factor
    /// stay as they are. Every session ends, as the next one is for all trusts and as short as the strictest of them has it.
    pub async fn join(&self, session: &str, code: &str) -> Result<(), AppError> {
        let account = self.session(session).await?.ok_or(AppError::NotFound)?.account;
        let kept = self.account(&account).await?.ok_or(AppError::NotFound)?;
        let found = self.code(code).await?.filter(|(_, code, _)| code.account == account);
        // Where it is open already, the code is for the password: that is not this way.
        let waits = |trust: &App| kept.link(trust).filter(|link| link.state != LinkState::Open).map(|link| link.person);
        let Some((id, code, trust, person)) = found.and_then(|(id, code, trust)| waits(&trust).map(|person| (id, code, trust, person)))
        else {
            self.failed(Some(&kept), Failed::Code, None).await?;
            return Err(self.no_code());
        };
        if !self.drop_kept(Kind::Code, &id).await? {
            return Err(self.no_code());
        }
        trust.record_enrolled(person, code.purpose).await?;
        let notice = trust.code_notice(&code, true);
        self.change_account(&account, |account| {
            let link = account.link_mut(&trust).ok_or(AppError::NotFound)?;
            link.state = LinkState::Open;
            link.notices.push(notice.clone());
            Ok(())
        })
        .await?;
        self.end_sessions(&account).await
    }
}
