//! Blind values of view rows: each register's holders under a key of their own per audience, so that equal values show only inside
//! one register (design §4).

use std::collections::HashMap;

use wardbook_domain::{Address, PersonId, RecordClass, RecordId};
use wardbook_vault::{KeyError, Secret32, Vault, blind};

/// Whom a row is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// Everyone who holds this duty there.
    Address(Address),
    /// One person.
    Person(PersonId),
    /// The service itself.
    Service,
    /// A record that was read.
    Record(RecordId),
    /// A month of reads.
    Month((i16, i8)),
}

/// The blinding keys of every view, loaded once.
#[derive(Clone)]
pub struct Blinds {
    registers: HashMap<&'static str, Secret32>,
    holders: HashMap<(&'static str, Option<RecordClass>), Secret32>,
}

impl std::fmt::Debug for Blinds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Blinds(redacted)")
    }
}

impl Blinds {
    /// Loads, and at the first start makes, the keys.
    pub async fn load(vault: &Vault) -> Result<Self, KeyError> {
        let mut blinds = Self { registers: HashMap::new(), holders: HashMap::new() };
        for view in crate::views() {
            let name = view.name();
            blinds.registers.insert(name, vault.secret(&format!("blind/{name}/registers")).await?);
            blinds.holders.insert((name, None), vault.secret(&format!("blind/{name}/directory")).await?);
            for class in RecordClass::ALL {
                blinds.holders.insert((name, Some(*class)), vault.secret(&format!("blind/{name}/{class}")).await?);
            }
        }
        Ok(blinds)
    }

    /// Keys that are no secret.
    #[cfg(test)]
    pub(crate) fn for_tests() -> Self {
        let views = crate::views().map(super::view::View::name);
        let mut next = 0;
        let mut key = || {
            next += 1;
            Secret32::new([next; 32])
        };
        let registers = views.map(|view| (view, key())).into();
        let classes = || std::iter::once(None).chain(RecordClass::ALL.iter().copied().map(Some));
        let holders = views.into_iter().flat_map(|view| classes().map(move |class| (view, class))).map(|of| (of, key())).collect();
        Self { registers, holders }
    }

    /// The blind value of a register of a view.
    pub fn register(&self, view: &str, register: &str) -> [u8; 16] {
        blind(&self.registers[view], &[register.as_bytes()])
    }

    /// The blind value of a holder in a view, for records of this class (none: the directory).
    pub fn holder(&self, view: &str, class: Option<RecordClass>, holder: &Holder) -> [u8; 16] {
        let key = &self.holders[&(name_of(view), class)];
        match holder {
            Holder::Address(Address { duty, school }) => {
                blind(key, &[b"address", duty.as_str().as_bytes(), school.as_deref().unwrap_or("").as_bytes()])
            }
            Holder::Person(person) => blind(key, &[b"person", person.as_bytes()]),
            Holder::Service => blind(key, &[b"service"]),
            Holder::Record(record) => blind(key, &[b"record", record.as_bytes()]),
            Holder::Month((year, month)) => blind(key, &[b"month", format!("{year:04}-{month:02}").as_bytes()]),
        }
    }
}

fn name_of(view: &str) -> &'static str {
    crate::views().into_iter().map(super::view::View::name).find(|name| *name == view).expect("callers name a view of this crate")
}
