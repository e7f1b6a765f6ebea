//! Reports: filing, reading, receiving, assessing, correcting.

use wardbook_domain::{
    CaseId, Instant, PersonId, RecordId,
    case::{CaseKind, Opened, carries_story},
    event::Written,
    need_to_know::Access,
    report::{self, Assess, Assessed, Category, Channel, Correct, Filed, Form, Report, ReportEvent, ReporterNamed},
    routing,
};
use wardbook_ledger::CommandRef;
use wardbook_vault::Audience;
use wardbook_views::audience_of;

use crate::{
    App, AppError, Caller,
    book::{Act, AppendFailed, StreamWrite},
    directory::TRIES,
    load::Record,
    shown::{self, ReportShown},
};

/// How a caller repeats a command safely and says what they were shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Conditions<'a> {
    /// The `Idempotency-Key`.
    pub key: Option<&'a str>,
    /// The `If-Match`.
    pub if_match: Option<&'a str>,
}

/// Where a report came from, beside the form itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origin {
    pub(crate) reporter: Option<ReporterNamed>,
    pub(crate) reporter_person: Option<PersonId>,
    pub(crate) typed_by: Option<PersonId>,
    pub(crate) source: Option<String>,
    pub(crate) source_reference: Option<String>,
    pub(crate) row_digest: Option<String>,
}

impl App {
    /// Files a report; the reporter's own copy with its receipt.
    pub async fn file_report(&self, caller: &Caller, form: &Form, conditions: Conditions<'_>) -> Result<ReportShown, AppError> {
        let command = self.command(caller.principal(), "report.file", conditions.key, &serde_json::to_vec(form)?);
        let id = self.created_id(&command, 0);
        let Some(()) = self.repeated(&command).await? else {
            let reporter = ReporterNamed { staff_id: caller.staff_id.clone(), name: caller.name.clone(), role: caller.role.clone() };
            let origin = Origin { reporter: Some(reporter), reporter_person: Some(caller.person), ..Origin::default() };
            let act = Act { actor: Some(caller.person), duty: None, command };
            let position = self.append_report(&act, id, form, origin).await?;
            self.shown_by_views(position).await;
            return self.report(caller, id, "receipt").await;
        };
        self.report(caller, id, "receipt").await
    }

    /// Whether this command was carried out before with the same body; another body is refused.
    pub(crate) async fn repeated(&self, command: &CommandRef) -> Result<Option<()>, AppError> {
        match self.ledger.command(command.key).await? {
            Some(record) if record.command.digest == command.digest => Ok(Some(())),
            Some(_) => Err(AppError::OtherBody),
            None => Ok(None),
        }
    }

    /// Checks, routes, seals and appends a new report.
    pub(crate) async fn append_report(&self, act: &Act, id: [u8; 16], form: &Form, origin: Origin) -> Result<Option<u64>, AppError> {
        let now = self.clock.now();
        form.check(now)?;
        let directory = self.directory().await?;
        if !directory.schools.contains_key(&form.school) {
            return Err(wardbook_domain::field::Invalid::one("school", "is not the code of a school of this trust").into());
        }
        let class = routing::class(form);
        let name = origin.reporter.as_ref().map(|reporter| reporter.name.as_str());
        let by = routing::ReportedBy { person: origin.reporter_person, name };
        let route = routing::route_report(form, class, by, &directory, &self.profile());
        let filed = filed(form, now, class, route, origin);
        let audience = audience_of(class);
        let keys = self.new_keys(&[audience, audience, Audience::DataProtection]).await?;
        let write = StreamWrite { stream: id, expected: 0, keys, events: vec![ReportEvent::from(filed).written()] };
        match self.append(act, &[write]).await {
            Ok(appended) => Ok(appended.first_position),
            // The stream exists: a copy of this very command got there first, or its id would be another.
            Err(AppendFailed::Conflict) => self.repeated(&act.command).await?.map(|()| None).ok_or(AppError::Stale),
            Err(AppendFailed::Other(error)) => Err(error),
        }
    }

    /// A report as the caller may see it, with its trace.
    pub async fn report(&self, caller: &Caller, id: [u8; 16], page: &str) -> Result<ReportShown, AppError> {
        let record = self.report_for(caller, id).await?;
        self.show_report(caller, id, &record, page).await
    }

    /// Whether the caller may open this report: for a link to it. Nothing is shown, so nothing is traced.
    pub async fn may_open_report(&self, caller: &Caller, id: [u8; 16]) -> Result<bool, AppError> {
        crate::cases::may_open(self.report_for(caller, id).await)
    }

