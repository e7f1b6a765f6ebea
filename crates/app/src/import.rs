//! Imports: a trust's lists and old papers, idempotent for ever, a bad row refused with its field while good rows stay.

mod alerts;
mod faults;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use wardbook_domain::{
    FieldGroup, Instant, PersonId,
    alert::AlertEvent,
    canonical::canonical,
    clock::Date,
    directory::{DirectoryEvent, PersonRecorded, PupilRecorded, PupilRow, Row, SchoolRecorded, SchoolRow, StaffRow},
    equipment::{AssetRecorded, AssetRow, LoanRecorded, LoanRow},
    event::AnyEvent,
    field::{FieldError, Invalid},
    report::{Filed, Form, History, ReportEvent, ReporterNamed},
};
use wardbook_vault::{blind, keyed_digest};

use crate::{App, AppError, Caller, book::Act, cases::not_json, reports::Origin};
use faults::{from_value, kept, whole};

/// What can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImportKind {
    /// `schools.csv`.
    Schools,
    /// `staff.csv`.
    Staff,
    /// `pupils.csv`.
    Pupils,
    /// `reports.jsonl`.
    Reports,
    /// `assets.csv`.
    Assets,
    /// `loans.csv`.
    Loans,
    /// Not used by anything yet: refused by name.
    Leavers,
    /// `monitoring_alerts.csv`.
    Alerts,
}

/// One row as read from a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImportRow {
    /// Line in the file, from 1.
    pub line: u64,
    /// The fields.
    pub fields: Map<String, Value>,
}

/// A batch of rows of one file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportBatch {
    /// Which kind.
    pub kind: ImportKind,
    /// Which source the references belong to; `paper` where none is named.
    #[serde(default = "paper")]
    pub source: String,
    /// Whether reports are history: what was known then, and nothing owed now.
    #[serde(default)]
    pub as_history: bool,
    /// Whether to say only what would come of it.
    #[serde(default)]
    pub dry_run: bool,
    /// The rows, at most [`ROWS_MAX`].
    pub rows: Vec<ImportRow>,
}

impl ImportBatch {
    /// Live rows of the source `paper`.
    pub fn new(kind: ImportKind, rows: Vec<ImportRow>) -> Self {
        Self { kind, source: paper(), as_history: false, dry_run: false, rows }
    }
}

fn paper() -> String {
    "paper".to_owned()
}

/// Rows of one batch at most.
pub const ROWS_MAX: usize = 1000;

/// A row that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Its line.
    pub line: u64,
    /// The field.
    pub field: String,
    /// Why.
    pub problem: String,
}

/// What became of a batch. New, known and disposed rows are all "accepted": the importer learns nothing from that.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Rows accepted; in a dry run without those that are, or may be, about the importer.
    pub accepted: u64,
    /// Rows refused.
    pub refused: Vec<Refusal>,
    /// Duties granted because of these rows.
    pub duties_granted: u64,
    /// Duties that the lists name and that wait for a second person: set-up has ended.
    #[serde(default)]
    pub duties_waiting: u64,
    /// Staff rows whose e-mail a person entered by hand has already: a person must link them.
    pub to_link: u64,
    /// What would come of it, for a dry run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<DryRun>,
}

/// What an import would bring. Reports that are, or may be, about the importer are in none of these counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DryRun {
    /// New records.
    pub records: u64,
    /// Lines of entries that would be corrected.
    pub corrections: Vec<u64>,
    /// Things that would be owed: to receivers, second readers and those who get first facts.
    pub duties: u64,
    /// Breach clocks that would run.
    pub clocks: u64,
    /// Notices that would go out; this release sends none.
    pub notices: u64,
}

/// How the rows of a batch are taken in.
struct Taking<'a> {
    source: &'a str,
    as_history: bool,
    dry_run: bool,
    importer: Option<&'a Caller>,
}

/// Reads JSON into a value and names the field that does not fit.
pub fn parse_named<T: DeserializeOwned>(body: &[u8]) -> Result<T, AppError> {
    let value: Value = serde_json::from_slice(body).map_err(|_| not_json())?;
    Ok(from_value(value)?)
}

