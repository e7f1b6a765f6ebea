//! What people are shown: the objects of the API and of the pages, made from a folded record and the caller's access to it.

mod case;
mod timeline;
mod work;

use serde::Serialize;
use utoipa::ToSchema;
use wardbook_domain::{
    Address, Duty, FieldGroup, Instant,
    case::Marking,
    clock::Date,
    directory::Directory,
    need_to_know::Access,
    profile::Profile,
    report::{Report, ReportState, hand_over_to, may_snooze, signing},
};

use crate::load::Record;
pub(crate) use case::case;
pub use case::{CaseShown, NamedShown};
pub(crate) use timeline::other_case;
use timeline::report_entry;
pub(crate) use timeline::{of_case, of_report};
pub use work::{
    ActionShown, CaseToldShown, CopyShown, DecisionShown, FactShown, LinkShown, OpenShown, PersonPlacedShown, QuestionShown, StepShown,
};

/// A duty at a school, or for the trust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AddressShown {
    /// The duty's code.
    pub duty: String,
    /// The school's code; none for the trust.
    pub school: Option<String>,
}

impl AddressShown {
    /// What is shown; none for a duty that this version does not know.
    pub fn address(&self) -> Option<Address> {
        Some(Address { duty: Duty::parse(&self.duty)?, school: self.school.clone() })
    }
}

impl From<&Address> for AddressShown {
    fn from(address: &Address) -> Self {
        Self { duty: address.duty.to_string(), school: address.school.clone() }
    }
}

/// A pupil as named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PupilShown {
    /// Id in the directory, where given.
    pub pupil_id: Option<String>,
    /// Name.
    pub name: String,
    /// Year group.
    pub year_group: Option<String>,
}

/// An adult as named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StaffShown {
    /// Id in the staff list, where given.
    pub staff_id: Option<String>,
    /// Name.
    pub name: String,
    /// `subject`, `witness` or `other`.
    pub part: String,
}

/// The reporter as named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReporterShown {
    /// Id in the staff list, where known.
    pub staff_id: Option<String>,
    /// Name.
    pub name: String,
    /// Role.
    pub role: Option<String>,
}

/// A category of the assessment with its case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CategoryShown {
    /// The category's code (P0-FORM-9).
    pub category: String,
    /// The case that it opened.
    pub case: String,
}

/// A type that the trust's profile adds, as it was named on the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExtraTypeShown {
    /// Its code.
    pub code: String,
    /// Its words.
    pub label: String,
    /// The box under which it counts (P0-FORM-2).
    pub counts_as: String,
}

/// A report that the reporter made outside the school.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnReportShown {
    /// `police`, `social_care` or `other`.
    pub to: String,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Instant>,
    /// The reference that was given.
    pub reference: Option<String>,
}

/// A typed declaration, bound to the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SignedShown {
    /// The words that were signed under.
    pub statement: String,
    /// The name as typed.
    pub name: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
    /// SHA-256 of the signed text, in hexadecimal digits.
    pub digest: String,
    /// Whether the text is the one that was signed.
    pub holds: bool,
}

/// What old papers say about the end of the matter.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HistoryShown {
    /// Always `imported, not assessed here`.
    pub note: String,
    /// The outcome in the paper's words.
    pub outcome: Option<String>,
    /// When it was closed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Instant>,
    /// The day it was closed.
    #[schema(value_type = Option<String>, format = Date)]
    pub closed_on: Option<Date>,
    /// The row as it was read.
    #[schema(value_type = Object)]
    pub row: serde_json::Value,
}

/// Somebody who was told (P0-FORM-11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ToldShown {
    /// A code of the told list.
    pub whom: String,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Instant>,
    /// How and by whom.
    pub how: Option<String>,
    /// The reference that was given.
    pub reference: Option<String>,
}

/// A file that belongs to a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct EvidenceListed {
    /// 32 hex digits.
    pub id: String,
    /// The file's name as given.
    pub name: String,
    /// Who added it.
    pub added_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub added_at: Instant,
    /// Whether it is in quarantine: nobody opens it here any more.
    pub quarantined: bool,
}

/// Somebody who stands aside from a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AsideShown {
    /// Who, 32 hex digits.
    pub person: String,
    /// Their name.
    pub name: String,
    /// `recused` or `conflict`.
    pub because: String,
    /// Why.
    pub reason: String,
}

