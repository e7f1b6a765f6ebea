//! Sessions of browsers: idle and absolute limits by duty, ended at once when a duty ends. No device and no address is kept.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use wardbook_domain::{
    Address, Duty, Instant, PersonId,
    settings::opens_records,
    trace::{Factor, Failed},
};
use wardbook_vault::{blind, keyed_digest};
use wardbook_views::sql::{Arg, fetch};

use super::{
    Caller, HELD_MAX, Notice,
    account::{Account, Link},
    factor::SecretBytes,
};
use crate::{
    App, AppError,
    directory::TRIES,
    looking::{Looking, Looks},
    state::Kind,
};

/// How long a code of the second factor is proof enough for what needs one afresh.
const STEP_UP_SECONDS: i64 = 10 * 60;
/// Written at most once a minute: a page of many requests is one use.
const WRITTEN_EVERY_SECONDS: i64 = 60;
/// How long somebody has for the second step of signing in.
const HALF_SECONDS: i64 = 10 * 60;
/// Expired sessions dropped at once at most, once a minute.
const EXPIRED_AT_ONCE: i64 = 1000;

/// How far signing in has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Stage {
    /// The password was right; nothing can be done but to give a code.
    Code,
    /// Signed in.
    Open,
}

/// As kept.
#[derive(Serialize, Deserialize)]
pub(crate) struct Session {
    pub(super) account: [u8; 16],
    /// The trusts that it opens.
    parts: Vec<Part>,
    /// The one in which somebody works now.
    at: [u8; 16],
    pub(super) stage: Stage,
    pub(super) begun: Instant,
    pub(super) used: Instant,
    /// When it ends at the latest.
    until: Instant,
    idle_seconds: i64,
    /// With what it was begun beside the password.
    pub(super) factor: Factor,
    /// When a code was last given.
    pub(super) proven_at: Option<Instant>,
    /// Whether the account has a second factor.
    pub(super) has_factor: bool,
    /// Whether a duty in any of the trusts needs one.
    needs_factor: bool,
    /// Whether the password is past its age.
    pub(super) password_due: bool,
    pub(super) site: Option<String>,
    /// A key that waits to be confirmed.
    pub(super) pending: Option<SecretBytes>,
    /// What was answered before records were shown.
    #[serde(default)]
    pub(crate) looks: Looks,
}

/// What a session has of one trust.
#[derive(Serialize, Deserialize)]
pub(crate) struct Part {
    trust: [u8; 16],
    person: PersonId,
    /// The duties with which it began.
    duties: BTreeSet<Address>,
    notices: Vec<Notice>,
    pub(super) changes_seen: Option<Instant>,
}

/// What a person must do before anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Must {
    /// Choose a new password: the one they have is past its age.
    ChangePassword,
    /// Set up a second factor: a duty of theirs needs one.
    SetFactor,
}

/// Somebody signed in, and how.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Who.
    pub caller: Caller,
    /// What they must do first.
    pub must: Option<Must>,
    /// Whether their account has a second factor.
    pub has_factor: bool,
    /// Whether a case names them.
    pub named: bool,
    /// What they have not confirmed to have read.
    pub notices: Vec<Notice>,
    /// How many changes of access a trust lead has not looked at.
    pub changes_unseen: usize,
    /// Whether the session opens other trusts too: see [`App::standings_elsewhere`].
    pub elsewhere: bool,
}

impl Standing {
    /// Whether a code was given within the last minutes.
    pub fn stepped_up(&self) -> bool {
        self.caller.exports
    }
}

/// One of a person's own sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionShown {
    /// By which it is ended: a digest, of no use as a session.
    pub id: String,
    /// When it began.
    pub begun: Instant,
    /// When it was last used, to the minute.
    pub used: Instant,
    /// Whether it is the one that asks.
    pub this_one: bool,
}

impl Session {
    /// What must be done first, by somebody who reads sealed records or looks after accounts, or not.
    fn must(&self, is_trusted: bool) -> Option<Must> {
        if self.factor == Factor::Demonstration {
            return None;
        }
        let set_factor = ((self.needs_factor || is_trusted) && !self.has_factor).then_some(Must::SetFactor);
        if self.password_due { Some(Must::ChangePassword) } else { set_factor }
    }

    /// Whether it opens this trust.
    pub(super) fn opens(&self, trust: &App) -> bool {
        self.part(trust).is_some()
    }

    /// Whether its person works in this trust now.
    pub(super) fn is_at(&self, trust: &App) -> bool {
        self.at == *trust.trust.as_bytes()
    }

    pub(super) fn go_to(&mut self, trust: &App) -> Result<(), AppError> {
        self.at = self.part_mut(trust)?.trust;
        Ok(())
    }