impl App {
    /// Imports a batch. Rows of kinds that nothing uses yet are refused by name, not swallowed. Reports are taken in from a named person
    /// whose duty receives reports: what they read on paper they might have received here.
    pub async fn import(&self, batch: ImportBatch, importer: Option<&Caller>) -> Result<Imported, AppError> {
        if batch.rows.len() > ROWS_MAX {
            return Err(Invalid::one("rows", format!("has more than {ROWS_MAX} rows; send several batches")).into());
        }
        if batch.source.is_empty() || batch.source.len() > 100 {
            return Err(Invalid::one("source", "has 1 to 100 characters").into());
        }
        let from_a_person = matches!(batch.kind, ImportKind::Reports | ImportKind::Alerts);
        if from_a_person && !self.may_bring_in(importer) {
            let what = if batch.kind == ImportKind::Reports { "reports are" } else { "alerts are" };
            let problem = format!("{what} imported by a named person whose duty receives reports: give their token");
            return Err(Invalid::one("token", problem).into());
        }
        if batch.as_history && batch.kind != ImportKind::Reports {
            return Err(Invalid::one("as_history", "is for reports; lists say what is now").into());
        }
        let ImportBatch { kind, source, as_history, dry_run, rows } = batch;
        let taking = Taking { source: &source, as_history, dry_run, importer };
        let mut sum = Imported { dry_run: dry_run.then(DryRun::default), ..Imported::default() };
        for row in rows {
            let line = row.line;
            match self.import_row(kind, &taking, row, &mut sum).await {
                Ok(counted) => sum.accepted += u64::from(counted),
                Err(AppError::Invalid(Invalid(errors))) => {
                    let refusal = |FieldError { field, problem }| Refusal { line, field, problem };
                    sum.refused.extend(errors.into_iter().map(refusal));
                }
                Err(error) => return Err(error),
            }
        }
        if matches!(kind, ImportKind::Schools | ImportKind::Staff) && !dry_run {
            self.wait_for_views().await?;
            (sum.duties_granted, sum.duties_waiting) = self.grant_school_duties().await?;
            self.wait_for_views().await?;
            self.reroute_open().await?;
        }
        self.wait_for_views().await?;
        Ok(sum)
    }

    /// Takes one row in; whether it is counted.
    async fn import_row(&self, kind: ImportKind, taking: &Taking<'_>, row: ImportRow, imported: &mut Imported) -> Result<bool, AppError> {
        let ImportRow { line, fields } = row;
        let digest = self.row_digest(&fields);
        match kind {
            ImportKind::Schools => {
                let row: SchoolRow = parsed(fields)?;
                self.import_entry("school", taking, (line, digest), row, imported, |_, row, source, row_digest| {
                    SchoolRecorded { row, source, row_digest }.into()
                })
                .await?;
                Ok(true)
            }
            ImportKind::Staff => {
                let row: StaffRow = parsed(fields)?;
                let taken = match &row.email {
                    Some(email) => self.directory().await?.by_email(email),
                    None => None,
                };
                let own = PersonId::from_bytes(self.row_stream("staff", taking.source, &row.staff_id));
                imported.to_link += u64::from(taken.is_some_and(|person| person != own));
                self.import_entry("staff", taking, (line, digest), row, imported, person_event).await?;
                Ok(true)
            }
            ImportKind::Pupils => {
                let row: PupilRow = parsed(fields)?;
                self.import_entry("pupil", taking, (line, digest), row, imported, |_, row, source, row_digest| {
                    PupilRecorded { row, source, row_digest }.into()
                })
                .await?;
                Ok(true)
            }
            ImportKind::Assets => {
                let row: AssetRow = parsed(fields)?;
                self.import_entry("asset", taking, (line, digest), row, imported, |_, row, source, row_digest| {
                    AssetRecorded { row, source, row_digest }.into()
                })
                .await?;
                Ok(true)
            }
            ImportKind::Loans => {
                let row: LoanRow = parsed(fields)?;
                self.import_entry("loan", taking, (line, digest), row, imported, |_, row, source, row_digest| {
                    LoanRecorded { row, source, row_digest }.into()
                })
                .await?;
                Ok(true)
            }
            ImportKind::Reports => self.import_report(taking, fields, imported).await,
            ImportKind::Alerts => self.import_alert(taking, &fields, imported).await,
            ImportKind::Leavers => {
                let name = serde_json::to_value(kind)?;
                Err(Invalid::one(
                    "kind",
                    format!("{} are not used by anything yet, so they are not taken in", name.as_str().unwrap_or("rows")),
                )
                .into())
            }
        }
    }

