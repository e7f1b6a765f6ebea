//! Files that are read as they are.

use serde_json::Value;

use crate::rows::{Read, parse};

fn line_of(row: &Read) -> u64 {
    row.as_ref().map_or_else(|refusal| refusal.line, |row| row.line)
}

#[test]
fn csv_goes_by_its_header_and_counts_lines_through_quoted_ones() {
    let rows = parse(b"\xef\xbb\xbfcode, name\r\nA,\"two\r\nlines\"\r\n\r\nB,x\r\nC\r\n").unwrap();
    assert!(rows.is_csv);
    assert_eq!(rows.rows.iter().map(line_of).collect::<Vec<_>>(), [2, 5, 6]);
    let first = rows.rows[0].as_ref().unwrap();
    assert_eq!(Value::Object(first.fields.clone()), serde_json::json!({"code": "A", "name": "two\r\nlines"}));
    assert_eq!(rows.rows[2].as_ref().unwrap_err().problem, "has 1 cells where the header has 2");
}

#[test]
fn json_lines_keep_their_numbers_and_a_bad_one_is_refused_without_its_text() {
    let rows = parse(b"{\"a\": 1}\n\n{\"secret\n{\"a\": 2}").unwrap();
    assert!(!rows.is_csv);
    assert_eq!(rows.rows.iter().map(line_of).collect::<Vec<_>>(), [1, 3, 4]);
    let refusal = rows.rows[1].as_ref().unwrap_err();
    assert!(!refusal.problem.contains("secret"), "{}", refusal.problem);
}

#[test]
fn another_encoding_is_named_by_its_line() {
    let text = parse(b"code,name\nA,x\nB,Szab\xf3\n").unwrap_err().problem().to_string();
    assert!(text.starts_with("line 3 is not UTF-8"), "{text}");
    assert!(parse(b"a,a\n1,2\n").is_err() && parse(b"a,\n1,2\n").is_err() && parse(b"").is_err());
}
