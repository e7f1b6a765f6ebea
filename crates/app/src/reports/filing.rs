//! Filing: a form is checked, its boxes ticked, routed, signed and written, with what follows from it at once.

use wardbook_domain::{
    Instant, PersonId,
    event::Written,
    profile::Profile,
    report::{self, Channel, ExtraTaken, Filed, Form, History, Report, ReportEvent, ReporterNamed, signing},
    routing::{self, Routed},
};
use wardbook_vault::Audience;
use wardbook_views::audience_of;

use super::{Conditions, RECEIPT};
use crate::{
    App, AppError, Caller,
    book::{Act, AppendFailed, StreamWrite},
    shown::ReportShown,
};

/// Where a report came from, beside the form itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origin {
    pub(crate) reporter: Option<ReporterNamed>,
    pub(crate) reporter_person: Option<PersonId>,
    pub(crate) typed_by: Option<PersonId>,
    pub(crate) source: Option<String>,
    pub(crate) source_reference: Option<String>,
    pub(crate) row_digest: Option<String>,
    /// What old papers say about the end of the matter: it is then history, and nothing is owed for it.
    pub(crate) history: Option<History>,
}

impl App {
    /// Files a report; the reporter's own copy with its receipt.
    pub async fn file_report(&self, caller: &Caller, form: &Form, conditions: Conditions<'_>) -> Result<ReportShown, AppError> {
        let command = self.command(caller.principal(), "report.file", conditions.key, &serde_json::to_vec(form)?);
        let id = self.created_id(&command, 0);
        let Some(()) = self.repeated(&command).await? else {
            let origin = self.origin(caller, form).await?;
            // Whoever reads the record reads its actor too: of a protected disclosure nobody stands there (OTH-5).
            let actor = (!form.protected_disclosure).then_some(caller.person);
            let act = Act { actor, duty: None, command };
            let position = self.append_report(&act, id, form, origin).await?;
            self.shown_by_views(position).await;
            return self.report(caller, id, RECEIPT).await;
        };
        self.report(caller, id, RECEIPT).await
    }

    /// Whose report it is: the caller's, or that of somebody for whom they type it in.
    pub(crate) async fn origin(&self, caller: &Caller, form: &Form) -> Result<Origin, AppError> {
        let Some(other) = &form.on_behalf_of else {
            let reporter = ReporterNamed { staff_id: caller.staff_id.clone(), name: caller.name.clone(), role: caller.role.clone() };
            return Ok(Origin { reporter: Some(reporter), reporter_person: Some(caller.person), ..Origin::default() });
        };
        let named = |name: &String| ReporterNamed { staff_id: other.staff_id.clone(), name: name.clone(), role: other.role.clone() };
        let reporter = other.name.as_ref().filter(|name| !name.trim().is_empty()).map(named);
        let reporter_person = match other.staff_id.as_deref().filter(|_| reporter.is_some()) {
            Some(id) => self.directory().await?.by_staff_id(id),
            None => None,
        };
        Ok(Origin { reporter, reporter_person, typed_by: Some(caller.person), ..Origin::default() })
    }

    /// The id of the report that the caller filed with this idempotency key, if they did: for a form that is sent again after its
    /// draft is gone. Neither the key of a command nor the id of what it creates depends on its body.
    pub async fn filed_with(&self, caller: &Caller, key: &str) -> Result<Option<[u8; 16]>, AppError> {
        let command = self.command(caller.principal(), "report.file", Some(key), b"");
        let known = self.ledger.command(command.key).await?.is_some();
        Ok(known.then(|| self.created_id(&command, 0)))
    }

    /// Checks, routes, seals and appends a new report; where its last event stands.
    pub(crate) async fn append_report(&self, act: &Act, id: [u8; 16], form: &Form, origin: Origin) -> Result<Option<u64>, AppError> {
        let write = self.new_report(id, form, origin).await?;
        let count = write.events.len() as u64;
        match self.append(act, &[write]).await {
            Ok(appended) => Ok(appended.first_position.map(|first| first + count - 1)),
            // The stream exists: a copy of this very command got there first, or its id would be another.
            Err(AppendFailed::Conflict) => self.repeated(&act.command).await?.map(|()| None).ok_or(AppError::Stale),
            Err(AppendFailed::Other(error)) => Err(error),
        }
    }

    /// What is written for a new report: checked, routed, its name kept, and who reads it in an absence.
    pub(crate) async fn new_report(&self, id: [u8; 16], form: &Form, origin: Origin) -> Result<StreamWrite, AppError> {
        let filed = self.prepared(form, origin).await?;
        let audience = audience_of(filed.class);
        let keys = self.new_keys(&[audience, audience, Audience::DataProtection]).await?;
        Ok(StreamWrite { stream: id, expected: 0, keys, events: self.with_filing(form, filed).await? })
    }