    /// A row of a list: an equal one changes nothing, a different one becomes a correction (design §3).
    async fn import_entry<R: Row + Serialize>(
        &self,
        kind: &str,
        taking: &Taking<'_>,
        (line, digest): (u64, String),
        row: R,
        imported: &mut Imported,
        event: impl Fn(PersonId, R, Option<String>, Option<String>) -> DirectoryEvent,
    ) -> Result<(), AppError> {
        let stream = self.row_stream(kind, taking.source, &row.reference());
        let known = self.last_digest(stream).await?;
        if known.as_ref().is_some_and(|known| *known == digest || known == SEALED) {
            return Ok(());
        }
        if let Some(would) = imported.dry_run.as_mut().filter(|_| taking.dry_run) {
            if known.is_some() {
                would.corrections.push(line);
            } else {
                would.records += 1;
            }
            return Ok(());
        }
        let act = Act { actor: None, duty: None, command: self.command(b"set-up", "import", None, digest.as_bytes()) };
        let event = event(PersonId::from_bytes(stream), row, Some(taking.source.to_owned()), Some(digest));
        self.append_directory(&act, stream, &event).await.map(|_| ())
    }

    /// A row of old papers: an equal one changes nothing, a different one for a known reference is refused (design §3).
    /// In a dry run a row that is, or may be, about the importer leaves every count.
    async fn import_report(&self, taking: &Taking<'_>, fields: Map<String, Value>, imported: &mut Imported) -> Result<bool, AppError> {
        let digest = self.row_digest(&fields);
        let (now, profile, directory) = (self.clock.now(), self.profile(), self.directory().await?);
        let fits = |form: &Form| {
            let mut faults = vec![];
            kept(&mut faults, form.check(now));
            kept(&mut faults, profile.with_boxes(form).map(drop));
            if !form.school.trim().is_empty() && !directory.schools.contains_key(&form.school) {
                kept(&mut faults, Err::<(), _>(Invalid::one("school", "is not the code of a school of this trust")));
            }
            if faults.is_empty() { Ok(()) } else { Err(Invalid(faults)) }
        };
        let PaperReport { reference, reporter, form, history } = paper_report(fields, taking.as_history, fits)?;
        let stream = self.row_stream("report", taking.source, &reference);
        match self.last_digest(stream).await? {
            // A disposed or sealed one is answered like an equal one: the importer learns nothing of it.
            Some(known) if known == digest || known == SEALED => return Ok(true),
            Some(_) => return Err(Invalid::one("reference", "is already recorded; correct it in the record").into()),
            None => {}
        }
        let reporter_person = reporter.as_ref().and_then(|r| r.staff_id.as_deref()).and_then(|id| directory.by_staff_id(id));
        let origin = Origin {
            reporter,
            reporter_person,
            typed_by: taking.importer.map(|importer| importer.person),
            source: Some(taking.source.to_owned()),
            source_reference: Some(reference),
            row_digest: Some(digest.clone()),
            history,
        };
        if let Some(would) = imported.dry_run.as_mut().filter(|_| taking.dry_run) {
            return Ok(would.count(&self.prepared(&form, origin).await?, taking.importer));
        }
        let actor = taking.importer.map(|importer| importer.person);
        let act = Act { actor, duty: None, command: self.command(b"set-up", "import", Some(&hex::encode(stream)), digest.as_bytes()) };
        self.append_report(&act, stream, &form, origin).await.map(|_| true)
    }

    /// The stream of an imported row: HMAC(import key, kind | source | reference | generation), so that a copy meets it for ever.
    fn row_stream(&self, kind: &str, source: &str, reference: &str) -> [u8; 16] {
        // Generation 0: a disposed row gets the next one after a person settles it.
        blind(&self.keys.import, &[kind.as_bytes(), source.as_bytes(), reference.as_bytes(), &0_u64.to_be_bytes()])
    }

