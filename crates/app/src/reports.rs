//! Reports: filing, reading, receiving, assessing, correcting.

use wardbook_domain::{
    ActionId, CaseId, Instant, PersonId, RecordId,
    case::{Adults, Case, CaseEvent, CaseKind, Classified, Matter, Opened, Planned, Reported, carries_story},
    clock::Date,
    event::Written,
    need_to_know::Access,
    profile::{Profile, reading::CASE_WORK},
    report::{
        self, Assess, Assessed, Category, Channel, Correct, ExtraTaken, Filed, Form, History, ImageAnswer, Report, ReportEvent,
        ReporterNamed, Settle, SubjectsSettled, signing,
    },
    routing::{self, Routed},
};
use wardbook_ledger::CommandRef;
use wardbook_vault::Audience;
use wardbook_views::audience_of;

use crate::{
    App, AppError, Caller,
    book::{Act, AppendFailed, StreamWrite},
    directory::TRIES,
    load::{Record, authors},
    shown::{self, ReportShown},
};

/// The page of a reporter's own copy.
pub const RECEIPT: &str = "receipt";

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
        self.report(caller, id, "receipt").await
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

    /// Whether this command was carried out before with the same body, in which case the lists know what it began; another body is refused.
    pub(crate) async fn repeated(&self, command: &CommandRef) -> Result<Option<()>, AppError> {
        match self.ledger.command(command.key).await? {
            Some(record) if record.command.digest == command.digest => {
                // A second press may come before the lists are up to date: what it repeats would not exist yet for its sender.
                self.shown_by_views(record.first_position).await;
                Ok(Some(()))
            }
            Some(_) => Err(AppError::OtherBody),
            None => Ok(None),
        }
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
            events.extend(self.follows_for_report(&report, &directory));
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

    /// A report as the caller may see it, with its trace.
    pub async fn report(&self, caller: &Caller, id: [u8; 16], page: &str) -> Result<ReportShown, AppError> {
        let record = self.report_for(caller, id).await?;
        // What was filed a moment ago, and the receipt of it, are the reporter's own.
        let own_receipt = page == RECEIPT && authors(&record.folded).contains(&caller.person);
        let purpose = if own_receipt { CASE_WORK.to_owned() } else { self.open_with(caller, id, &record).await? };
        self.show_report_for(caller, id, &record, page, purpose).await
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
        let purpose = self.purpose_of(caller, id, record).await?;
        self.show_report_for(caller, id, record, page, purpose).await
    }

    async fn show_report_for(
        &self,
        caller: &Caller,
        id: [u8; 16],
        record: &Record<Report>,
        page: &str,
        purpose: String,
    ) -> Result<ReportShown, AppError> {
        let duty = if let Access::Groups(_, duty) = record.access { Some(duty) } else { None };
        self.trace_for(caller, duty, page, vec![RecordId::from_bytes(id)], purpose).await?;
        Ok(shown::report(&id, record))
    }

    /// Confirms that the report reached its receiver (P0-FORM-8).
    pub async fn receive(&self, caller: &Caller, id: [u8; 16], conditions: Conditions<'_>) -> Result<ReportShown, AppError> {
        let now = self.clock.now();
        self.act_on_report(caller, id, "report.receive", b"", conditions, |record, duty| {
            let received = report::receive(&record.folded, now, duty, &caller.name);
            Ok(Decided::of(received.map(ReportEvent::from)))
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
            Ok(Decided::of([corrected.into()]))
        })
        .await
    }

    /// Assesses a report: one case for each category (P0-FORM-9), all or nothing. None where it turned out to be about an adult and so is
    /// the caller's no more.
    pub async fn assess(
        &self,
        caller: &Caller,
        id: [u8; 16],
        ask: &Assess,
        conditions: Conditions<'_>,
    ) -> Result<Option<ReportShown>, AppError> {
        let body = [id.as_slice(), &serde_json::to_vec(ask)?].concat();
        let command = self.command(caller.principal(), "report.assess", conditions.key, &body);
        let (directory, profile, now) = (self.directory().await?, self.profile(), self.clock.now());
        let told: Vec<String> = profile.told_list().into_iter().map(|(code, _)| code).collect();
        self.act_with(caller, id, command, conditions, |record, duty| {
            let report = &record.folded;
            let judged = report::assess(report, ask, &told)?;
            let found = routing::assessed_subjects(report, ask, &directory, &profile);
            if found.may_be(caller.person) {
                return Err(AppError::State(
                    "you are named in this report, so somebody else must assess it as a concern about an adult".into(),
                ));
            }
            let mut events = vec![];
            if judged.receive_first {
                events.extend(report::receive(report, now, duty, &caller.name).map(ReportEvent::from));
            }
            let ids: Vec<[u8; 16]> = (0..judged.opens.len()).map(|index| self.created_id(&command, index)).collect();
            let pairs = judged.opens.iter().zip(&ids);
            let categories = pairs.clone().map(|((category, _), id)| Category { category: *category, case: CaseId::from_bytes(*id) });
            events.push(assessed(ask, report, categories.collect(), &found, caller, now).into());
            // The cases follow the report as the assessment leaves it: its class, and where it goes from here.
            let after =
                events.iter().cloned().fold(Some(report.clone()), Report::evolve).expect("a report that is folded further is there");
            let moved = routing::reroute_report(&after, &directory, &profile).map(|routed| routed.route);
            let from = moved.as_ref().unwrap_or(report.route());
            let cases = pairs.map(|((_, kind), case)| {
                let route = routing::route_case(*kind, from, &report.filed.school, &found, &directory, &profile);
                (*case, opened(id, &after, *kind, ask, route, caller, now))
            });
            Ok(Decided { events, cases: cases.collect(), concerns_people: true })
        })
        .await
    }

    /// Settles whom a report is about: from then on they, and nobody else, know nothing of it, and it goes to whoever may have it. None
    /// where the caller is among them: what they named is no longer theirs to see.
    pub async fn settle_subjects(
        &self,
        caller: &Caller,
        id: [u8; 16],
        ask: &Settle,
        conditions: Conditions<'_>,
    ) -> Result<Option<ReportShown>, AppError> {
        report::settle(ask)?;
        let body = [id.as_slice(), &serde_json::to_vec(ask)?].concat();
        let command = self.command(caller.principal(), "report.settle", conditions.key, &body);
        let (directory, profile) = (self.directory().await?, self.profile());
        let shown = self.act_with(caller, id, command, conditions, |record, _| {
            let found = routing::settled_subjects(ask, &record.folded.filed.school, &directory, &profile)?;
            let settled = SubjectsSettled {
                subjects: found.certain,
                possible_subjects: found.possible,
                reason: ask.reason.clone(),
                settled_by: caller.name.clone(),
            };
            Ok(Decided { events: vec![settled.into()], cases: vec![], concerns_people: true })
        });
        let shown = shown.await?;
        self.follow_in_cases(id).await?;
        Ok(shown)
    }

    pub(crate) async fn act_on_report(
        &self,
        caller: &Caller,
        id: [u8; 16],
        name: &str,
        body: &[u8],
        conditions: Conditions<'_>,
        decide: impl Fn(&Record<Report>, wardbook_domain::Duty) -> Result<Decided, AppError>,
    ) -> Result<ReportShown, AppError> {
        let command = self.command(caller.principal(), name, conditions.key, &[id.as_slice(), body].concat());
        self.act_with(caller, id, command, conditions, decide).await?.ok_or(AppError::NotFound)
    }

    /// The way in for an act on a report: load, authorise, decide, seal, append; again when somebody else wrote first. None where the act
    /// took the record from the caller.
    pub(crate) async fn act_with(
        &self,
        caller: &Caller,
        id: [u8; 16],
        command: CommandRef,
        conditions: Conditions<'_>,
        decide: impl Fn(&Record<Report>, wardbook_domain::Duty) -> Result<Decided, AppError>,
    ) -> Result<Option<ReportShown>, AppError> {
        for _ in 0..TRIES {
            let record = match self.report_for(caller, id).await {
                Ok(record) => record,
                // Told again after the first answer was lost: what was done took it from them.
                Err(AppError::NotFound) if self.repeated(&command).await?.is_some() => return Ok(None),
                Err(error) => return Err(error),
            };
            let Access::Groups(_, duty) = record.access else {
                return Err(AppError::Forbidden); // their own words are theirs to read, not to work on
            };
            // The answer shows the record: what is asked for that is asked before anything is written.
            self.purpose_of(caller, id, &record).await?;
            if self.repeated(&command).await?.is_some() {
                return self.show_report(caller, id, &record, "report").await.map(Some);
            }
            self.check_match(caller, conditions.if_match, &shown::report(&id, &record))?;
            let decided = decide(&record, duty)?;
            if decided.events.is_empty() {
                return self.show_report(caller, id, &record, "report").await.map(Some);
            }
            let writes = self.writes(id, &record, decided).await?;
            let act = Act { actor: Some(caller.person), duty: Some(duty), command };
            match self.append(&act, &writes).await {
                Ok(appended) => {
                    self.shown_by_views(crate::cases::last_of(&appended, &writes)).await;
                    return match self.report_for(caller, id).await {
                        Ok(record) => self.show_report(caller, id, &record, "report").await.map(Some),
                        Err(AppError::NotFound) => Ok(None),
                        Err(error) => Err(error),
                    };
                }
                Err(AppendFailed::Conflict) => {}
                Err(AppendFailed::Other(error)) => return Err(error),
            }
        }
        Err(AppError::Stale)
    }

    /// What is to be written: the report's events, its way to another receiver where it must go there, and the cases.
    async fn writes(&self, id: [u8; 16], record: &Record<Report>, decided: Decided) -> Result<Vec<StreamWrite>, AppError> {
        let mut events: Vec<Written> = decided.events.iter().map(ReportEvent::written).collect();
        let review_on = decided.events.iter().find_map(|event| match event {
            ReportEvent::Assessed(assessed) => assessed.review_on,
            _ => None,
        });
        if decided.concerns_people {
            let settled = decided.events.iter().any(|event| matches!(event, ReportEvent::SubjectsSettled(_)));
            let folded = decided.events.into_iter().fold(Some(record.folded.clone()), Report::evolve);
            let after = folded.expect("a report that is folded further is there");
            let (directory, profile) = (self.directory().await?, self.profile());
            let moved = self.moved_report(id, &record.folded, &after, &directory, &profile, settled).await?;
            events.extend(moved.map(|event| ReportEvent::from(event).written()));
        }
        let mut writes =
            vec![StreamWrite { stream: id, expected: record.stream.version(), keys: self.keys_of(&record.stream).await?, events }];
        for (case, opened) in decided.cases {
            writes.push(self.new_case(case, opened, &record.folded, review_on).await?);
        }
        Ok(writes)
    }

    async fn new_case(&self, id: [u8; 16], opened: Opened, report: &Report, review_on: Option<Date>) -> Result<StreamWrite, AppError> {
        let audience = audience_of(opened.class);
        let keys = self.new_keys(&[audience, audience]).await?;
        let mut events: Vec<CaseEvent> = vec![self.classified(&opened, report).await?.into()];
        events.extend(report.aside.iter().map(|aside| crate::aside::in_case(aside, opened.class)));
        // P0-FORM-10: the day on which the assessment wants it looked at again.
        events.extend(review_on.map(|day| CaseEvent::from(self.review_planned(&id, &opened, day))));
        let case = Case::evolve(None, opened.clone().into()).expect("an opening opens");
        events.extend(self.due_after(&case, &events));
        let events = std::iter::once(CaseEvent::from(opened)).chain(events).map(|event| event.written()).collect();
        Ok(StreamWrite { stream: id, expected: 0, keys, events })
    }

    fn review_planned(&self, id: &[u8; 16], opened: &Opened, day: Date) -> Planned {
        Planned {
            action: ActionId::from_bytes(wardbook_vault::blind(&self.keys.create, &[id, b"review"])),
            what: "Look at it again".to_owned(),
            owner: self.profile().title(opened.route.owner.duty).to_owned(),
            due_on: Some(day),
            reason: Some("The assessment of the report says so.".to_owned()),
            by: opened.opened_by.clone(),
            planned_at: opened.opened_at,
        }
    }

    /// What a new case deals with, as far as its owner may know.
    async fn classified(&self, opened: &Opened, report: &Report) -> Result<Classified, AppError> {
        let directory = self.directory().await?;
        let (profile, filed) = (self.profile(), &report.filed);
        let story = carries_story(report.class(), opened.class);
        let own = filed.extra_types.iter().find_map(|kind| profile.extra(&kind.code)?.matter);
        let reported = Reported {
            types: &opened.types,
            own: own.filter(|_| story),
            staff: &opened.staff,
            adults: if directory.are_no_employees(&opened.staff) { Adults::Others } else { Adults::Employees },
            pupils: !opened.pupils.is_empty(),
            image: filed.image.is_some_and(|answer| answer != ImageAnswer::No),
            self_referral: filed.self_referral,
        };
        Ok(Classified {
            matter: Matter::of(opened.kind, &reported),
            reason: None,
            guidance_edition: profile.guidance_edition.clone(),
            profile: profile.name(),
            by: opened.opened_by.clone(),
            classified_at: opened.opened_at,
        })
    }
}

