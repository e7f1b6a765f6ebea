//! Before a record is shown: for which purpose it is opened, and, on a page, whether the reader's screen is private. Both are asked of
//! those alone who may know the record; to everybody else it does not exist.
//!
//! Answers to the pages' questions live in the sealed row of the session, never in a cookie.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use wardbook_domain::{
    Address, Duty, Instant, RecordClass, RecordId,
    directory::Beside,
    field::Invalid,
    need_to_know::{self, Access, Viewer, purpose_needed},
    profile::{Profile, reading::CASE_WORK},
    reading::{self, PurposeWrong, is_sensitive},
    report::Report,
};

use crate::{
    App, AppError, Caller,
    load::{Either, Knowable, Record},
};

/// The header of the API that gives a purpose.
pub const PURPOSE_HEADER: &str = "Wardbook-Purpose";
/// Stands in a session for the page of alerts, which shows many records: no record has this id, as ids are digests.
pub(crate) const ALERTS_PAGE: [u8; 16] = *b"page of alerts  ";
/// After so long a screen that was private is asked about again.
const PRIVATE_SECONDS: i64 = 30 * 60;
/// Records whose purpose a session remembers; of the one asked longest ago it asks again.
const PURPOSES_MAX: usize = 200;

/// What a session has answered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Looks {
    /// When the screen was last said to be private.
    private_at: Option<Instant>,
    /// The purpose of each record, the last answered at the end.
    purposes: Vec<(RecordId, String)>,
}

impl Looks {
    fn is_private(&self, now: Instant) -> bool {
        self.private_at.is_some_and(|at| now < at.plus_seconds(PRIVATE_SECONDS))
    }

    fn purpose(&self, record: RecordId) -> Option<&str> {
        self.purposes.iter().find(|(known, _)| *known == record).map(|(_, code)| code.as_str())
    }

    pub(crate) fn answer(&mut self, record: RecordId, private: bool, purpose: Option<String>, now: Instant) {
        if private {
            self.private_at = Some(now);
        }
        if let Some(purpose) = purpose {
            self.purposes.retain(|(known, _)| *known != record);
            self.purposes.push((record, purpose));
            let from = self.purposes.len().saturating_sub(PURPOSES_MAX);
            self.purposes.drain(..from);
        }
    }
}

/// By which duty something is shown, and whether that is one that was opened by break-glass.
pub(crate) type ReadAs = (Duty, bool);

/// How a caller comes to a record.
#[derive(Debug, Clone)]
pub(crate) enum Looking {
    /// Through the API, with this purpose.
    Api(Option<String>),
    /// Through a page of a session.
    Page(Looks),
}

/// What is asked before a record is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookFirst {
    /// Whether the screen is private.
    pub screen: bool,
    /// For which purpose: code and words of each; empty where none is asked.
    pub purposes: Vec<(String, String)>,
}

impl Caller {
    /// The caller with the purpose that a request gives.
    #[must_use]
    pub fn with_purpose(mut self, purpose: Option<String>) -> Self {
        self.looking = Looking::Api(purpose);
        self
    }
}

impl App {
    /// The purpose with which a record is shown: refused where one is needed and missing, or is none of the profile's.
    pub(crate) async fn purpose_of<T: Knowable>(&self, caller: &Caller, id: [u8; 16], record: &Record<T>) -> Result<String, AppError> {
        let Access::Groups(..) = record.access else { return Ok(CASE_WORK.to_owned()) };
        let profile = self.profile();
        let given = match &caller.looking {
            Looking::Api(purpose) => purpose.as_deref(),
            // One that left the profile since is asked for again.
            Looking::Page(looks) => looks.purpose(RecordId::from_bytes(id)).filter(|code| profile.knows_purpose(code)),
        };
        let needed = purpose_needed(record.folded.class(), record.access, &profile);
        let by_glass = self.is_by_glass(caller, record).await?;
        reading::purpose(given, needed, by_glass, &profile).map_err(|wrong| wrong_purpose(wrong, &profile))
    }

    /// The purpose with which many records are searched, said once: whoever opens records says it where the profile asks for one at all.
    pub(crate) fn purpose_of_search(&self, caller: &Caller) -> Result<String, AppError> {
        let profile = self.profile();
        let given = if let Looking::Api(purpose) = &caller.looking { purpose.as_deref() } else { None };
        reading::purpose(given, self.asks_purpose_of_search(caller), false, &profile).map_err(|wrong| wrong_purpose(wrong, &profile))
    }

    /// Whether a purpose is asked of this caller before they search.
    pub fn asks_purpose_of_search(&self, caller: &Caller) -> bool {
        caller.opens_records() && !self.profile().reading.purpose_for.is_empty()
    }

    /// The same for a record that is about to be shown on a page or sent, with the question about the screen.
    pub(crate) async fn open_with<T: Knowable>(&self, caller: &Caller, id: [u8; 16], record: &Record<T>) -> Result<String, AppError> {
        let screen = self.asks_for_screen(caller, record.folded.class(), record.access);
        match self.purpose_of(caller, id, record).await {
            Ok(_) if screen => Err(AppError::LookFirst(LookFirst { screen, purposes: vec![] })),
            Err(AppError::LookFirst(first)) => Err(AppError::LookFirst(LookFirst { screen, ..first })),
            other => other,
        }
    }

    fn asks_for_screen(&self, caller: &Caller, class: RecordClass, access: Access) -> bool {
        let Looking::Page(looks) = &caller.looking else { return false };
        is_sensitive(class) && matches!(access, Access::Groups(..)) && !looks.is_private(self.machine.now())
    }

