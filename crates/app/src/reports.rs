//! Reports: reading, receiving, assessing, correcting. `reports/filing.rs`: how one comes into the book; `reports/hand.rs`: handing over,
//! putting off, copies on paper.

mod filing;
mod hand;

use wardbook_domain::{
    ActionId, CaseId, Instant, RecordId,
    case::{Adults, Case, CaseEvent, CaseKind, Classified, Matter, Opened, Planned, Reported, carries_story},
    clock::Date,
    need_to_know::Access,
    profile::reading::CASE_WORK,
    reading::COPY,
    report::{self, Assess, Assessed, Category, Correct, ImageAnswer, Report, ReportEvent, Settle, SubjectsSettled, signing},
    routing,
};
use wardbook_ledger::CommandRef;
use wardbook_views::audience_of;

use crate::{
    App, AppError, Caller,
    book::{Act, AppendFailed, StreamWrite},
    directory::TRIES,
    load::{Record, authors},
    shown::{self, ReportShown},
};

pub(crate) use filing::Origin;

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

impl App {
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

    async fn show_report(&self, caller: &Caller, id: [u8; 16], record: &Record<Report>, page: &str) -> Result<ReportShown, AppError> {
        let purpose = self.purpose_of(caller, id, record).await?;
        self.show_report_for(caller, id, record, page, purpose).await
    }

    /// A report that the caller is about to act on: nothing of it is shown, so nothing is traced.
    pub async fn report_to_act_on(&self, caller: &Caller, id: [u8; 16]) -> Result<ReportShown, AppError> {
        let record = self.report_for(caller, id).await?;
        self.purpose_of(caller, id, &record).await?;
        self.shape_report(id, &record).await
    }

    async fn shape_report(&self, id: [u8; 16], record: &Record<Report>) -> Result<ReportShown, AppError> {
        Ok(shown::report(&id, record, &self.profile(), &*self.directory().await?))
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
        self.shape_report(id, record).await
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
        self.act_and_show(caller, id, command, conditions, None, decide).await
    }

    /// The same, where the answer is a copy on paper for this purpose: it is traced as that.
    async fn act_and_show(
        &self,
        caller: &Caller,
        id: [u8; 16],
        command: CommandRef,
        conditions: Conditions<'_>,
        copy_for: Option<&str>,
        decide: impl Fn(&Record<Report>, wardbook_domain::Duty) -> Result<Decided, AppError>,
    ) -> Result<Option<ReportShown>, AppError> {
        let directory = self.directory().await?;
        let show = async |record: Record<Report>| match copy_for {
            Some(purpose) => self.show_report_for(caller, id, &record, COPY, purpose.to_owned()).await,
            None => self.show_report(caller, id, &record, "report").await,
        };
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
                return show(record).await.map(Some);
            }
            self.check_match(caller, conditions.if_match, &shown::report(&id, &record, &self.profile(), &directory))?;
            let decided = decide(&record, duty)?;
            if decided.events.is_empty() {
                return show(record).await.map(Some);
            }
            let writes = self.writes(id, &record, decided).await?;
            let act = Act { actor: Some(caller.person), duty: Some(duty), command };
            match self.append(&act, &writes).await {
                Ok(appended) => {
                    self.shown_by_views(crate::cases::last_of(&appended, &writes)).await;
                    return match self.report_for(caller, id).await {
                        Ok(record) => show(record).await.map(Some),
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
        let mut events = decided.events;
        let review_on = events.iter().find_map(|event| match event {
            ReportEvent::Assessed(assessed) => assessed.review_on,
            _ => None,
        });
        if decided.concerns_people {
            let settled = events.iter().any(|event| matches!(event, ReportEvent::SubjectsSettled(_)));
            let folded = events.iter().cloned().fold(Some(record.folded.clone()), Report::evolve);
            let after = folded.expect("a report that is folded further is there");
            let (directory, profile) = (self.directory().await?, self.profile());
            events.extend(self.moved_report(id, &record.folded, &after, &directory, &profile, settled).await?);
        }
        events.extend(report::due_after(&record.folded, &events, &self.profile(), self.clock.now()).map(ReportEvent::from));
        let events = events.iter().map(ReportEvent::written).collect();
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