/// What an act on a report comes to.
pub(crate) struct Decided {
    /// Events of the report.
    pub(crate) events: Vec<ReportEvent>,
    /// Cases to open, with their ids.
    pub(crate) cases: Vec<([u8; 16], Opened)>,
    /// Whether it says whom the report is about, so that it may have to go elsewhere.
    pub(crate) concerns_people: bool,
}

impl Decided {
    /// Events and nothing else.
    pub(crate) fn of(events: impl IntoIterator<Item = ReportEvent>) -> Self {
        Self { events: events.into_iter().collect(), cases: vec![], concerns_people: false }
    }
}

fn assessed(
    ask: &Assess,
    report: &Report,
    categories: Vec<Category>,
    found: &routing::Subjects,
    caller: &Caller,
    now: Instant,
) -> Assessed {
    let mut assessed = Assessed {
        class: report.class(),
        categories,
        other: ask.other.clone(),
        subjects: found.certain.clone(),
        possible_subjects: found.possible.clone(),
        shared: ask.shared.clone(),
        reason: ask.reason.clone(),
        action: ask.action.clone(),
        told: ask.told.clone(),
        follow_up: ask.follow_up.clone(),
        review_on: ask.review_on,
        signed: None,
        assessed_by: caller.name.clone(),
    };
    if let Some(declaration) = &ask.declaration {
        let text = signing::assessment_text(&assessed);
        assessed.signed = Some(signing::sign("assessment", &text, signing::ASSESSMENT_STATEMENT, declaration, now));
    }
    assessed
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

/// What the owner of a case of another class is told: what the assessor wrote for them, else that there is more to ask for.
fn shared(ask: &Assess) -> String {
    let nothing = "The report that this case came from stays with its receiver. Ask them for what you need.";
    ask.shared.clone().filter(|text| !text.trim().is_empty()).unwrap_or_else(|| nothing.to_owned())
}

fn opened(id: [u8; 16], report: &Report, kind: CaseKind, ask: &Assess, route: report::RouteTaken, caller: &Caller, now: Instant) -> Opened {
    let (filed, of) = (&report.filed, report.class());
    let class = kind.class(of);
    let story = carries_story(of, class);
    Opened {
        kind,
        class,
        school: filed.school.clone(),
        report: wardbook_domain::ReportId::from_bytes(id),
        types: if story { filed.types.clone() } else { filed.loss_types.clone() },
        summary: if story { report.text("what_happened").unwrap_or_default().to_owned() } else { shared(ask) },
        // Reason and action may tell the story of a class that the owner of this case must not know.
        action: if story { ask.action.clone() } else { None },
        pupils: if story { filed.pupils.clone() } else { vec![] },
        staff: if story { filed.staff.clone() } else { vec![] },
        aware_at: report.aware_at(),
        opened_at: now,
        opened_by: caller.name.clone(),
        route,
        source_reference: filed.source_reference.clone(),
        reporter: if story && report.protected.is_none() { filed.reporter.clone() } else { None },
    }
}
