//! Repeats: what one person, or one device where nobody was signed in, set off of one kind, one after another.

use std::collections::BTreeMap;

use super::Alert;
use crate::{Instant, RecordId, profile::Profile};

/// Alerts that repeat one another, the first one first. Never empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Group<'a>(Vec<(RecordId, &'a Alert)>);

impl<'a> Group<'a> {
    /// The alerts, the first one first.
    pub fn alerts(&self) -> &[(RecordId, &'a Alert)] {
        &self.0
    }

    /// The first of them, which stands for what they have in common: school, product, person or device, category.
    pub fn first(&self) -> &'a Alert {
        self.0[0].1
    }

    /// When the last of them happened.
    pub fn last_at(&self) -> Instant {
        self.0.last().map_or(self.first().occurred_at(), |(_, alert)| alert.occurred_at())
    }

    /// The gravest severity that the product gave one of them.
    pub fn severity(&self) -> Option<u8> {
        self.0.iter().filter_map(|(_, alert)| alert.received.severity).max()
    }
}

/// The alerts in groups: those of one school, one product, one person and one category, of which each came within the product's window
/// of the one before it. Where nobody was signed in the device stands for the person; an alert with neither repeats nothing.
///
/// The gravest group stands first, then the one that has waited longest.
pub fn groups<'a>(alerts: impl IntoIterator<Item = (RecordId, &'a Alert)>, profile: &Profile) -> Vec<Group<'a>> {
    let mut alike: BTreeMap<Key, Vec<(RecordId, &Alert)>> = BTreeMap::new();
    for (id, alert) in alerts {
        alike.entry(key(id, alert)).or_default().push((id, alert));
    }
    let mut groups = vec![];
    for (_, mut alerts) in alike {
        alerts.sort_by_key(|(id, alert)| (alert.occurred_at(), *id));
        let window = profile.repeats_within_seconds(&alerts[0].1.received.source);
        let near = |one: &(RecordId, &Alert), next: &(RecordId, &Alert)| next.1.occurred_at() <= one.1.occurred_at().plus_seconds(window);
        groups.extend(alerts.chunk_by(near).map(|chunk| Group(chunk.to_vec())));
    }
    groups.sort_by_key(|group| (std::cmp::Reverse(group.severity()), group.first().occurred_at(), group.0[0].0));
    groups
}

/// What alerts that repeat one another have in common.
type Key = (String, String, String, Whose);

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    User(String),
    Device(String),
    Nobody(RecordId),
}

fn key(id: RecordId, alert: &Alert) -> Key {
    let received = &alert.received;
    let given = |text: &Option<String>| text.as_deref().map(folded).filter(|text| !text.is_empty());
    let whose = match (given(&received.user), given(&received.device)) {
        (Some(user), _) => Whose::User(user),
        (None, Some(device)) => Whose::Device(device),
        (None, None) => Whose::Nobody(id),
    };
    (received.school.clone(), folded(&received.source), folded(&received.category), whose)
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
