//! A person who is signed in, with the duties they hold now.

use std::collections::BTreeSet;

use wardbook_domain::{Address, Duty, PersonId, directory::Beside, field::Invalid, need_to_know::Viewer, settings::opens_records};
use wardbook_vault::blind;

use crate::{App, AppError, looking::Looking};

const NO_LEAVE: &str = "this token was made without leave to take copies away and to put files into quarantine; its owner makes one that \
                        has it at /account/tokens";

/// A person who is signed in, with the duties they hold now.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Their role in words, where the staff list has one.
    pub role: Option<String>,
    /// Their staff id.
    pub staff_id: Option<String>,
    /// What they may open: the duties they hold, those that they cover, and those that they opened by break-glass.
    pub duties: BTreeSet<Address>,
    /// How they came to those of the duties that they do not hold.
    pub beside: Vec<(Address, Beside)>,
    /// The school of their staff entry.
    pub school: Option<String>,
    /// Whether copies of records may leave, and keys go out of reach, by their hand now: a code of the second factor was given within the last
    /// minutes, or with the token.
    pub exports: bool,
    pub(crate) account: [u8; 16],
    /// How they come to what they look at.
    pub(crate) looking: Looking,
}

impl Caller {
    pub(crate) fn viewer(&self) -> Viewer<'_> {
        Viewer { person: self.person, duties: &self.duties }
    }

    /// Whether what is sent to this address is theirs.
    pub fn holds(&self, address: &Address) -> bool {
        self.viewer().holds(address)
    }

    /// Refuses a token that was made without leave for what a code is asked for, whatever the record: that this is refused tells of none.
    pub(crate) fn has_proved(&self) -> Result<(), Invalid> {
        if self.exports { Ok(()) } else { Err(Invalid::one("authorization", NO_LEAVE)) }
    }

    /// Whether they hold this duty anywhere themself. Who covers a duty, or opened its queue by break-glass, has what is sent to it, and none
    /// of what it may do beside: watch over reading, propose a profile, see who was given access.
    pub fn has(&self, duty: Duty) -> bool {
        self.own().any(|held| held.duty == duty)
    }

    /// The duties that they hold themself.
    pub(crate) fn own(&self) -> impl Iterator<Item = &Address> {
        self.duties.iter().filter(|held| !self.beside.iter().any(|(known, _)| known == *held))
    }

    /// Whether any of their duties opens sealed records: they can be a second person, and need a second factor.
    pub fn opens_records(&self) -> bool {
        opens_records(&self.duties)
    }

    /// Whether a duty that they hold themself opens sealed records: who covers, or broke the glass, is nobody's second person.
    pub fn may_agree(&self) -> bool {
        self.own().any(|held| held.duty.opens_records())
    }

    /// The principal of their commands.
    pub(crate) fn principal(&self) -> &[u8] {
        self.person.as_bytes()
    }
}

impl App {
    /// By whom rows of a caller's own in this trust are found, where their account may have such rows in others. In the host's first it is
    /// the account itself, as it was before there could be others.
    pub(crate) fn rows_of(&self, caller: &Caller) -> [u8; 16] {
        self.rows_of_account(&caller.account)
    }

    pub(super) fn rows_of_account(&self, account: &[u8; 16]) -> [u8; 16] {
        let here = self.trust.as_bytes();
        if *here == self.host.first() { *account } else { blind(&self.keys.sign_in, &[b"rows", here, account]) }
    }

    /// The person behind an account, as the directory knows them now; nobody where they have left.
    pub(crate) async fn caller(&self, account: [u8; 16], person: PersonId) -> Result<Option<Caller>, AppError> {
        let directory = self.directory().await?;
        if directory.has_left(person) {
            return Ok(None);
        }
        let (duties, beside) = directory.opens(person, self.clock.now());
        Ok(directory.people.get(&person).map(|known| Caller {
            person,
            name: known.name.clone(),
            role: known.staff.as_ref().and_then(|staff| staff.role.clone()),
            staff_id: known.staff.as_ref().map(|staff| staff.staff_id.clone()),
            school: known.staff.as_ref().map(|staff| staff.school.clone()),
            duties,
            beside,
            exports: false,
            account,
            looking: Looking::Api(None),
        }))
    }
}