    /// The id of the report that the caller filed with this idempotency key, if they did: for a form that is sent again after its
    /// draft is gone. Neither the key of a command nor the id of what it creates depends on its body.
    pub async fn filed_with(&self, caller: &Caller, key: &str) -> Result<Option<[u8; 16]>, AppError> {
        let command = self.command(caller.principal(), "report.file", Some(key), b"");
        let known = self.ledger.command(command.key).await?.is_some();
        Ok(known.then(|| self.created_id(&command, 0)))
    }

    async fn show_report(&self, caller: &Caller, id: [u8; 16], record: &Record<Report>, page: &str) -> Result<ReportShown, AppError> {
        let duty = if let Access::Groups(_, duty) = record.access { Some(duty) } else { None };
        self.trace(caller, duty, page, vec![RecordId::from_bytes(id)]).await?;
        Ok(shown::report(&id, record))
    }

    /// Confirms that the report reached its receiver (P0-FORM-8).
    pub async fn receive(&self, caller: &Caller, id: [u8; 16], conditions: Conditions<'_>) -> Result<ReportShown, AppError> {
        let now = self.clock.now();
        self.act_on_report(caller, id, "report.receive", b"", conditions, |record, duty| {
            let received = report::receive(&record.folded, now, duty, &caller.name);
            Ok((received.map(|event| ReportEvent::from(event).written()).into_iter().collect(), vec![]))
        })
        .await
    }

    /// Corrects a field of a report; what was filed stays.
    pub async fn correct_report(
        &self,
        caller: &Caller,
        id: [u8; 16],
        ask: &Correct,
        conditions: Conditions<'_>,
    ) -> Result<ReportShown, AppError> {
        let body = serde_json::to_vec(ask)?;
        self.act_on_report(caller, id, "report.correct", &body, conditions, |record, _| {
            let corrected = report::correct(&record.folded, ask, &caller.name)?;
            Ok((vec![ReportEvent::from(corrected).written()], vec![]))
        })
        .await
    }

    /// Assesses a report: one case for each category (P0-FORM-9), all or nothing.
    pub async fn assess(&self, caller: &Caller, id: [u8; 16], ask: &Assess, conditions: Conditions<'_>) -> Result<ReportShown, AppError> {
        let body = [id.as_slice(), &serde_json::to_vec(ask)?].concat();
        let command = self.command(caller.principal(), "report.assess", conditions.key, &body);
        let (directory, profile, now) = (self.directory().await?, self.profile(), self.clock.now());
        self.act_with(caller, id, command, conditions, |record, duty| {
            let judged = report::assess(&record.folded, ask)?;
            let filed = &record.folded.filed;
            let found = routing::assessed_subjects(filed, ask, &directory);
            if found.may_be(caller.person) {
                return Err(AppError::State(
                    "you are named in this report, so somebody else must assess it as a concern about an adult".into(),
                ));
            }
            let mut events = vec![];
            if judged.receive_first {
                events.extend(report::receive(&record.folded, now, duty, &caller.name).map(|e| ReportEvent::from(e).written()));
            }
            let ids: Vec<[u8; 16]> = (0..judged.opens.len()).map(|index| self.created_id(&command, index)).collect();
            let pairs = judged.opens.iter().zip(&ids);
            let categories = pairs.clone().map(|((category, _), id)| Category { category: *category, case: CaseId::from_bytes(*id) });
            let assessed = Assessed {
                class: filed.class,
                subjects: found.certain.clone(),
                possible_subjects: found.possible.clone(),
                shared: ask.shared.clone(),
                categories: categories.collect(),
                reason: ask.reason.clone(),
                action: ask.action.clone(),
                assessed_by: caller.name.clone(),
            };
            events.push(ReportEvent::from(assessed).written());
            let cases = pairs.map(|((_, kind), case)| {
                let route = routing::route_case(*kind, filed, &found, &directory, &profile);
                (*case, opened(id, record, *kind, ask, route, caller, now))
            });
            Ok((events, cases.collect()))
        })
        .await
    }

    async fn act_on_report(
        &self,
        caller: &Caller,
        id: [u8; 16],
        name: &str,
        body: &[u8],
        conditions: Conditions<'_>,
        decide: impl Fn(&Record<Report>, wardbook_domain::Duty) -> Result<Decided, AppError>,
    ) -> Result<ReportShown, AppError> {
        let command = self.command(caller.principal(), name, conditions.key, &[id.as_slice(), body].concat());
        self.act_with(caller, id, command, conditions, decide).await
    }