    /// The digest of a row's cells as read, empty ones left out, by name: a column that a later release adds changes no known row.
    fn row_digest(&self, fields: &Map<String, Value>) -> String {
        let cells: BTreeMap<&String, Vec<u8>> =
            fields.iter().filter(|(_, value)| !is_empty(value)).map(|(name, value)| (name, canonical(value))).collect();
        let parts: Vec<&[u8]> = cells.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_slice()]).collect();
        hex::encode(keyed_digest(&self.keys.import, &[[b"row".as_slice()].as_slice(), &parts].concat()))
    }

    /// The digest of the row that a stream was last written from; none where there is no such stream.
    async fn last_digest(&self, stream: [u8; 16]) -> Result<Option<String>, AppError> {
        let mut digest = None;
        for stored in self.load(stream).await?.events {
            match self.opener.open(&stored, &[FieldGroup::Record]).await {
                Ok(opened) => digest = digest_of(&opened.event).or(digest),
                Err(failure) if failure.is_passing() => return Err(failure.into()),
                // Disposed or sealed: it is known, and its row was accepted once.
                Err(_) => digest = Some(SEALED.to_owned()),
            }
        }
        Ok(digest)
    }

    /// Waits until the views show everything that is in the book by now.
    pub async fn wait_for_views(&self) -> Result<(), AppError> {
        let size = self.ledger.head().await?.size;
        if size > 0 && !self.views.reached(size - 1, std::time::Duration::from_mins(1)).await {
            return Err(AppError::Busy(std::time::Duration::from_secs(5)));
        }
        Ok(())
    }
}

impl DryRun {
    /// Adds what another batch would bring.
    pub fn add(&mut self, other: Self) {
        self.records += other.records;
        self.corrections.extend(other.corrections);
        self.duties += other.duties;
        self.clocks += other.clocks;
        self.notices += other.notices;
    }

    /// Counts a report, unless it is, or may be, about the importer.
    fn count(&mut self, filed: &Filed, importer: Option<&Caller>) -> bool {
        let about_importer = importer.is_some_and(|importer| {
            filed.route.subjects.contains(&importer.person) || filed.route.possible_subjects.contains(&importer.person)
        });
        if about_importer {
            return false;
        }
        self.records += 1;
        if !filed.from_old_papers {
            let owed = 1 + usize::from(filed.route.second.is_some()) + filed.facts_to.len() + usize::from(filed.clock_owner.is_some());
            self.duties += owed as u64;
            self.clocks += u64::from(filed.clock_owner.is_some());
        }
        true
    }
}

/// A row of old papers as read.
struct PaperReport {
    reference: String,
    reporter: Option<ReporterNamed>,
    form: Form,
    history: Option<History>,
}

/// Reads a row of old papers; everything that is wrong with it is said at once.
fn paper_report(
    mut fields: Map<String, Value>,
    as_history: bool,
    fits: impl FnOnce(&Form) -> Result<(), Invalid>,
) -> Result<PaperReport, Invalid> {
    let row = Value::Object(fields.clone());
    let mut take = |name: &str| fields.remove(name).filter(|value| !is_empty(value));
    let mut faults = vec![];
    let reference = kept(&mut faults, reference_of(take("reference")));
    let within = |name: &'static str| {
        move |Invalid(errors): Invalid| {
            Invalid(errors.into_iter().map(|e| FieldError { field: format!("{name}.{}", e.field), problem: e.problem }).collect())
        }
    };
    let reporter = from_value(take("reporter").unwrap_or(Value::Null)).map_err(within("reporter"));
    let reporter: Option<Option<ReporterNamed>> = kept(&mut faults, reporter);
    let end: Map<String, Value> =
        ["outcome", "closed_at", "closed_on"].into_iter().filter_map(|name| Some((name.to_owned(), take(name)?))).collect();
    for name in end.keys().filter(|_| !as_history) {
        kept(&mut faults, Err::<(), _>(Invalid::one(name.clone(), "says that the matter has ended; import it as history")));
    }
    let end = kept(&mut faults, whole::<PaperEnd>(end, |_| Ok(())));
    let form = kept(
        &mut faults,
        whole::<Form>(fields, |form| {
            let mut faults = vec![];
            kept(&mut faults, fits(form));
            if as_history && form.reported_at.is_none() && form.reported_on.is_none() {
                let missing = "is missing, and reported_on as well: history needs its day";
                kept(&mut faults, Err::<(), _>(Invalid::one("reported_at", missing)));
            }
            if faults.is_empty() { Ok(()) } else { Err(Invalid(faults)) }
        }),
    );
    let (Some(reference), Some(reporter), Some(end), Some(form), true) = (reference, reporter, end, form, faults.is_empty()) else {
        return Err(Invalid(faults));
    };
    let history = as_history.then_some(History { outcome: end.outcome, closed_at: end.closed_at, closed_on: end.closed_on, row });
    Ok(PaperReport { reference, reporter, form, history })
}

