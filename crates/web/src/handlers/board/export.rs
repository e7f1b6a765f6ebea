//! The published figures as files to take away: CSV and an Excel workbook, each marked with what it is, for whom, and who took it when.
//!
//! One row a number, with the same rows in both; a hidden number is the letter that the page has.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};
use wardbook_app::cube::{Figures, Publication};
use wardbook_app::{App, AppError};
use wardbook_domain::{Instant, cube::HIDDEN};

use super::{number, term_label};
use crate::handlers::answer::{Answer, Stop};
use crate::handlers::visitor::Here;

const CSV: (&str, &str) = ("text/csv; charset=utf-8", "published-figures.csv");
const XLSX: (&str, &str) = ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "published-figures.xlsx");
const HEAD: [&str; 8] = ["Term", "Number", "Stands", "School code", "School", "Type code", "Type", "Reports"];
/// What stands in the place of a code where a row is of all.
const ALL: &str = "all";

/// `GET /board/figures.csv`.
pub(crate) async fn as_csv(here: Here) -> Answer {
    let Taken { marks, rows, .. } = taken(&here, "/board/figures.csv").await?;
    let lines = marks.iter().map(|mark| csv_line(std::slice::from_ref(mark)));
    let table = std::iter::once(csv_line(&HEAD)).chain(rows.iter().map(|row| csv_line(row)));
    // The mark of its encoding: without it a spreadsheet takes an é for two letters.
    let body: String = std::iter::once("\u{feff}".to_owned()).chain(lines).chain([csv_line(&[""])]).chain(table).collect();
    Ok(file(CSV, body.into_bytes()))
}

/// `GET /board/figures.xlsx`.
pub(crate) async fn as_xlsx(here: Here) -> Answer {
    let taken = taken(&here, "/board/figures.xlsx").await?;
    let book = workbook(&taken).map_err(|error| here.refuse(AppError::Internal(Box::new(error))))?;
    Ok(file(XLSX, book))
}

/// What is taken away.
struct Taken {
    /// What the file says of itself.
    marks: Vec<String>,
    rows: Vec<[String; 8]>,
    at: Instant,
}

/// A code of the second factor is asked for, and that it was taken is on record before it leaves.
async fn taken(here: &Here, path: &str) -> Result<Taken, Stop> {
    if !App::reads_figures(&here.caller) {
        return Err(here.refuse(AppError::NotFound));
    }
    here.prove(path)?;
    let figures = here.web.figures_to_take(&here.caller).await.map_err(|error| here.refuse(error))?;
    let at = here.web.clock().now();
    let marks = marks(here.web.trust_name(), &here.caller.name, &at.in_london(), &figures.hidden);
    Ok(Taken { marks, rows: rows(&figures), at })
}

/// P0-MARK-1: everything has a protective marking.
fn marks(trust: &str, name: &str, now: &str, hidden: &str) -> Vec<String> {
    vec![
        format!("{trust}: published figures of reports by term"),
        "Marking: School Use. For governors and the board; no names, no stories.".to_owned(),
        hidden.to_owned(),
        format!("Taken from Wardbook by {name}, {now}"),
    ]
}

fn rows(figures: &Figures) -> Vec<[String; 8]> {
    figures.publications.iter().flat_map(of_publication).collect()
}

fn of_publication(publication: &Publication) -> Vec<[String; 8]> {
    let row = |school: (&str, &str), kind: (&str, &str), count: Option<u32>| {
        [
            term_label(&publication.term),
            publication.number.to_string(),
            if publication.stands { "yes" } else { "corrected since" }.to_owned(),
            school.0.to_owned(),
            school.1.to_owned(),
            kind.0.to_owned(),
            kind.1.to_owned(),
            number(count),
        ]
    };
    let (schools, types) = ((ALL, "All schools"), (ALL, "All types"));
    let mut rows = vec![];
    for school in &publication.schools {
        let named = (school.code.as_str(), school.name.as_str());
        rows.extend(publication.types.iter().zip(&school.counts).map(|(kind, count)| row(named, (kind.as_str(), kind.label()), *count)));
        rows.push(row(named, types, school.total));
    }
    rows.extend(
        publication.types.iter().zip(&publication.type_totals).map(|(kind, count)| row(schools, (kind.as_str(), kind.label()), *count)),
    );
    rows.push(row(schools, types, publication.total));
    rows.push(row(schools, ("conduct", "Conduct and allegations, beside all types"), publication.conduct));
    rows
}

/// A line of a CSV file (RFC 4180). A text that a spreadsheet would take for a formula is made text.
fn csv_line<T: AsRef<str>>(cells: &[T]) -> String {
    let cell = |cell: &T| {
        let text = cell.as_ref();
        let text = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
        if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
    };
    format!("{}\r\n", cells.iter().map(cell).collect::<Vec<_>>().join(","))
}

fn workbook(Taken { marks, rows, at }: &Taken) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // Else it says when the machine's clock has it that it was made.
    let made_at = ExcelDateTime::from_timestamp(at.as_micros().div_euclid(1_000_000))?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made_at));
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet();
    sheet.set_name("Published figures")?;
    let mut line = 0;
    for mark in marks {
        sheet.write_string(line, 0, mark)?;
        line += 1;
    }
    line += 1;
    for (column, head) in (0..).zip(HEAD) {
        sheet.write_string_with_format(line, column, head, &bold)?;
    }
    for row in rows {
        line += 1;
        for (column, cell) in (0..).zip(row) {
            let count = (usize::from(column) == HEAD.len() - 1 && cell != HIDDEN).then(|| cell.parse::<u32>().ok()).flatten();
            match count {
                Some(count) => sheet.write_number(line, column, count)?,
                None => sheet.write_string(line, column, cell)?,
            };
        }
    }
    book.save_to_buffer()
}

fn file((kind, name): (&str, &str), body: Vec<u8>) -> Response {
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))];
    (StatusCode::OK, headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_of_a_csv_file_is_text_whatever_it_begins_with() {
        assert_eq!(csv_line(&["a", "b,c", "d \"e\"", "=1+1", "-2", "é"]), "a,\"b,c\",\"d \"\"e\"\"\",'=1+1,'-2,é\r\n");
    }

    #[test]
    fn a_workbook_is_one() {
        let row = ["Summer term 2026", "1", "yes", "S1", "=School", "other", "Other", "12"].map(str::to_owned);
        let made = |seconds: i64| {
            let (marks, at) = (vec!["Marking: School Use".to_owned()], Instant::from_micros(seconds * 1_000_000));
            workbook(&Taken { marks, rows: vec![row.clone()], at })
        };
        let book = made(1_780_000_000).unwrap();
        assert!(book.starts_with(b"PK\x03\x04"));
        assert_eq!(book, made(1_780_000_000).unwrap());
        assert_ne!(book, made(1_780_000_001).unwrap());
    }
}