/// The assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AssessmentShown {
    /// Categories and cases.
    pub categories: Vec<CategoryShown>,
    /// Why.
    pub reason: String,
    /// Action to be taken.
    pub action: Option<String>,
    /// What the category `other` is.
    pub other: Option<String>,
    /// Who has been told.
    pub told: Vec<ToldShown>,
    /// Follow-up actions.
    pub follow_up: Option<String>,
    /// The day on which it is looked at again.
    #[schema(value_type = Option<String>, format = Date)]
    pub review_on: Option<Date>,
    /// The declaration of the person who assessed it.
    pub signed: Option<SignedShown>,
    /// By whom.
    pub by: String,
}

/// One entry of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TimelineEntry {
    /// When it was written down.
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
    /// What happened, in words.
    pub what: String,
    /// Who did it, where a person did.
    pub by: Option<String>,
    /// The text that goes with it.
    pub text: Option<String>,
}

/// A report as its reader may see it.
#[expect(clippy::struct_excessive_bools, reason = "answers of the form and marks of the record, each with a name of its own in the API")]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReportShown {
    /// 32 hex digits.
    pub id: String,
    /// What people quote: random, says nothing.
    pub reference: String,
    /// The paper's own reference, of an imported report.
    pub source_reference: Option<String>,
    /// Whether this is the reporter's own copy, without what happened afterwards.
    pub own_words: bool,
    /// `filed`, `received`, `assessed` or `imported`; none in the reporter's own copy.
    pub state: Option<String>,
    /// The school's code.
    pub school: String,
    /// Types (P0-FORM-2).
    pub types: Vec<String>,
    /// Types that the trust's profile adds.
    pub extra_types: Vec<ExtraTypeShown>,
    /// What `other` is.
    pub other_type: Option<String>,
    /// Whom it is about: the picker's answer.
    pub about: String,
    /// The name given with it.
    pub about_name: Option<String>,
    /// When it happened.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub incident_at: Option<Instant>,
    /// The day it happened, where the hour is not known.
    #[schema(value_type = Option<String>, format = Date)]
    pub incident_on: Option<Date>,
    /// When somebody at the school first found out.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub discovered_at: Option<Instant>,
    /// When the school was told.
    #[schema(value_type = String, format = DateTime)]
    pub reported_at: Instant,
    /// The day the school was told, where the hour was not written down.
    #[schema(value_type = Option<String>, format = Date)]
    pub reported_on: Option<Date>,
    /// When it was filed here.
    #[schema(value_type = String, format = DateTime)]
    pub filed_at: Instant,
    /// Whether somebody else typed it in for the reporter.
    pub typed_in: bool,
    /// How it reached the school.
    pub channel: String,
    /// What happened, as it now reads.
    pub what_happened: String,
    /// Where, as it now reads.
    pub location: Option<String>,
    /// Pupils named.
    pub pupils: Vec<PupilShown>,
    /// Adults named.
    pub staff: Vec<StaffShown>,
    /// Could a child be hurt or in danger?
    pub danger: String,
    /// Already reported to.
    pub reported_to: Option<String>,
    /// Immediate action.
    pub immediate_action: Option<String>,
    /// Data affected.
    pub data_affected: Vec<String>,
    /// How many people's data.
    pub individuals_affected: Option<u32>,
    /// DPO told.
    pub dpo_told: Option<String>,
    /// The reporter reports themself.
    pub self_referral: bool,
    /// Whether it is a protected disclosure: the reporter's name is kept from those who handle it (OTH-5).
    pub protected_disclosure: bool,
    /// Whether an image could show a child without clothes: `yes`, `unsure` or `no`.
    pub image: Option<String>,
    /// Whether a DSL still has to act on an image.
    pub image_open: bool,
    /// Who must act on it.
    pub image_for: Vec<AddressShown>,
    /// Who stands aside from it: it does not exist for them.
    pub aside: Vec<AsideShown>,
    /// What the reporter reported outside the school themself.
    pub own_reports: Vec<OwnReportShown>,
    /// The reporter's declaration.
    pub signed: Option<SignedShown>,
    /// What old papers say about the end of the matter, where it was brought in as history.
    pub history: Option<HistoryShown>,
    /// Files.
    pub evidence: Vec<EvidenceListed>,
    /// The reporter; none for an anonymous report.
    pub reporter: Option<ReporterShown>,
    /// To whom it went; none in the reporter's own copy of a report that is about them.
    pub owner: Option<AddressShown>,
    /// When the notice to the ICO would be due, were this a personal-data breach.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Instant>,
    /// The assessment.
    pub assessment: Option<AssessmentShown>,
    /// Questions to whoever reported it, oldest first.
    pub questions: Vec<QuestionShown>,
    /// Which duty has it in hand, where it was handed over.
    pub in_hand: Option<AddressShown>,
    /// The duties to which it can be handed over.
    pub hand_to: Vec<AddressShown>,
    /// Until when it is put off.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub put_off_until: Option<Instant>,
    /// Its protective marking (P0-MARK-1), in words; none in the reporter's own copy.
    pub marking_label: Option<String>,
    /// Copies on paper.
    pub copies: Vec<CopyShown>,
    /// What the caller may do now.
    pub may: Vec<String>,
    /// What happened to it, oldest first.
    pub timeline: Vec<TimelineEntry>,
}