fn reference_of(given: Option<Value>) -> Result<String, Invalid> {
    let reference = given.ok_or_else(|| Invalid::one("reference", "is missing"))?;
    let reference: String = from_value(reference).map_err(|_| Invalid::one("reference", "is not text"))?;
    if reference.trim().is_empty() || reference.len() > 100 {
        return Err(Invalid::one("reference", "has 1 to 100 characters"));
    }
    Ok(reference)
}

#[derive(Deserialize)]
struct PaperEnd {
    #[serde(default)]
    outcome: Option<String>,
    #[serde(default)]
    closed_at: Option<Instant>,
    #[serde(default)]
    closed_on: Option<Date>,
}

/// The digest of a record that cannot be opened; no row has it.
const SEALED: &str = "";

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

fn digest_of(event: &AnyEvent) -> Option<String> {
    match event {
        AnyEvent::Directory(DirectoryEvent::School(school)) => school.row_digest.clone(),
        AnyEvent::Directory(DirectoryEvent::Person(person)) => person.row_digest.clone(),
        AnyEvent::Directory(DirectoryEvent::Pupil(pupil)) => pupil.row_digest.clone(),
        AnyEvent::Directory(DirectoryEvent::Asset(asset)) => asset.row_digest.clone(),
        AnyEvent::Directory(DirectoryEvent::Loan(loan)) => loan.row_digest.clone(),
        AnyEvent::Alert(AlertEvent::Received(received)) => Some(received.row_digest.clone()),
        AnyEvent::Report(ReportEvent::Filed(filed)) => filed.row_digest.clone(),
        _ => None,
    }
}

fn person_event(person: PersonId, row: StaffRow, source: Option<String>, row_digest: Option<String>) -> DirectoryEvent {
    PersonRecorded { person, name: row.name.clone(), email: row.email.clone(), staff: Some(row), source, row_digest }.into()
}

/// Reads a row of a list; empty cells are missing values.
fn parsed<R: DeserializeOwned + Row>(mut fields: Map<String, Value>) -> Result<R, Invalid> {
    fields.retain(|_, value| value.as_str().is_none_or(|text| !text.trim().is_empty()));
    whole(fields, R::check)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field_of(body: &str) -> String {
        let Err(AppError::Invalid(Invalid(errors))) = parse_named::<Form>(body.as_bytes()) else { panic!("accepted: {body}") };
        errors[0].field.clone()
    }

    #[test]
    fn bad_json_names_its_field() {
        assert_eq!(field_of("{"), "body");
        assert_eq!(field_of(r#"{"school":"S","types":[]}"#), "what_happened");
        assert_eq!(field_of(r#"{"school":"S","what_happened":"x","types":["fire"]}"#), "types[0]");
        assert_eq!(field_of(r#"{"school":"S","what_happened":"x","types":[],"pupils":[{"year_group":"1"}]}"#), "pupils[0].name");
        assert_eq!(field_of(r#"{"school":"S","what_happened":"x","types":[],"colour":"red"}"#), "colour");
        assert_eq!(field_of(r#"{"school":"S","what_happened":"x","types":[],"incident_at":"yesterday"}"#), "incident_at");
    }
}