    /// Whether the record is open to the caller through a duty alone that they opened by break-glass.
    pub(crate) async fn is_by_glass<T: Knowable>(&self, caller: &Caller, record: &Record<T>) -> Result<bool, AppError> {
        let Access::Groups(_, duty) = record.access else { return Ok(false) };
        let Some(duties) = self.duties_without_glass(caller, duty).await? else { return Ok(false) };
        let viewer = Viewer { person: caller.person, duties: &duties };
        Ok(!matches!(record.folded.ask(self.clock.now(), |known| need_to_know::access(viewer, known)), Access::Groups(..)))
    }

    /// The same for the first facts of a report, which they have by this duty.
    pub(crate) async fn has_facts_by_glass(&self, caller: &Caller, duty: Duty, report: &Report) -> Result<bool, AppError> {
        let Some(duties) = self.duties_without_glass(caller, duty).await? else { return Ok(false) };
        let viewer = Viewer { person: caller.person, duties: &duties };
        Ok(report.ask(self.clock.now(), |known| need_to_know::facts(viewer, known, &report.facts_to())).is_none())
    }

    /// As whom the caller is shown a record; none where it is their own words alone.
    pub(crate) async fn read_as<T: Knowable>(&self, caller: &Caller, record: &Record<T>) -> Result<Option<ReadAs>, AppError> {
        let Access::Groups(_, duty) = record.access else { return Ok(None) };
        Ok(Some((duty, self.is_by_glass(caller, record).await?)))
    }

    /// What the caller holds without break-glass, where they opened a queue of this duty by it; none where they did not.
    async fn duties_without_glass(&self, caller: &Caller, duty: Duty) -> Result<Option<BTreeSet<Address>>, AppError> {
        let directory = self.directory().await?;
        let opened = directory.access.beside(caller.person, self.clock.now());
        if !opened.iter().any(|(address, beside)| address.duty == duty && matches!(beside, Beside::Glass(_))) {
            return Ok(None);
        }
        let covers = opened.iter().filter(|(_, beside)| matches!(beside, Beside::Cover(_))).map(|(address, _)| address.clone());
        let own = directory.people.get(&caller.person).map(|person| person.duties.clone()).unwrap_or_default();
        Ok(Some(own.into_iter().chain(covers).collect()))
    }

    /// What is still to be asked of the caller before this record is shown to them; none where it can be shown. A record that they may
    /// not know does not exist.
    pub async fn look_first(&self, caller: &Caller, id: [u8; 16]) -> Result<Option<LookFirst>, AppError> {
        self.refuse_hidden(caller, id).await?;
        let open = match self.either_for(caller, id).await? {
            Either::Case(case) => self.open_with(caller, id, &case).await,
            Either::Report(report) => self.open_with(caller, id, &report).await,
        };
        match open {
            Ok(_) => Ok(None),
            Err(AppError::LookFirst(first)) => Ok(Some(first)),
            Err(error) => Err(error),
        }
    }

    /// Keeps in a session what was answered before the page of alerts.
    pub async fn session_looked_at_alerts(&self, token: &str, private: bool, purpose: Option<String>) -> Result<(), AppError> {
        self.session_looked(token, ALERTS_PAGE, private, purpose).await
    }

    /// Keeps in a session that its screen is private, and for which purpose a record is opened.
    pub async fn session_looked(&self, token: &str, record: [u8; 16], private: bool, purpose: Option<String>) -> Result<(), AppError> {
        let now = self.machine.now();
        let answer = self.change_session(token, |session| {
            session.looks.answer(RecordId::from_bytes(record), private, purpose.clone(), now);
            Ok(())
        });
        match answer.await {
            Err(AppError::NotFound) => Ok(()), // it has ended: the next page says so
            other => other,
        }
    }
}

fn wrong_purpose(wrong: PurposeWrong, profile: &Profile) -> AppError {
    match wrong {
        PurposeWrong::Missing => AppError::LookFirst(LookFirst { screen: false, purposes: profile.purposes() }),
        PurposeWrong::Unknown => {
            let codes: Vec<String> = profile.purposes().into_iter().map(|(code, _)| code).collect();
            Invalid::one(PURPOSE_HEADER, format!("is none of {}", codes.join(", "))).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_holds_for_half_an_hour_and_a_purpose_for_its_record() {
        let now = Instant::parse("2026-10-30T16:12Z").unwrap();
        let (one, two) = (RecordId::from_bytes([1; 16]), RecordId::from_bytes([2; 16]));
        let mut looks = Looks::default();
        assert!(!looks.is_private(now));
        looks.answer(one, true, Some("audit".into()), now);
        assert!(looks.is_private(now.plus_seconds(1799)) && !looks.is_private(now.plus_seconds(1800)));
        assert_eq!((looks.purpose(one), looks.purpose(two)), (Some("audit"), None));
        looks.answer(one, false, Some("cover".into()), now.plus_seconds(60));
        looks.answer(one, false, None, now);
        assert_eq!((looks.purpose(one), looks.purposes.len()), (Some("cover"), 1));
    }

    #[test]
    fn a_session_remembers_a_bounded_number_of_purposes() {
        let now = Instant::parse("2026-10-30T16:12Z").unwrap();
        let mut looks = Looks::default();
        for number in 0..=250_u8 {
            looks.answer(RecordId::from_bytes([number; 16]), true, Some("audit".into()), now);
        }
        assert_eq!(looks.purposes.len(), PURPOSES_MAX);
        assert_eq!((looks.purpose(RecordId::from_bytes([50; 16])), looks.purpose(RecordId::from_bytes([51; 16]))), (None, Some("audit")));
    }
}