    /// The first events of a report: as filed, whose name is kept, and who reads it in an absence.
    async fn with_filing(&self, form: &Form, filed: Filed) -> Result<Vec<Written>, AppError> {
        let (directory, now) = (self.directory().await?, self.clock.now());
        let mut events: Vec<ReportEvent> = report::image_at_filing(&filed).map(ReportEvent::from).into_iter().collect();
        if form.protected_disclosure {
            let route = &filed.route;
            let subjects = routing::Subjects { certain: route.subjects.clone(), possible: route.possible_subjects.clone(), aside: vec![] };
            let independent = report::independent_member(&filed.school, &subjects, &directory);
            let (class, reason) = (filed.class, "asked for when it was filed".to_owned());
            events.push(report::DisclosureProtected { class, independent, reason, said_at: now }.into());
        }
        let report = events.iter().cloned().fold(Some(Report::new(filed.clone())), Report::evolve);
        if let Some(report) = report.filter(|report| report.filed.history.is_none()) {
            let follows = self.follows_for_report(&report, &directory);
            let due = report::due_at_filing(&report, &self.profile(), now).map(ReportEvent::from);
            events.extend(follows.into_iter().chain(due));
        }
        Ok(std::iter::once(ReportEvent::from(filed)).chain(events).map(|event| event.written()).collect())
    }

    /// A new report as it would be written: checked, its boxes ticked, routed and signed.
    pub(crate) async fn prepared(&self, form: &Form, origin: Origin) -> Result<Filed, AppError> {
        let now = self.clock.now();
        form.check(now)?;
        let profile = self.profile();
        let (form, extra) = profile.with_boxes(form)?;
        let directory = self.directory().await?;
        if !directory.schools.contains_key(&form.school) {
            return Err(wardbook_domain::field::Invalid::one("school", "is not the code of a school of this trust").into());
        }
        let class = routing::class(&form, &profile);
        let name = origin.reporter.as_ref().map(|reporter| reporter.name.as_str());
        let by = routing::ReportedBy { person: origin.reporter_person, name };
        let mut routed = routing::route_report(&form, class, by, &directory, &profile);
        if origin.history.is_some() {
            let clock = |_| routing::clock_of_old_papers(&form.school, &routed.route, &directory, &profile);
            routed.clock_owner = routed.clock_owner.map(clock);
            routed.facts_to.clear();
        }
        let mut filed = filed(&form, extra, now, class, routed, origin, &profile);
        if let Some(declaration) = &form.declaration {
            let text = signing::report_text(&filed);
            let statement = signing::report_statement(filed.typed_by.is_some());
            filed.signed = Some(signing::sign("report", &text, statement, declaration, now));
        }
        Ok(filed)
    }
}

fn filed(
    form: &Form,
    extra: Vec<ExtraTaken>,
    now: Instant,
    class: wardbook_domain::RecordClass,
    routed: Routed,
    origin: Origin,
    profile: &Profile,
) -> Filed {
    let is_fact = |kind: &&ExtraTaken| profile.extra(&kind.code).is_some_and(|kind| kind.fact);
    Filed {
        class,
        types: form.types.clone(),
        fact_types: extra.iter().filter(is_fact).cloned().collect(),
        extra_types: extra,
        other_type: form.other_type.clone(),
        about: form.about.clone(),
        what_happened: form.what_happened.clone(),
        location: form.location.clone(),
        incident_on: form.incident_on,
        reported_on: form.reported_on,
        channel: form.channel.unwrap_or(Channel::Online),
        pupils: form.pupils.clone(),
        staff: form.staff.clone(),
        danger: form.danger_or_default(),
        reported_to: form.reported_to.clone(),
        immediate_action: form.immediate_action.clone(),
        dpo_told: form.dpo_told,
        self_referral: form.self_referral,
        image: form.image,
        own_reports: form.own_reports.clone(),
        route: routed.route,
        facts_to: routed.facts_to,
        clock_owner: routed.clock_owner,
        signed: None,
        from_old_papers: origin.history.is_some(),
        history: origin.history,
        source: origin.source,
        source_reference: origin.source_reference,
        row_digest: origin.row_digest,
        reporter: origin.reporter,
        reporter_person: origin.reporter_person,
        typed_by: origin.typed_by,
        school: form.school.clone(),
        filed_at: now,
        incident_at: form.incident_at,
        discovered_at: form.discovered_at,
        reported_at: form.told_at(now),
        aware_at: form.aware_at(now),
        loss_types: routing::losses(&form.types),
        data_affected: form.data_affected.clone(),
        individuals_affected: form.individuals_affected,
    }
}