    fn part(&self, trust: &App) -> Option<&Part> {
        self.parts.iter().find(|part| part.trust == *trust.trust.as_bytes())
    }

    pub(super) fn part_mut(&mut self, trust: &App) -> Result<&mut Part, AppError> {
        self.parts.iter_mut().find(|part| part.trust == *trust.trust.as_bytes()).ok_or(AppError::NotFound)
    }

    /// To these seconds unused and at the longest, where it had more.
    fn shorten(&mut self, (idle, most): (i64, i64)) {
        self.idle_seconds = self.idle_seconds.min(idle);
        self.until = self.until.min(self.begun.plus_seconds(most));
    }

    fn expires_at(&self) -> Instant {
        self.used.plus_seconds(self.idle_seconds).min(self.until)
    }
}

/// Whether duties read sealed records or look after accounts: such a person needs a second factor, and has the shorter sessions.
fn need_factor(duties: &BTreeSet<Address>) -> bool {
    opens_records(duties) || duties.iter().any(|held| held.duty == Duty::Administrator)
}

impl App {
    /// Drops sessions that have expired, and counts those in which the password was right and no code followed (P2-AUDIT-1). Of several
    /// processes the one that drops a row counts it.
    pub(crate) async fn expire_sessions(&self) -> Result<(), AppError> {
        let now = self.machine.now();
        let sql = "-- sessions.expired\nSELECT id, epoch, sealed FROM state_session WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2";
        let rows = fetch(&self.db, sql.to_owned(), &[Arg::Int(now.as_micros()), Arg::Int(EXPIRED_AT_ONCE)]).await?;
        for row in rows {
            let id = row.bytes(0)?;
            let session = match self.open_value::<Session>(Kind::Session, &id, row.int(1)?, &row.bytes(2)?).await {
                Ok(session) => Some(session),
                // Its attempt is still to be counted.
                Err(error @ (AppError::Unavailable(_) | AppError::Busy(_))) => return Err(error),
                // Of an older form, or under a key that is forgotten: it goes all the same.
                Err(_) => None,
            };
            let was_there = self.drop_kept(Kind::Session, &id).await?;
            if let Some(half) = session.filter(|session| was_there && session.stage == Stage::Code) {
                let account = self.account(&half.account).await?;
                let ago = (now.as_micros() - half.begun.as_micros()) / 1_000_000;
                self.failed_before(ago, account.as_ref(), Failed::Unfinished, half.site.as_deref()).await?;
            }
        }
        Ok(())
    }

    /// Begins a session in which nothing can be done but to give a code.
    pub(super) async fn begin_half(&self, id: [u8; 16], account: &Account, site: Option<String>) -> Result<String, AppError> {
        let owner = self.half_owner(&id);
        // A few at once are enough: whoever knows the password may begin one in another window.
        if self.count_owned(Kind::Session, &owner).await? >= HELD_MAX {
            self.drop_oldest_owned(Kind::Session, &owner).await?;
        }
        let mut half = self.fresh(id, account, Factor::None).await?;
        (half.stage, half.site) = (Stage::Code, site);
        half.until = half.begun.plus_seconds(HALF_SECONDS);
        self.put_session(&half, &owner).await
    }

    /// Begins a session.
    pub(super) async fn begin_session(&self, id: [u8; 16], account: &Account, factor: Factor) -> Result<String, AppError> {
        let owner = self.session_owner(&id);
        if self.count_owned(Kind::Session, &owner).await? >= HELD_MAX {
            self.drop_oldest_owned(Kind::Session, &owner).await?;
        }
        let session = self.fresh(id, account, factor).await?;
        self.put_session(&session, &owner).await
    }

