//! Workbooks at their edges: which sheet, what is damaged, what is too large, other calendars.

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::json;

use super::{mapping, refused, told};
use crate::rows::parse_by;

const SMALL: &str = "[columns]\nreference = \"r\"\nwhat_happened = \"w\"\n[defaults]\nschool = \"S\"\ntypes = \"other\"\n";

fn with(head: &str) -> super::Mapping {
    mapping(&format!("version = 1\n{head}\n{SMALL}"))
}

/// A workbook with the small mapping's columns and one row.
fn small() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, ["r", "w"]).unwrap().write_row(1, 0, ["1", "x"]).unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_needs_a_mapping_whose_sheet_and_header_it_has() {
    assert!(refused(&small(), None).contains("--map FILE"));
    assert_eq!(told(parse_by(&small(), Some(&with(""))).unwrap()).0.len(), 1);
    assert_eq!(refused(&small(), Some(&with("sheet = \"Log\""))), "sheet: the workbook has no such sheet");
    assert_eq!(refused(&small(), Some(&with("delimiter = \";\""))), "delimiter: is for CSV files only");
    let past = refused(&small(), Some(&with("header-row = 9")));
    assert!(past.contains("[columns] reference: row 9 of the file has no column `r`"), "{past}");
    assert!(refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", None).contains("old .xls workbook, or has a password"));
}

#[test]
fn a_damaged_workbook_is_refused_wherever_it_is_cut() {
    let (bytes, mapping) = (small(), with(""));
    for cut in (4..bytes.len()).step_by(97) {
        assert!(refused(&bytes[..cut], Some(&mapping)).contains("damaged"), "{cut}");
    }
}

/// A part that unpacks to more than its entry declares is not unpacked past that.
#[test]
fn a_part_that_lies_about_its_size_is_refused() {
    let mut bytes = small();
    let name = b"xl/worksheets/sheet1.xml";
    let at = bytes.windows(name.len()).rposition(|window| window == name).unwrap() - 46;
    assert!(bytes[at..].starts_with(b"PK\x01\x02"));
    bytes[at + 24..at + 28].copy_from_slice(&200_u32.to_le_bytes());
    assert!(refused(&bytes, Some(&with(""))).contains("damaged"));
}

#[test]
fn columns_and_rows_are_bounded() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, ["r", "w"]).unwrap().write_row(1, 0, ["1", "x"]).unwrap().write(1, 300, "far off").unwrap();
    assert_eq!(told(parse_by(&book.save_to_buffer().unwrap(), Some(&with(""))).unwrap()).0.len(), 1);
    book.worksheet_from_index(0).unwrap().write(0, 200, "one too many").unwrap();
    assert_eq!(refused(&book.save_to_buffer().unwrap(), Some(&with(""))), "the sheet has more than 200 columns");
}

#[test]
fn numbers_ticks_and_times_are_what_the_sheet_shows() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let format = |text: &str| Format::new().set_num_format(text);
    sheet.write_row(0, 0, ["r", "w", "on", "self", "n"]).unwrap();
    for (row, reference) in (1..).zip([1.0, 2.5, 3.0, 4.0]) {
        sheet.write(row, 0, reference).unwrap().write(row, 1, "x").unwrap();
    }
    sheet.write(1, 3, true).unwrap().write(1, 4, 12).unwrap();
    sheet
        .write_with_format(1, 2, ExcelDateTime::from_ymd(2025, 1, 3).unwrap().and_hms(14, 29, 59.999).unwrap(), &format("d/m/yy h:mm"))
        .unwrap();
    sheet.write(2, 4, 1.5).unwrap().write_with_format(2, 2, 0.5, &format("hh:mm")).unwrap();
    sheet.write_with_format(3, 2, 30.25, &format("[h]:mm")).unwrap();
    sheet.write_with_format(4, 2, 60, &format("d/m/yyyy")).unwrap();
    let text = format!("version = 1\n{SMALL}[instants]\nincident = {{ date = \"on\" }}\n")
        .replace("[defaults]", "self_referral = \"self\"\nindividuals_affected = \"n\"\n[defaults]");
    let (rows, refusals) = told(parse_by(&book.save_to_buffer().unwrap(), Some(&mapping(&text))).unwrap());
    let first = json!({
        "reference": "1", "what_happened": "x", "school": "S", "types": ["other"], "self_referral": true, "individuals_affected": 12,
        "incident_at": "2025-01-03T14:30:00+00:00",
    });
    assert_eq!(rows, [(2, first)]);
    assert_eq!(
        refusals,
        [
            "3: individuals_affected: column `n`: is not a whole number",
            "3: incident: column `on`: has a time and no date",
            "4: incident: column `on`: is not a date or a time of day",
            "5: incident: column `on`: is a day that does not exist",
        ]
    );
}
