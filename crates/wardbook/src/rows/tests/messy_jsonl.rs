//! An export of another program: JSON lines with its own keys, some of them nested.

use serde_json::json;

use super::{mapping, refused, told};
use crate::rows::parse_by;

const MAPPING: &str = r#"
version = 1
[columns]
reference = "id"
school = "where.site"
types = "tags"
what_happened = "text"
location = "where.room/door"
"pupils[0].name" = "children[0].name"
"pupils[0].pupil_id" = "children[0].id"
"pupils[3].name" = "children[1].name"
"staff[0].name" = "people"
reporter.name = "by.line"
individuals_affected = "count"
self_referral = "self"
data_affected = "data"
about.name = "adult"
[split]
"staff[0].name" = ";"
[values.types]
lost = ["loss_of_equipment", "loss_of_data"]
stolen = "theft_of_equipment"
data = "loss_of_data"
[defaults]
"staff[].part" = "subject"
about.whom = "another"
[instants]
incident = { date = "when.at" }
closed = { date = "when.done" }
"#;

#[test]
fn another_program_s_lines_give_their_rows() {
    let text = r#"
{"id": 17, "where": {"site": "SCH01", "room/door": " 4a "}, "when": {"at": "2025-04-03T13:30:00Z", "done": "2025-07-01T23:30:00Z"}, "tags": ["lost", "Data"], "text": "x\ny", "children": [{"name": "A", "id": 9}, {"name": "B"}], "people": ["C", "D; E"], "by.line": "F", "count": 3, "self": false, "data": [], "adult": null}

{"id": "18", "where": {"site": "SCH01"}, "when": {"at": "2025-04-03"}, "tags": "STOLEN", "text": "x", "children": [], "adult": "Mr G", "extra": 1}
{"unmapped": "only"}
{"id": "19", "where": {"site": ["a", "b"]}, "when": {"at": "3/4/2025", "done": 20250403}, "tags": ["lost", {"a": "secret"}, "burnt"], "text": {"secret": 1}, "count": -1, "self": "secret", "data": "fire"}
{"id": "20", "secret
["21"]
"#;
    let text = text.trim_start();
    let (rows, refusals) = told(parse_by(text.as_bytes(), Some(&mapping(MAPPING))).unwrap());
    assert_eq!(
        rows,
        [
            (
                1,
                json!({
                    "reference": "17", "school": "SCH01", "location": "4a", "types": ["loss_of_equipment", "loss_of_data"],
                    "what_happened": "x\ny", "pupils": [{"name": "A", "pupil_id": "9"}, {"name": "B"}],
                    "staff": [{"name": "C", "part": "subject"}, {"name": "D", "part": "subject"}, {"name": "E", "part": "subject"}],
                    "reporter": {"name": "F"}, "individuals_affected": 3, "self_referral": false,
                    "incident_at": "2025-04-03T14:30:00+01:00", "closed_on": "2025-07-02",
                })
            ),
            (
                3,
                json!({
                    "reference": "18", "school": "SCH01", "types": ["theft_of_equipment"], "what_happened": "x",
                    "incident_on": "2025-04-03", "about": {"whom": "another", "name": "Mr G"},
                })
            ),
        ]
    );
    assert_eq!(
        refusals,
        [
            "5: data_affected: column `data`: is none of the form's words; give it a row in [values.data_affected]",
            "5: individuals_affected: column `count`: is not a whole number",
            "5: school: column `where.site`: is a list where one value is wanted",
            "5: self_referral: column `self`: is neither yes nor no; give it a row in [values.self_referral]",
            "5: types: column `tags`: is an object; name one of its keys",
            "5: what_happened: column `text`: is an object; name one of its keys",
            "5: closed: column `when.done`: is a number, not a date; format the cell as a date",
            "5: incident: column `when.at`: is a date in numbers: say their `order` in [dates]",
            "6: row: is not a JSON object (column 20)",
            "7: row: is not a JSON object (column 0)",
        ]
    );
}

#[test]
fn a_key_that_no_line_has_and_keys_for_other_files_are_mistakes() {
    let small = "[columns]\nreference = \"id\"\nwhat_happened = \"txet\"\n[defaults]\nschool = \"S\"\ntypes = \"other\"";
    let with = |head: &str| refused(b"{\"id\": 1, \"text\": \"x\"}", Some(&mapping(&format!("version = 1\n{head}\n{small}"))));
    assert_eq!(with(""), "[columns] what_happened: no line of the file has the key `txet`");
    assert_eq!(with("sheet = \"Log\""), "sheet: is for workbooks only");
    assert_eq!(with("delimiter = \";\""), "delimiter: is for CSV files only");
    assert_eq!(with("header-row = 2"), "header-row: is for CSV files and workbooks only");
}
