//! `/overview`: what a head, or whoever answers for the trust, may know, counted.

use axum::http::StatusCode;
use wardbook_app::overview::OverviewShown;
use wardbook_domain::directory::Directory;
use wardbook_domain::overview::{Quiet, SchoolLine};
use wardbook_domain::silence::IN_WORDS;

use super::answer::{Answer, page};
use super::visitor::{Here, Visitor as _};
use super::words;
use crate::pages::charts::Chart;
use crate::pages::overview::{CountRow, Overview, QuietRow, SchoolRow};

/// `GET /overview`.
pub(crate) async fn show(here: Here) -> Answer {
    let shown = here.web.overview(&here.caller).await.map_err(|error| here.refuse(error))?;
    let directory = here.web.directory().await.map_err(|error| here.refuse(error))?;
    Ok(page(StatusCode::OK, &draw(&here, &directory, &shown)))
}

fn draw(here: &Here, directory: &Directory, shown: &OverviewShown) -> Overview {
    let found = &shown.overview;
    let schools: Vec<SchoolRow> = found.by_school.iter().map(|line| school(directory, line)).collect();
    let types: Vec<CountRow> = found
        .by_type
        .iter()
        .map(|line| CountRow { label: line.r#type.label().to_owned(), reported: line.reported, open: line.open, late: line.late })
        .collect();
    let months: Vec<(String, u32)> = found.by_month.iter().map(|line| (month(line.year, line.month), line.reported)).collect();
    let rates =
        found.by_school.iter().zip(&schools).map(|(line, row)| (row.school.clone(), row.rate.clone(), line.per_hundred_adults_tenths));
    let of_types = types.iter().map(|row| (row.label.clone(), row.reported.to_string(), Some(row.reported)));
    let of_months = months.iter().map(|(month, count)| (month.clone(), count.to_string(), Some(*count)));
    let described = |what: &str| format!("{what} The table beside it has the same numbers.");
    Overview {
        open: found.open,
        late: found.late,
        reported: found.reported,
        bound: shown.bounded.then(|| format!("Only your newest {} records are counted.", shown.counted)),
        school_chart: Chart::new(
            "schools",
            "Reports for each 100 adults",
            described("A bar for each school: its reports of the last twelve months for each hundred adults."),
            rates.collect(),
        ),
        type_chart: Chart::new(
            "types",
            "Reports by type",
            described("A bar for each type: its reports of the last twelve months."),
            of_types.collect(),
        ),
        month_chart: Chart::new("months", "Reports by month", described("A bar for each of the last twelve months."), of_months.collect()),
        quiet: found.quiet.iter().map(|quiet| quiet_row(directory, quiet)).collect(),
        quiet_rule: IN_WORDS,
        chrome: here.chrome(),
        schools,
        types,
        months,
    }
}

fn school(directory: &Directory, line: &SchoolLine) -> SchoolRow {
    SchoolRow {
        school: words::school_name(directory, &line.school),
        open: line.open,
        late: line.late,
        reported: line.reported,
        rate: line.per_hundred_adults_tenths.map_or_else(|| "No rate".to_owned(), tenths),
        first_action: line.first_action_days.map_or_else(|| "None yet".to_owned(), |days| days.to_string()),
    }
}

fn quiet_row(directory: &Directory, quiet: &Quiet) -> QuietRow {
    let school = quiet.school.as_ref().map(|code| words::school_name(directory, code));
    let kind = quiet.r#type.map(|kind| kind.label().to_owned());
    let group = quiet.group.map(|group| group.label().to_owned());
    QuietRow { name: school.or(kind).or(group).unwrap_or_default(), now: quiet.now, usual: tenths(quiet.usual_tenths) }
}

/// `16.7`, and `17` for a whole number.
fn tenths(tenths: u32) -> String {
    if tenths.is_multiple_of(10) { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
}

fn month(year: i16, month: i8) -> String {
    jiff::civil::date(year, month, 1).strftime("%B %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenths_and_months_in_words() {
        assert_eq!([tenths(167), tenths(170), tenths(5), tenths(0)], ["16.7", "17", "0.5", "0"]);
        assert_eq!(month(2026, 1), "January 2026");
    }
}
