//! A log kept in a spreadsheet program of a Windows office: semicolons, a title, two-digit years, initials.

use serde_json::json;

use super::{mapping, refused, told};
use crate::rows::parse_by;

const MAPPING: &str = r#"
version = 1
delimiter = ";"
header-row = 3
[columns]
reference = "Ref"
school = "School"
types = ["What 1", "What 2"]
what_happened = ["Details", "More  details"]
"staff[0].name" = "Who"
"staff[0].part" = "Part"
"staff[1].name" = "Also"
"pupils[0].name" = "Children"
"pupils[0].year_group" = "Year"
reporter.name = "By"
reporter.role = "Role"
individuals_affected = "How many"
self_referral = "Self"
danger = "Danger"
[split]
"pupils[0].name" = ","
[values.school]
"Oakfield" = "SCH01"
"St Brannoc's" = "SCH02"
[values."staff[0].part"]
"Y" = "subject"
"n/a" = ""
[defaults]
channel = "paper"
"staff[].part" = "witness"
reporter.role = "Office"
"pupils[0].year_group" = "unknown"
[dates]
order = "dmy"
two-digit-years = "2000"
[instants]
incident = { date = "On", time = "Time" }
reported = { date = "Told" }
"#;

const HEADER: &str =
    "Ref;School;On;Time;Told;What 1;What 2;Who;Part;Also;Children;Year;By;Role;How many;Self;Danger;Details;MORE DETAILS;;";

#[test]
fn a_windows_log_gives_its_rows_and_names_what_it_cannot_say() {
    let lines = [
        "ICT incidents;\"Spring \"\"2025\"\"\";",
        ";",
        HEADER,
        "17; oakfield ;3/4/25;2.30pm;04/04/25;Loss of equipment;loss_of_data;A.B.;y;;AB, C D;Year 3;JD;;about 30;no;;Left on the bus;;;",
        "18;Oakfield;03.04.25;;4/4/2025 09:15;LOSS OF EQUIPMENT;Loss of  equipment;A.B.;;Mr C;;;;;;;;\"Line one\r\nline two\";And more;;",
        ";;;;;;;;;;;;;;;;;;;x;",
        "19;ST BRANNOC'S;;;;other;;;n/a;;\"E, F,\";;J;TA;12;YES;unsure;Hoax;;;",
        "20;Elsewhere;3/4/25;lunch;25/10/26 01:30;Fire;;;maybe;;;;;;;perhaps;;x;;;",
        "21;Oakfield;;9:00;spring;;;;;;;;;;;;;x;;;",
        "22;Oakfield",
        ";;;;;;;;;;;;;;;;;;;;",
    ];
    let text = format!("\u{feff}{}\r\n", lines.join("\r\n"));
    let (rows, refusals) = told(parse_by(text.as_bytes(), Some(&mapping(MAPPING))).unwrap());
    assert_eq!(
        rows,
        [
            (
                5,
                json!({
                    "reference": "18", "school": "SCH01", "incident_on": "2025-04-03", "reported_at": "2025-04-04T09:15:00+01:00",
                    "types": ["loss_of_equipment"], "staff": [{"name": "A.B.", "part": "witness"}, {"name": "Mr C", "part": "witness"}],
                    "what_happened": "Line one\r\nline two\nAnd more", "channel": "paper",
                })
            ),
            (
                8,
                json!({
                    "reference": "19", "school": "SCH02", "types": ["other"], "what_happened": "Hoax", "channel": "paper",
                    "pupils": [{"name": "E", "year_group": "unknown"}, {"name": "F"}], "reporter": {"name": "J", "role": "TA"},
                    "individuals_affected": 12, "self_referral": true, "danger": "unsure",
                })
            ),
        ]
    );
    assert_eq!(
        refusals,
        [
            "4: individuals_affected: column `How many`: is not a whole number",
            "9: school: column `School`: has no row in [values.school]",
            "9: self_referral: column `Self`: is neither yes nor no; give it a row in [values.self_referral]",
            "9: staff[0].part: column `Part`: has no row in [values.\"staff[0].part\"]",
            "9: types: column `What 1`: is none of the form's words; give it a row in [values.types]",
            "9: incident: column `Time`: is not a time of day",
            "9: reported: column `Told`: is in the hour that happened twice; write 01:30 BST or 01:30 GMT",
            "10: incident: column `On`: is empty, and there is a time beside it",
            "10: reported: column `Told`: is not a date",
            "11: row: has 2 cells where the header has 21",
        ]
    );
}

#[test]
fn a_file_that_is_not_the_mapping_s_is_refused_as_a_whole() {
    let mapping = mapping(MAPPING);
    let twice = HEADER.replace("Danger", "By").replace("How many", "Count");
    assert_eq!(
        refused(format!("\n\n{twice}\n").as_bytes(), Some(&mapping)),
        "[columns] danger: row 3 of the file has no column `Danger`; \
         [columns] individuals_affected: row 3 of the file has no column `How many`; \
         [columns] reporter.name: row 3 of the file has the column `By` twice"
    );
    assert!(refused(b"one line", Some(&mapping)).contains("[columns] reference: row 3 of the file has no column `Ref`"));
    let wide = format!("\n\n{HEADER}{}\n", ";".repeat(200));
    assert_eq!(refused(wide.as_bytes(), Some(&mapping)), "the file has more than 200 columns");
    let latin = [format!("\n\n{HEADER}\n1;Szab").as_bytes(), b"\xf3;"].concat();
    assert!(refused(&latin, Some(&mapping)).starts_with("line 4 is not UTF-8"));
}

#[test]
fn a_long_cell_and_a_long_file_are_refused() {
    let text = format!("code,name\nA,{}\nB,{}\n", "x".repeat(32 * 1024 + 1), "x".repeat(32 * 1024));
    let (rows, refusals) = told(parse_by(text.as_bytes(), None).unwrap());
    assert_eq!((rows.len(), refusals), (1, vec!["2: name: is longer than 32 KiB".to_owned()]));
    let small = mapping("version = 1\n[columns]\nreference = \"r\"\nwhat_happened = \"w\"\n[defaults]\nschool = \"S\"\ntypes = \"other\"");
    let text = format!("r,w\n1,{}\n", "x".repeat(32 * 1024 + 1));
    let (_, refusals) = told(parse_by(text.as_bytes(), Some(&small)).unwrap());
    assert_eq!(refusals, ["2: what_happened: column `w`: is longer than 32 KiB"]);
    let many = format!("r,w\n{}", "1,x\n".repeat(200_001));
    for mapping in [None, Some(&small)] {
        assert_eq!(refused(many.as_bytes(), mapping), "the file has more than 200000 rows; please split it");
    }
}
