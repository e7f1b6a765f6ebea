//! `wardbook import`: a trust's lists and old papers. Rows that are refused are named by line and field; the good ones stay.

use std::path::PathBuf;
use std::process::ExitCode;

use wardbook_app::import::{ImportBatch, ImportKind, ImportRow, Imported};

use crate::Globals;
use crate::door::Door;
use crate::failure::Failure;
use crate::output::{self, Progress};
use crate::rows::{self, Mapping};

/// Rows of one request: small enough for a progress bar to move and for a cut connection to cost little.
const BATCH: usize = 200;
/// At most so many refusals are listed for a person.
const LISTED_MAX: usize = 50;

/// `wardbook import`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What the file holds
    #[arg(value_parser = ["schools", "staff", "pupils", "reports", "assets", "loans", "leavers", "alerts"])]
    kind: String,
    /// A CSV file with a header, JSON lines (reports), or with --map any of these or a workbook (.xlsx); `-` is stdin
    file: PathBuf,
    /// Which column holds which field: a file as in docs/import.md
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Where the references come from: the same reference of another source is another row; of alerts the product's name
    #[arg(long, value_name = "NAME", default_value = "paper")]
    source: String,
    /// The API token of the person who imports reports or alerts; their duty must be one that receives reports
    #[arg(long, env = "WARDBOOK_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Reports as history: what was known then, and nothing owed now
    #[arg(long = "as", value_name = "HOW", value_parser = ["live", "history"], default_value = "live")]
    taken_as: String,
    /// Says what would come of it, and takes nothing in
    #[arg(long)]
    dry_run: bool,
}

/// How rows are sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sending<'a> {
    /// Where the references come from.
    pub(crate) source: &'a str,
    /// Who imports.
    pub(crate) token: Option<&'a str>,
    /// Whether reports are history.
    pub(crate) as_history: bool,
    /// Whether nothing is taken in.
    pub(crate) dry_run: bool,
}

impl<'a> Sending<'a> {
    /// Live rows of old papers.
    pub(crate) const fn paper(token: Option<&'a str>) -> Self {
        Self { source: "paper", token, as_history: false, dry_run: false }
    }
}

/// Runs it.
pub(crate) async fn run(globals: &Globals, args: &Args) -> Result<ExitCode, Failure> {
    let (place, loaded) = globals.open()?;
    let kind = kind(&args.kind)?;
    let mapping = args.map.as_deref().map(|path| Mapping::read(path, kind)).transpose()?;
    let read = rows::read(&args.file, mapping.as_ref())?;
    if kind == ImportKind::Reports && read.is_csv {
        return Err(Failure::input(
            "reports are imported from JSON lines, or with --map FILE, which says which column is which (see docs/import.md)",
        ));
    }
    let door = Door::open(&place, &loaded.settings).await?;
    let token = args.token.as_deref().filter(|token| !token.is_empty());
    let sending = Sending { source: &args.source, token, as_history: args.taken_as == "history", dry_run: args.dry_run };
    let imported = send(&door, kind, sending, read, &Progress::new(globals.json, &args.kind)).await;
    door.close().await;
    let imported = imported?;
    if globals.json {
        output::say_json(&imported);
    } else {
        tell(&args.kind, &imported);
    }
    Ok(if imported.refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// The kind; those that nothing uses yet are refused by name, not swallowed.
fn kind(text: &str) -> Result<ImportKind, Failure> {
    match text {
        "schools" => Ok(ImportKind::Schools),
        "staff" => Ok(ImportKind::Staff),
        "pupils" => Ok(ImportKind::Pupils),
        "assets" => Ok(ImportKind::Assets),
        "loans" => Ok(ImportKind::Loans),
        "reports" => Ok(ImportKind::Reports),
        "alerts" => Ok(ImportKind::Alerts),
        other => Err(Failure::field("kind", format!("{other} are not used by anything yet, so they are not taken in"))),
    }
}

/// Sends the rows in batches and adds up what became of them, with the lines that are no rows in their place.
pub(crate) async fn send(
    door: &Door,
    kind: ImportKind,
    sending: Sending<'_>,
    read: rows::Rows,
    progress: &Progress,
) -> Result<Imported, Failure> {
    let total = read.rows.len() as u64;
    let mut sum = Imported::default();
    let mut good: Vec<ImportRow> = Vec::new();
    for row in read.rows {
        match row {
            Ok(row) => good.push(row),
            Err(refusal) => sum.refused.push(refusal),
        }
    }
    let mut done = sum.refused.len() as u64;
    progress.set(done, total);
    while !good.is_empty() {
        let rest = good.split_off(good.len().min(BATCH));
        let rows = std::mem::replace(&mut good, rest);
        done += rows.len() as u64;
        let Sending { source, token, as_history, dry_run } = sending;
        let batch = ImportBatch { source: source.to_owned(), as_history, dry_run, ..ImportBatch::new(kind, rows) };
        let part: Imported = door.post_as("/local/v1/import", token, &batch).await?;
        sum.accepted += part.accepted;
        sum.refused.extend(part.refused);
        sum.duties_granted += part.duties_granted;
        sum.duties_waiting += part.duties_waiting;
        // Of the rows of one batch; a row is in one batch only.
        sum.to_link += part.to_link;
        if let Some(would) = part.dry_run {
            sum.dry_run.get_or_insert_default().add(would);
        }
        progress.set(done, total);
    }
    sum.refused.sort_by_key(|refusal| refusal.line);
    Ok(sum)
}

fn tell(kind: &str, imported: &Imported) {
    match &imported.dry_run {
        // No number: beside the others it would tell which rows they leave out.
        Some(_) => output::say(format!("{kind}: every well-formed row is accepted.")),
        None => output::say(format!("{kind}: {} accepted.", imported.accepted)),
    }
    if let Some(would) = &imported.dry_run {
        output::say(format!(
            "Nothing was taken in. It would bring {} records, {} duties, {} clocks and {} notices, and correct {} entries.",
            would.records,
            would.duties,
            would.clocks,
            would.notices,
            would.corrections.len()
        ));
        for line in would.corrections.iter().take(LISTED_MAX) {
            output::say(format!("line {line}: differs from what is recorded"));
        }
    }
    if imported.duties_granted > 0 {
        output::say(format!("{} duties granted: each school's headteacher, DSL and deputy.", imported.duties_granted));
    }
    if imported.duties_waiting > 0 {
        output::say(format!("{} duties wait for a second person, who agrees at /people/waiting.", imported.duties_waiting));
    }
    if imported.to_link > 0 {
        output::say(format!(
            "{} rows have the e-mail of a person who is in the directory already; a person must link them.",
            imported.to_link
        ));
    }
    for refusal in imported.refused.iter().take(LISTED_MAX) {
        output::note(format!("line {}: {}: {}", refusal.line, refusal.field, refusal.problem));
    }
    let lines: std::collections::BTreeSet<u64> = imported.refused.iter().map(|refusal| refusal.line).collect();
    if imported.refused.len() > LISTED_MAX {
        output::note(format!("and {} more problems; --json lists all", imported.refused.len() - LISTED_MAX));
    }
    if !lines.is_empty() {
        output::note(format!("{} rows refused; correct them and import the file again: the others change nothing twice", lines.len()));
    }
}