    /// The way in for an act on a report: load, authorise, decide, seal, append; again when somebody else wrote first.
    async fn act_with(
        &self,
        caller: &Caller,
        id: [u8; 16],
        command: CommandRef,
        conditions: Conditions<'_>,
        decide: impl Fn(&Record<Report>, wardbook_domain::Duty) -> Result<Decided, AppError>,
    ) -> Result<ReportShown, AppError> {
        for _ in 0..TRIES {
            let record = self.report_for(caller, id).await?;
            let Access::Groups(_, duty) = record.access else {
                return Err(AppError::Forbidden); // their own words are theirs to read, not to work on
            };
            if self.repeated(&command).await?.is_some() {
                return self.show_report(caller, id, &record, "report").await;
            }
            self.check_match(caller, conditions.if_match, &shown::report(&id, &record))?;
            let (events, cases) = decide(&record, duty)?;
            if events.is_empty() {
                return self.show_report(caller, id, &record, "report").await;
            }
            let mut writes =
                vec![StreamWrite { stream: id, expected: record.stream.version(), keys: self.keys_of(&record.stream).await?, events }];
            for (case, opened) in cases {
                writes.push(self.new_case(case, opened).await?);
            }
            let act = Act { actor: Some(caller.person), duty: Some(duty), command };
            match self.append(&act, &writes).await {
                Ok(appended) => {
                    let events: u64 = writes.iter().map(|write| write.events.len() as u64).sum();
                    self.shown_by_views(appended.first_position.map(|first| first + events - 1)).await;
                    return self.report(caller, id, "report").await;
                }
                Err(AppendFailed::Conflict) => {}
                Err(AppendFailed::Other(error)) => return Err(error),
            }
        }
        Err(AppError::Stale)
    }

    async fn new_case(&self, id: [u8; 16], opened: Opened) -> Result<StreamWrite, AppError> {
        let audience = audience_of(opened.class);
        let keys = self.new_keys(&[audience, audience]).await?;
        let event: Written = wardbook_domain::case::CaseEvent::from(opened).written();
        Ok(StreamWrite { stream: id, expected: 0, keys, events: vec![event] })
    }
}

/// Events for the report, and the cases to open with their ids.
type Decided = (Vec<Written>, Vec<([u8; 16], Opened)>);

fn filed(form: &Form, now: Instant, class: wardbook_domain::RecordClass, route: report::RouteTaken, origin: Origin) -> Filed {
    let reported_at = form.reported_at.unwrap_or(now);
    Filed {
        class,
        types: form.types.clone(),
        other_type: form.other_type.clone(),
        about: form.about.clone(),
        what_happened: form.what_happened.clone(),
        location: form.location.clone(),
        incident_at: form.incident_at,
        reported_at,
        channel: form.channel.unwrap_or(Channel::Online),
        pupils: form.pupils.clone(),
        staff: form.staff.clone(),
        danger: form.danger_or_default(),
        reported_to: form.reported_to.clone(),
        immediate_action: form.immediate_action.clone(),
        dpo_told: form.dpo_told,
        self_referral: form.self_referral,
        route,
        source: origin.source,
        source_reference: origin.source_reference,
        row_digest: origin.row_digest,
        reporter: origin.reporter,
        reporter_person: origin.reporter_person,
        typed_by: origin.typed_by,
        school: form.school.clone(),
        filed_at: now,
        // BRE-3: what staff know, the school knows: the clock starts when the school was told, not when somebody reads the report.
        aware_at: reported_at,
        loss_types: form.types.iter().copied().filter(|kind| routing::LOSS_TYPES.contains(kind)).collect(),
        data_affected: form.data_affected.clone(),
        individuals_affected: form.individuals_affected,
    }
}

/// What the owner of a case of another class is told: what the assessor wrote for them, else that there is more to ask for.
fn shared(ask: &Assess) -> String {
    let nothing = "The report that this case came from stays with its receiver. Ask them for what you need.";
    ask.shared.clone().filter(|text| !text.trim().is_empty()).unwrap_or_else(|| nothing.to_owned())
}

fn opened(
    report: [u8; 16],
    record: &Record<Report>,
    kind: CaseKind,
    ask: &Assess,
    route: report::RouteTaken,
    caller: &Caller,
    now: Instant,
) -> Opened {
    let filed = &record.folded.filed;
    let class = kind.class(filed.class);
    let story = carries_story(filed.class, class);
    Opened {
        kind,
        class,
        school: filed.school.clone(),
        report: wardbook_domain::ReportId::from_bytes(report),
        types: if story { filed.types.clone() } else { filed.loss_types.clone() },
        summary: if story { record.folded.text("what_happened").unwrap_or_default().to_owned() } else { shared(ask) },
        // Reason and action may tell the story of a class that the owner of this case must not know.
        action: if story { ask.action.clone() } else { None },
        pupils: if story { filed.pupils.clone() } else { vec![] },
        staff: if story { filed.staff.clone() } else { vec![] },
        aware_at: filed.aware_at,
        opened_at: now,
        opened_by: caller.name.clone(),
        route,
        source_reference: filed.source_reference.clone(),
        reporter: if story { filed.reporter.clone() } else { None },
    }
}