    /// The trusts that an account opens, each with where it leads to there: not those that its person has left.
    pub(super) async fn opened_by<'a>(&self, account: &'a Account) -> Result<Vec<(App, &'a Link)>, AppError> {
        let mut opened = vec![];
        for trust in self.trusts() {
            if let Some(link) = account.opens(&trust)
                && !trust.directory().await?.has_left(link.person)
            {
                opened.push((trust, link));
            }
        }
        Ok(opened)
    }

    /// A session for every trust that the account opens, as short as the strictest of them has it.
    async fn fresh(&self, id: [u8; 16], account: &Account, factor: Factor) -> Result<Session, AppError> {
        let now = self.machine.now();
        let (mut parts, mut idle_seconds, mut longest, mut at) = (vec![], i64::MAX, i64::MAX, None);
        for (trust, link) in self.opened_by(account).await? {
            let duties = trust.directory().await?.people.get(&link.person).map(|known| known.duties.clone()).unwrap_or_default();
            let (idle, most) = trust.profile().sessions.limits(need_factor(&duties));
            (idle_seconds, longest) = (idle_seconds.min(idle), longest.min(most));
            // Where something waits to be read comes first.
            at = at.or(opens_records(&duties).then_some(link.trust));
            let (notices, changes_seen) = (link.notices.clone(), link.changes_seen);
            parts.push(Part { trust: link.trust, person: link.person, duties, notices, changes_seen });
        }
        let age = self.password_rules().change_after_days.map(|days| i64::from(days) * 86_400);
        let password_due = age.is_some_and(|age| account.password_at.is_none_or(|at| at.plus_seconds(age) <= now));
        let proven = matches!(factor, Factor::Totp | Factor::Recovery);
        Ok(Session {
            account: id,
            at: at.or(parts.first().map(|part| part.trust)).unwrap_or_else(|| self.host.first()),
            needs_factor: parts.iter().any(|part| need_factor(&part.duties)),
            parts,
            stage: Stage::Open,
            begun: now,
            used: now,
            until: now.plus_seconds(longest),
            idle_seconds,
            factor,
            proven_at: proven.then_some(now),
            has_factor: account.factors.is_some(),
            password_due,
            site: None,
            pending: None,
            looks: Looks::default(),
        })
    }

    async fn put_session(&self, session: &Session, owner: &[u8]) -> Result<String, AppError> {
        let token = hex::encode(self.entropy.bytes::<32>());
        let id = self.session_id(&token);
        self.keep(Kind::Session, &id, owner, session, session.expires_at()).await?;
        Ok(token)
    }

    /// A session as kept, whatever its stage.
    pub(super) async fn any_session(&self, token: &str) -> Result<Option<Session>, AppError> {
        Ok(self.kept::<Session>(Kind::Session, &self.session_id(token)).await?.map(|(session, _)| session))
    }

    /// A session in which something can be done.
    pub(super) async fn session(&self, token: &str) -> Result<Option<Session>, AppError> {
        Ok(self.any_session(token).await?.filter(|session| session.stage == Stage::Open))
    }

    /// Changes a session as it stands; one that has ended stays ended.
    pub(crate) async fn change_session<T>(
        &self,
        token: &str,
        mut change: impl FnMut(&mut Session) -> Result<T, AppError> + Send,
    ) -> Result<T, AppError> {
        let id = self.session_id(token);
        for _ in 0..TRIES {
            let kept = self.kept_marked::<Session>(Kind::Session, &id).await?;
            let (mut session, expires_at, mark) = kept.filter(|(session, ..)| session.stage == Stage::Open).ok_or(AppError::NotFound)?;
            let answer = change(&mut session)?;
            if self.replace_kept(Kind::Session, &id, &mark, &self.session_owner(&session.account), &session, expires_at).await? {
                return Ok(answer);
            }
        }
        Err(AppError::Busy(Duration::from_secs(1)))
    }

    /// Who stands behind a session's token, and how; its idle time starts again.
    pub async fn standing(&self, token: &str) -> Result<Option<Standing>, AppError> {
        let id = self.session_id(token);
        let Some((mut session, _, mark)) = self.kept_marked::<Session>(Kind::Session, &id).await? else { return Ok(None) };
        if session.stage != Stage::Open {
            return Ok(None);
        }
        let Some(part) = session.part(self) else { return Ok(None) };
        let Some(caller) = self.caller(session.account, part.person).await? else { return Ok(None) };
        if !part.duties.is_subset(&caller.duties) {
            // A duty with which it began has ended, or its holder left.
            self.drop_kept(Kind::Session, &id).await?;
            return Ok(None);
        }
        let now = self.machine.now();
        // Whoever covers, or is named on a case, may have come to it since they signed in.
        let named = self.is_named(&caller).await?;
        let is_trusted = named || need_factor(&caller.duties);
        if is_trusted {
            session.shorten(self.profile().sessions.limits(true));
        }
        if now >= session.expires_at() {
            self.drop_kept(Kind::Session, &id).await?;
            return Ok(None);
        }
        if now >= session.used.plus_seconds(WRITTEN_EVERY_SECONDS) {
            session.used = now;
            // Where somebody ended or changed it meanwhile, that stands.
            self.replace_kept(Kind::Session, &id, &mark, &self.session_owner(&session.account), &session, session.expires_at()).await?;
        }
        let part = session.part_mut(self)?;
        let (notices, changes_seen) = (std::mem::take(&mut part.notices), part.changes_seen);
        let changes_unseen = if caller.has(Duty::TrustLead) { self.changes_since(changes_seen).await? } else { 0 };
        let proven = session.proven_at.is_some_and(|at| now < at.plus_seconds(STEP_UP_SECONDS));
        let stepped_up = proven || session.factor == Factor::Demonstration;
        Ok(Some(Standing {
            must: session.must(is_trusted),
            named,
            has_factor: session.has_factor,
            // In a demonstration everybody was enrolled by the machine.
            notices: if session.factor == Factor::Demonstration { vec![] } else { notices },
            changes_unseen,
            elsewhere: session.parts.len() > 1,
            caller: Caller { looking: Looking::Page(session.looks), exports: stepped_up, ..caller },
        }))
    }

    /// The person behind a session's token, where nothing keeps them from their work.
    pub async fn by_session(&self, token: &str) -> Result<Option<Caller>, AppError> {
        Ok(self.standing(token).await?.filter(|standing| standing.must.is_none()).map(|standing| standing.caller))
    }

    /// Ends a session.
    pub async fn sign_out(&self, token: &str) -> Result<(), AppError> {
        self.drop_kept(Kind::Session, &self.session_id(token)).await.map(|_| ())
    }

    /// A person's own sessions, the one that was used last first.
    pub async fn sessions(&self, caller: &Caller, token: &str) -> Result<Vec<SessionShown>, AppError> {
        let this = self.session_id(token);
        let kept = self.kept_of_owner::<Session>(Kind::Session, &self.session_owner(&caller.account), HELD_MAX).await?;
        let shown = kept.into_iter().map(|(id, session, _)| SessionShown {
            this_one: id == this,
            id: hex::encode(id),
            begun: session.begun,
            used: session.used,
        });
        let mut shown: Vec<SessionShown> = shown.collect();
        shown.sort_by_key(|session| std::cmp::Reverse((session.this_one, session.used)));
        Ok(shown)
    }

    /// Ends one of a person's own sessions; no such session and another's are one answer.
    pub async fn end_session(&self, caller: &Caller, id: &str) -> Result<(), AppError> {
        let id = hex::decode(id).map_err(|_| AppError::NotFound)?;
        let own = self.kept::<Session>(Kind::Session, &id).await?.is_some_and(|(session, _)| session.account == caller.account);
        if !own {
            return Err(AppError::NotFound);
        }
        self.drop_kept(Kind::Session, &id).await.map(|_| ())
    }

    /// Ends every session of an account but this one.
    pub(super) async fn end_other_sessions(&self, token: &str, account: [u8; 16]) -> Result<(), AppError> {
        let this = self.session_id(token);
        for (id, _, _) in self.kept_of_owner::<Session>(Kind::Session, &self.session_owner(&account), HELD_MAX).await? {
            if id != this {
                self.drop_kept(Kind::Session, &id).await?;
            }
        }
        self.drop_owned(Kind::Session, &self.half_owner(&account)).await.map(|_| ())
    }

    /// Ends every session of an account, half ones too.
    pub(super) async fn end_sessions(&self, account: &[u8; 16]) -> Result<(), AppError> {
        self.drop_owned(Kind::Session, &self.session_owner(account)).await?;
        self.drop_owned(Kind::Session, &self.half_owner(account)).await.map(|_| ())
    }

    /// Ends every session of a person: a duty of theirs ended, or they left.
    pub async fn end_sessions_of(&self, person: PersonId) -> Result<(), AppError> {
        for (account, _) in self.accounts_of(person).await? {
            self.end_sessions(&account).await?;
        }
        Ok(())
    }

    /// A person confirms to have read what they were told about their account.
    pub async fn notices_read(&self, token: &str) -> Result<(), AppError> {
        let account = self
            .change_session(token, |session| {
                session.part_mut(self)?.notices.clear();
                Ok(session.account)
            })
            .await?;
        self.change_account(&account, |account| {
            account.link_mut(self).ok_or(AppError::NotFound)?.notices.clear();
            Ok(())
        })
        .await
    }

    /// Where a session is kept. The number keeps it apart from rows of before sessions knew their trusts: those are found no more, and
    /// expire within their twelve hours.
    pub(super) fn session_id(&self, token: &str) -> [u8; 32] {
        self.secret_id("session 3", token)
    }

    fn session_owner(&self, account: &[u8; 16]) -> [u8; 16] {
        blind(&self.keys.sign_in, &[b"session", account])
    }

    /// Half sessions have an owner of their own: they neither count as sessions of the account nor push one out.
    fn half_owner(&self, account: &[u8; 16]) -> [u8; 16] {
        blind(&self.keys.sign_in, &[b"half", account])
    }

    /// The value that proves a form was made for this session, in this trust: sent to another, it does nothing.
    pub fn form_token(&self, session: &str) -> String {
        hex::encode(keyed_digest(&self.keys.form, &[session.as_bytes()]))
    }

    /// The same for a visitor who is not signed in, and so in no trust.
    pub fn visitor_token(&self, visitor: &str) -> String {
        hex::encode(keyed_digest(&self.keys.visitor, &[visitor.as_bytes()]))
    }
}
