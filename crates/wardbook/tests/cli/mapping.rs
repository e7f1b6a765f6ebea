//! A log whose columns are not Wardbook's own comes in through a mapping, once.

use rust_xlsxwriter::Workbook;
use serde_json::json;

use crate::support::Folder;

const MAPPING: &str = r#"
version = 1
[columns]
reference = "No."
types = "Kind"
what_happened = "Details"
"staff[0].name" = "Who"
[values.types]
"Lost" = "loss_of_equipment"
[defaults]
school = "SCH01"
"staff[].part" = "other"
[dates]
order = "dmy"
[instants]
reported = { date = "Date", time = "Time" }
"#;

const ROWS: [[&str; 6]; 4] = [
    ["No.", "Kind", "Details", "Who", "Date", "Time"],
    ["1", "lost", "Left on the bus", "A.B.", "3/4/2025", "2.30pm"],
    ["2", "secret", "Secret", "", "3/4/2025", "9am"],
    ["3", "Lost", "Left on the train", "", "4/4/2025", "09:15"],
];

#[test]
fn a_log_comes_in_through_its_mapping_once_as_csv_or_as_a_workbook() {
    let folder = Folder::with_people();
    let map = folder.write_beside("map.toml", MAPPING, 0o644);
    let csv = folder.write_beside("log.csv", ROWS.map(|row| row.join(",")).join("\n"), 0o644);
    let mut book = Workbook::new();
    book.add_worksheet().write_row_matrix(0, 0, ROWS).unwrap();
    let xlsx = folder.write_beside("log.xlsx", book.save_to_buffer().unwrap(), 0o644);

    let told = folder.run(&["import", "reports", &csv]).exits(2);
    assert!(told.err.contains("--map FILE"), "{told:?}");
    let told = folder.run(&["import", "reports", &xlsx]).exits(2);
    assert!(told.err.contains("a workbook is read through a column mapping"), "{told:?}");
    let told = folder.run(&["import", "schools", &csv, "--map", &map]).exits(2);
    assert!(told.err.contains("[columns] types: is not a field of this list"), "{told:?}");

    let told = folder.run(&["import", "reports", &csv, "--map", &map]).exits(2);
    assert!(told.err.contains("token") && told.err.contains("whose duty receives reports"), "{told:?}");
    let admin = folder.token("root@example.org", "Root Abara", "it-lead");
    let token = folder.token("george.xu@example.org", "George Xu", "dsl");
    let dry = ["--json", "import", "reports", &csv, "--map", &map, "--token", &token, "--dry-run"];
    let before = folder.run(&["--json", "verify"]).exits(0).json()["size"].clone();
    let would = folder.run(&dry).exits(2).json()["dry_run"].clone();
    assert_eq!(
        would,
        json!({ "records": 2, "corrections": [], "duties": 6, "clocks": 2, "notices": 0 }),
        "owner, DPO and IT lead for each"
    );
    let would = folder.run(&[&dry[..], &["--as", "history"]].concat()).exits(2).json()["dry_run"].clone();
    assert_eq!((&would["records"], &would["duties"], &would["clocks"]), (&json!(2), &json!(0), &json!(0)), "history owes nothing");
    assert_eq!(folder.run(&["--json", "verify"]).exits(0).json()["size"], before, "a dry run writes nothing");
    folder.run(&["import", "reports", &csv, "--map", &map, "--token", &admin, "--dry-run"]).exits(2);

    let mut size = None;
    for file in [&csv, &xlsx, &csv] {
        let ended = folder.run(&["--json", "import", "reports", file, "--map", &map, "--token", &token, "--as", "history"]).exits(2);
        assert!(!ended.out.to_lowercase().contains("secret"), "{ended:?}");
        let imported = ended.json();
        let refusal = json!([{"line": 3, "field": "types", "problem": "column `Kind`: has no row in [values.types]"}]);
        assert_eq!((&imported["accepted"], &imported["refused"]), (&json!(2), &refusal));
        let now = folder.run(&["--json", "verify"]).exits(0).json()["size"].clone();
        assert_eq!(*size.get_or_insert_with(|| now.clone()), now, "the same log again changes nothing, whatever file holds it");
    }
}
