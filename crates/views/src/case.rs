//! Cases: who may open which.

use wardbook_domain::{
    case::{Case, CaseEvent},
    event::AnyEvent,
    need_to_know,
};

use crate::{At, Change, Holder, Row, View, queue::excluded, report::READABLE};

pub(crate) struct Cases;

impl View for Cases {
    fn name(&self) -> &'static str {
        crate::CASE
    }

    fn version(&self) -> u32 {
        1
    }

    fn changes(&self, event: &AnyEvent, _at: &At) -> Vec<Change> {
        match event {
            AnyEvent::Case(event @ CaseEvent::Opened(opened)) => {
                let (class, since) = (opened.class, opened.opened_at.as_micros());
                let due = Case::evolve(None, event.clone()).and_then(|case| case.due_at()).map(wardbook_domain::Instant::as_micros);
                need_to_know::readers(class, &opened.school, &opened.route.owner, opened.route.second.as_ref())
                    .into_iter()
                    .map(|address| {
                        Change::Put(Row { register: READABLE, class: Some(class), holder: Holder::Address(address), since, due })
                    })
                    .chain(excluded(class, &opened.route.subjects, &opened.route.possible_subjects, since))
                    .collect()
            }
            AnyEvent::Case(CaseEvent::Closed(_)) => vec![Change::EndClock],
            _ => vec![],
        }
    }
}