/// A record that is listed but cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SealedShown {
    /// Always true.
    pub sealed: bool,
    /// Why, in words.
    pub why: String,
}

/// A short reference that people can quote on the telephone: eight hex digits of the random id.
pub fn reference(id: &[u8; 16]) -> String {
    let hex = hex::encode_upper(&id[..4]);
    format!("{}-{}", &hex[..4], &hex[4..])
}

fn codes<T: std::fmt::Display>(list: &[T]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

fn pupils(list: &[wardbook_domain::report::PupilNamed]) -> Vec<PupilShown> {
    let shown = |p: &wardbook_domain::report::PupilNamed| PupilShown {
        pupil_id: p.pupil_id.clone(),
        name: p.name.clone(),
        year_group: p.year_group.clone(),
    };
    list.iter().map(shown).collect()
}

fn staff(list: &[wardbook_domain::report::StaffNamed]) -> Vec<StaffShown> {
    let shown = |s: &wardbook_domain::report::StaffNamed| StaffShown {
        staff_id: s.staff_id.clone(),
        name: s.name.clone(),
        part: s.part.to_string(),
    };
    list.iter().map(shown).collect()
}

fn reporter(named: &wardbook_domain::report::ReporterNamed) -> ReporterShown {
    ReporterShown { staff_id: named.staff_id.clone(), name: named.name.clone(), role: named.role.clone() }
}

/// A report as the caller may see it: whole, or their own words frozen as filed.
pub(crate) fn report(id: &[u8; 16], record: &Record<Report>, profile: &Profile, directory: &Directory) -> ReportShown {
    let Record { folded: report, access, .. } = record;
    let filed = &report.filed;
    let own_words = *access == Access::OwnWords;
    let sees_reporter = own_words || matches!(access, Access::Groups(groups, _) if groups.contains(&FieldGroup::Reporter));
    let hides_reporter = report.protected.is_some() && !sees_reporter;
    // The reporter's own copy is frozen: later corrections are not theirs to see.
    let text = |field: &str| if own_words { filed.text(field) } else { report.text(field) }.map(str::to_owned);
    // As filed, and not as found since: a receipt that changes would tell the person concerned.
    let (certain, possible) = (&filed.route.subjects, &filed.route.possible_subjects);
    let mut authors = filed.reporter_person.iter().chain(&filed.typed_by);
    let about_them = authors.any(|person| certain.contains(person) || possible.contains(person));
    let hand_to: Vec<AddressShown> =
        if own_words { vec![] } else { hand_over_to(report, directory).iter().map(AddressShown::from).collect() };
    ReportShown {
        id: hex::encode(id),
        reference: reference(id),
        source_reference: filed.source_reference.clone(),
        own_words,
        state: (!own_words).then(|| report.state().as_str().to_owned()),
        school: filed.school.clone(),
        types: codes(&filed.types),
        extra_types: filed.extra_types.iter().map(extra_type).collect(),
        other_type: filed.other_type.clone(),
        about: filed.about.whom.to_string(),
        about_name: filed.about.name.clone(),
        incident_at: filed.incident_at,
        incident_on: filed.incident_on,
        discovered_at: filed.discovered_at,
        reported_at: filed.reported_at,
        reported_on: filed.reported_on,
        filed_at: filed.filed_at,
        typed_in: filed.typed_by.is_some(),
        channel: filed.channel.to_string(),
        what_happened: text("what_happened").unwrap_or_default(),
        location: text("location"),
        pupils: pupils(&filed.pupils),
        staff: staff(&filed.staff),
        danger: filed.danger.to_string(),
        reported_to: text("reported_to"),
        immediate_action: text("immediate_action"),
        data_affected: codes(&filed.data_affected),
        individuals_affected: filed.individuals_affected,
        dpo_told: filed.dpo_told.map(|told| told.to_string()),
        self_referral: filed.self_referral,
        protected_disclosure: report.protected.is_some(),
        image: filed.image.map(|answer| answer.to_string()),
        image_open: !own_words && report.image_open(),
        image_for: if own_words { vec![] } else { report.image_actors().iter().map(AddressShown::from).collect() },
        aside: if own_words {
            vec![]
        } else {
            report.aside.iter().map(|one| aside(one.person, &one.name, one.because, &one.reason)).collect()
        },
        own_reports: filed.own_reports.iter().map(own_report).collect(),
        signed: filed
            .signed
            .as_ref()
            .filter(|_| !hides_reporter)
            .map(|signed| signed_shown(signed, "report", &signing::report_text(filed))),
        history: if own_words { None } else { filed.history.as_ref().map(history) },
        evidence: if own_words { vec![] } else { report.evidence.iter().map(|added| evidence(report, added)).collect() },
        reporter: if sees_reporter { filed.reporter.as_ref().map(reporter) } else { None },
        owner: (!(own_words && about_them)).then(|| (if own_words { &filed.route.owner } else { &report.route().owner }).into()),
        due_at: if own_words || report.state() == ReportState::Assessed { None } else { report.provisional_ico_due() },
        assessment: if own_words { None } else { report.assessed.as_ref().map(assessment) },
        questions: work::waiting(report),
        in_hand: report.in_hand().filter(|_| !own_words).map(AddressShown::from),
        put_off_until: report.snoozed_until().filter(|_| !own_words),
        marking_label: (!own_words).then(|| Marking::of(report.class()).label().to_owned()),
        copies: if own_words { vec![] } else { work::copies_of_report(report, profile) },
        may: if own_words { vec![] } else { report_may(report, !hand_to.is_empty()) },
        hand_to,
        timeline: if own_words { vec![] } else { record.events.iter().filter_map(report_entry).collect() },
    }
}

fn extra_type(kind: &wardbook_domain::report::ExtraTaken) -> ExtraTypeShown {
    ExtraTypeShown { code: kind.code.clone(), label: kind.label.clone(), counts_as: kind.counts_as.to_string() }
}

fn own_report(own: &wardbook_domain::report::OwnReport) -> OwnReportShown {
    OwnReportShown { to: own.to.to_string(), at: own.at, reference: own.reference.clone() }
}

fn signed_shown(signed: &signing::Signed, what: &str, text: &serde_json::Value) -> SignedShown {
    SignedShown {
        statement: signed.statement.clone(),
        name: signed.name.clone(),
        at: signed.signed_at,
        digest: signed.digest.clone(),
        holds: signing::holds(signed, what, text),
    }
}

fn history(history: &wardbook_domain::report::History) -> HistoryShown {
    HistoryShown {
        note: "imported, not assessed here".into(),
        outcome: history.outcome.clone(),
        closed_at: history.closed_at,
        closed_on: history.closed_on,
        row: history.row.clone(),
    }
}

fn evidence(report: &Report, added: &wardbook_domain::report::EvidenceAdded) -> EvidenceListed {
    EvidenceListed {
        id: added.evidence.to_string(),
        name: added.name.clone(),
        added_by: added.added_by.clone(),
        added_at: added.added_at,
        quarantined: report.quarantined.iter().any(|quarantined| quarantined.evidence == added.evidence),
    }
}

fn told(told: &wardbook_domain::report::Told) -> ToldShown {
    ToldShown { whom: told.whom.clone(), at: told.at, how: told.how.clone(), reference: told.reference.clone() }
}

fn assessment(assessed: &wardbook_domain::report::Assessed) -> AssessmentShown {
    let category = |c: &wardbook_domain::report::Category| CategoryShown { category: c.category.to_string(), case: c.case.to_string() };
    AssessmentShown {
        categories: assessed.categories.iter().map(category).collect(),
        reason: assessed.reason.clone(),
        action: assessed.action.clone(),
        other: assessed.other.clone(),
        told: assessed.told.iter().map(told).collect(),
        follow_up: assessed.follow_up.clone(),
        review_on: assessed.review_on,
        signed: assessed.signed.as_ref().map(|signed| signed_shown(signed, "assessment", &signing::assessment_text(assessed))),
        by: assessed.assessed_by.clone(),
    }
}

fn report_may(report: &Report, hands_over: bool) -> Vec<String> {
    let verbs: &[&str] = match report.state() {
        ReportState::Filed => &["receive", "assess", "correct", "settle"],
        ReportState::Received => &["assess", "correct", "settle"],
        ReportState::Assessed => &["correct", "settle"],
        ReportState::Imported => &["correct"],
    };
    let more = [("hand-over", hands_over), ("snooze", may_snooze(report)), ("print", true)];
    codes(verbs).into_iter().chain(more.into_iter().filter(|(_, may)| *may).map(|(verb, _)| verb.to_owned())).collect()
}

fn aside(person: wardbook_domain::PersonId, name: &str, because: wardbook_domain::report::AsideBecause, reason: &str) -> AsideShown {
    AsideShown { person: person.to_string(), name: name.to_owned(), because: because.to_string(), reason: reason.to_owned() }
}
