//! The manual's own mapping on a workbook as offices keep it: titles, merged cells, real and typed dates, an error.

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use serde_json::{Value, json};

use super::doc::example;
use super::{mapping, told};
use crate::rows::parse_by;

const HEADER: [&str; 12] = [
    "No.",
    "Site",
    "Date",
    "Time",
    "Reported on",
    "Reported\nby",
    "kind",
    "Member of staff",
    "Children",
    "Details",
    "More details",
    "Closed",
];

/// Rows 1 and 2 are titles, row 3 the header, the log begins in row 4.
fn log() -> Vec<u8> {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Read me").unwrap().write(0, 0, "Notes").unwrap();
    let sheet = book.add_worksheet().set_name("Log").unwrap();
    let (plain, day, clock) = (Format::new(), Format::new().set_num_format("dd/mm/yyyy"), Format::new().set_num_format("hh:mm"));
    let both = Format::new().set_num_format("dd/mm/yyyy hh:mm");
    let date = |year, month, day| ExcelDateTime::from_ymd(year, month, day).unwrap();
    sheet.merge_range(0, 0, 0, 11, "ICT incidents", &plain).unwrap();
    // A header cell that reaches up into the title's second row.
    sheet.merge_range(1, 0, 2, 0, "No.", &plain).unwrap();
    texts(sheet, 2, &[(1, HEADER[1]), (2, HEADER[2]), (3, HEADER[3]), (4, HEADER[4]), (5, HEADER[5]), (6, HEADER[6])]);
    texts(sheet, 2, &[(7, HEADER[7]), (8, HEADER[8]), (9, HEADER[9]), (10, HEADER[10]), (11, HEADER[11])]);
    // Rows 4 to 6: one day at one site, merged downwards; row 6 has nothing of its own.
    sheet.merge_range(3, 1, 5, 1, "Oakfield", &plain).unwrap();
    sheet.merge_range(3, 2, 5, 2, "", &day).unwrap().write_with_format(3, 2, date(2025, 4, 3), &day).unwrap();
    sheet.write_with_format(3, 3, ExcelDateTime::from_hms(14, 30, 0).unwrap(), &clock).unwrap();
    sheet.write(3, 0, 1).unwrap();
    texts(sheet, 3, &[(4, "4/4/25"), (5, "Mrs J."), (6, "lost laptop"), (7, "A.B."), (9, "Left on the bus"), (11, "11 April 2025")]);
    texts(sheet, 4, &[(0, "1a"), (6, "Phone in class + Lost laptop"), (8, "CD; E F"), (9, "On the desk"), (10, "Twice")]);
    // Row 7: a date with its time; the number and the story by formula; two cells merged across.
    sheet.write(6, 0, Formula::new("=A4+1").set_result("2")).unwrap();
    sheet.write_with_format(6, 2, ExcelDateTime::from_ymd(2025, 10, 25).unwrap().and_hms(23, 59, 59).unwrap(), &both).unwrap();
    sheet.merge_range(6, 9, 6, 10, "Sent to a wrong address", &plain).unwrap();
    texts(sheet, 6, &[(1, "St Brannoc's"), (6, "E-mail to the wrong person")]);
    // Row 8 is empty but for a column that nobody maps. Row 9 is wrong in every way.
    sheet.write(7, 14, "a note").unwrap();
    sheet.write(8, 0, 3).unwrap();
    sheet.write(8, 1, Formula::new("=VLOOKUP(1,2,3)").set_result("#N/A")).unwrap();
    sheet.write(8, 2, 45_750).unwrap();
    sheet.write_with_format(8, 9, date(2025, 4, 3), &day).unwrap();
    sheet.write(8, 4, "25/12").unwrap();
    texts(sheet, 8, &[(6, "Fire"), (11, "31/02/25")]);
    book.save_to_buffer().unwrap()
}

fn texts(sheet: &mut Worksheet, row: u32, cells: &[(u16, &str)]) {
    for (column, text) in cells {
        sheet.write(row, *column, *text).unwrap();
    }
}

fn rows() -> Vec<(u64, Value)> {
    vec![
        (
            4,
            json!({
                "reference": "1", "school": "SCH01", "types": ["loss_of_equipment"], "what_happened": "Left on the bus", "channel": "paper",
                "incident_at": "2025-04-03T14:30:00+01:00", "reported_on": "2025-04-04", "closed_on": "2025-04-11",
                "staff": [{"name": "A.B.", "part": "other"}], "reporter": {"name": "Mrs J."},
            }),
        ),
        (
            5,
            json!({
                "reference": "1a", "school": "SCH01", "types": ["misuse_of_ict", "loss_of_equipment"], "incident_on": "2025-04-03",
                "what_happened": "On the desk\nTwice", "pupils": [{"name": "CD"}, {"name": "E F"}], "channel": "paper",
            }),
        ),
        (
            7,
            json!({
                "reference": "2", "school": "SCH02", "types": ["loss_of_data", "unauthorised_access"], "channel": "paper",
                "what_happened": "Sent to a wrong address", "incident_at": "2025-10-25T23:59:59+01:00",
            }),
        ),
    ]
}

#[test]
fn an_office_s_workbook_gives_its_rows_and_names_what_it_cannot_say() {
    let (good, refusals) = told(parse_by(&log(), Some(&mapping(example()))).unwrap());
    assert_eq!(good, rows());
    assert_eq!(
        refusals,
        [
            "9: school: column `Site`: holds the error #N/A",
            "9: types: column `Kind`: has no row in [values.types]",
            "9: what_happened: column `Details`: has a date or a time where words are wanted; format the cell as text",
            "9: closed: column `Closed`: is a day that does not exist",
            "9: incident: column `Date`: is a number, not a date; format the cell as a date",
            "9: reported: column `Reported on`: is not a date",
        ]
    );
}
