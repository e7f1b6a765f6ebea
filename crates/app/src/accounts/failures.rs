//! Attempts to sign in that failed: one event for an account and minute (P2-AUDIT-1, design §1.5). What strangers try is counted together.
//!
//! Counted in memory, so that an attempt costs the same whether or not there is an account; written when the minute is over, and at the
//! end of the process. A process that is killed loses the counts of its last minute.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use wardbook_domain::{
    Instant, PersonId,
    trace::{Failed, SignInFailed},
};

use super::account::Account;
use crate::{App, AppError};

/// Accounts and minutes counted apart at most; above that they count as strangers'.
const KEYS_MAX: usize = 10_000;
const MINUTE_MICROS: i64 = 60_000_000;

/// What was counted and not yet written.
#[derive(Default)]
pub(crate) struct Failures(Mutex<Counted>);

/// By account and minute: what was wrong last, how often, and where they said that they were.
type Counted = HashMap<(Option<PersonId>, i64), (Failed, u32, BTreeSet<String>)>;

impl Failures {
    fn count(&self, person: Option<PersonId>, wrong: Failed, site: Option<String>, at: Instant) {
        let minute = at.as_micros().div_euclid(MINUTE_MICROS);
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full = counted.len() >= KEYS_MAX && !counted.contains_key(&(person, minute));
        let entry = counted.entry((person.filter(|_| !full), minute)).or_insert_with(|| (wrong, 0, BTreeSet::new()));
        (entry.0, entry.1) = (wrong, entry.1.saturating_add(1));
        entry.2.extend(site);
    }

    /// Takes out what is over by `now`, or all of it.
    fn take(&self, now: Option<Instant>) -> Vec<SignInFailed> {
        let minute = now.map(|now| now.as_micros().div_euclid(MINUTE_MICROS));
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let over = |key: &(Option<PersonId>, i64)| minute.is_none_or(|minute| key.1 < minute);
        let taken = counted.extract_if(|key, _| over(key)).map(|((person, minute), (wrong, attempts, sites))| SignInFailed {
            person,
            wrong,
            minute: Instant::from_micros(minute * MINUTE_MICROS),
            attempts,
            sites: sites.into_iter().collect(),
        });
        let mut taken: Vec<SignInFailed> = taken.collect();
        taken.sort_by_key(|failed| (failed.minute, failed.person));
        taken
    }

    fn put_back(&self, failed: &SignInFailed) {
        let key = (failed.person, failed.minute.as_micros().div_euclid(MINUTE_MICROS));
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = counted.entry(key).or_insert_with(|| (failed.wrong, 0, BTreeSet::new()));
        entry.1 = entry.1.saturating_add(failed.attempts);
        entry.2.extend(failed.sites.iter().cloned());
    }
}

impl App {
    /// Counts an attempt that failed, with where they said that they were: in the trusts to which the account leads, and what strangers try
    /// in every one.
    pub(super) async fn failed(&self, account: Option<&Account>, wrong: Failed, site: Option<&str>) -> Result<(), AppError> {
        self.failed_before(0, account, wrong, site).await
    }

    /// The same for an attempt that was begun so many seconds ago.
    pub(super) async fn failed_before(
        &self,
        seconds: i64,
        account: Option<&Account>,
        wrong: Failed,
        site: Option<&str>,
    ) -> Result<(), AppError> {
        let people: Vec<(App, Option<PersonId>)> = self
            .trusts()
            .into_iter()
            .map(|trust| (trust.clone(), account.and_then(|account| account.opens(&trust)).map(|link| link.person)))
            .collect();
        let known = people.iter().any(|(_, person)| person.is_some());
        for (trust, person) in people.into_iter().filter(|(_, person)| person.is_some() || !known) {
            trust.failures.count(person, wrong, trust.site_here(site).await?, trust.clock.now().plus_seconds(-seconds));
        }
        Ok(())
    }

    /// Counts an attempt that was turned away before anything was looked at, with the e-mail where one was given.
    pub async fn turned_away(&self, email: Option<&str>, wrong: Failed, site: Option<&str>) -> Result<(), AppError> {
        let account = match email {
            Some(email) => self.account(&self.account_id(email)).await?,
            None => None,
        };
        self.failed(account.as_ref(), wrong, site).await
    }

    /// Writes what failed in the minutes that are over, among it what was begun and never finished.
    pub async fn write_failures(&self) -> Result<(), AppError> {
        self.expire_sessions().await?;
        self.write_failed(self.failures.take(Some(self.clock.now()))).await
    }

    /// Writes all of it, at the end of the process.
    pub(crate) async fn write_all_failures(&self) -> Result<(), AppError> {
        self.write_failed(self.failures.take(None)).await
    }

    async fn write_failed(&self, all: Vec<SignInFailed>) -> Result<(), AppError> {
        let mut first_error = None;
        for failed in all {
            let person = failed.person;
            if let Err(error) = self.trace_event(failed.clone().into(), person, (None, None)).await {
                self.failures.put_back(&failed);
                first_error = first_error.or(Some(error));
            }
        }
        first_error.map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_are_one_for_an_account_and_minute_and_the_memory_is_bounded() {
        let failures = Failures::default();
        let uma = Some(PersonId::from_bytes([1; 16]));
        let at = |seconds: i64| Instant::from_micros(seconds * 1_000_000);
        for (person, wrong, seconds) in [
            (uma, Failed::Password, 0),
            (uma, Failed::Factor, 59),
            (None, Failed::Code, 5),
            (None, Failed::Password, 6),
            (uma, Failed::Password, 60),
        ] {
            failures.count(person, wrong, Some(format!("SCH0{}", seconds % 2)), at(seconds));
        }
        let seen = |all: Vec<SignInFailed>| all.iter().map(|failed| (failed.person, failed.wrong, failed.attempts)).collect::<Vec<_>>();
        assert_eq!(seen(failures.take(Some(at(59)))), [], "the minute is not over");
        assert_eq!(seen(failures.take(Some(at(60)))), [(None, Failed::Password, 2), (uma, Failed::Factor, 2)]);
        let again = failures.take(None);
        assert_eq!(again[0].sites, ["SCH00"]);
        failures.put_back(&again[0]);
        assert_eq!(seen(failures.take(None)), [(uma, Failed::Password, 1)]);
        for n in 0..2 * KEYS_MAX as u64 {
            let mut id = [0; 16];
            id[..8].copy_from_slice(&n.to_be_bytes());
            failures.count(Some(PersonId::from_bytes(id)), Failed::Password, None, at(0));
        }
        let all = failures.take(None);
        assert!(all.len() <= KEYS_MAX + 1, "{}", all.len());
        assert_eq!(all.iter().map(|failed| u64::from(failed.attempts)).sum::<u64>(), 2 * KEYS_MAX as u64, "none is lost");
    }
}
