//! A mapping that does not fit is refused by its key before any row is read.

use wardbook_app::import::ImportKind;

use crate::rows::Mapping;

const FITS: &str = "version = 1\n[columns]\nreference = \"a\"\nschool = \"b\"\ntypes = \"c\"\nwhat_happened = \"d\"\n";

fn refused(text: &str, kind: ImportKind) -> String {
    Mapping::parse(text, kind).err().expect("accepted").problem().to_string()
}

/// What is wrong with a mapping that has these lines more.
fn with(more: &str) -> String {
    refused(&format!("{FITS}{more}"), ImportKind::Reports)
}

#[test]
fn every_mistake_is_named_by_its_key() {
    for (more, told) in [
        ("colour = \"x\"", "[columns] colour: is not a field of this list"),
        ("\"pupils.name\" = \"x\"", "[columns] pupils.name: is not a field of this list"),
        ("\"pupils[].name\" = \"x\"", "[columns] pupils[].name: needs a number that no other key has, as in pupils[0].name"),
        ("\"pupils[100].name\" = \"x\"", "[columns] pupils[100].name: counts past 99"),
        ("\"pupils[x].name\" = \"x\"", "[columns] pupils[x].name: is not a field of this list"),
        ("incident_at = \"x\"", "[columns] incident_at: is filled by [instants], from a date and a time"),
        ("location = 3", "[columns] location: is the name of a column, or a list of at most 20 names"),
        ("location = [\"x\", 3]", "[columns] location: is the name of a column, or a list of at most 20 names"),
        ("location = []", "[columns] location: is the name of a column, or a list of at most 20 names"),
        ("location = \" \"", "[columns] location: names no column"),
        ("danger = [\"x\", \"y\"]", "[columns] danger: holds one value; name one column"),
        ("[split]\nschool = \";\"", "[split] school: holds one value; types, data_affected and the last name of a list may hold several"),
        ("[split]\ntypes = \"\"", "[split] types: is the text that stands between two values"),
        ("[split]\ndata_affected = \";\"", "[split] data_affected: has no column in [columns]"),
        ("[values]\ntypes = \"other\"", "[values] types: is a table: [values.FIELD], and under it the file's words = the field's"),
        ("[values.fire]\nx = \"y\"", "[values] fire: is not a field of this list"),
        ("[values.danger]\nx = \"no\"", "[values.danger]: has no column in [columns]"),
        ("[values.school]\nOak = \"A\"\noak = \"B\"", "[values.school] oak: stands twice: capitals and blanks make no difference"),
        ("[values.school]\nOak = 3", "[values.school] Oak: is a text"),
        ("[defaults]\nschool = \"\"", "[defaults] school: is empty"),
        ("[defaults]\nchannel = \"post\"", "[defaults] channel: is none of online, paper, phone, in_person"),
        ("[defaults]\nself_referral = \"yes\"", "[defaults] self_referral: is true or false"),
        ("[defaults]\nindividuals_affected = -1", "[defaults] individuals_affected: is a whole number"),
        (
            "[defaults]\n\"staff[].part\" = \"subject\"",
            "[defaults] staff[].part: has no name or column beside it, so that no row would ever have it",
        ),
        ("[dates]\ntwo-digit-years = \"25\"", "[dates] two-digit-years: is the century's first year, such as \"2000\""),
        ("[dates]\norder = \"ydm\"", "[dates] order: unknown variant `ydm`, expected one of `dmy`, `mdy`, `ymd`"),
        ("[instants]\nseen = { date = \"x\" }", "[instants] seen: is none of incident, reported, closed, which this list has"),
        ("[instants]\nclosed = { date = \"x\", time = \"y\" }", "[instants] closed.time: is not kept: a matter was closed on a day"),
        ("[instants]\nincident = { time = \"x\" }", "[instants] incident: missing field `date`"),
        (
            "[paint]\nx = 1",
            "paint: unknown field `paint`, expected one of `version`, `sheet`, `header-row`, `delimiter`, `columns`, \
          `split`, `values`, `defaults`, `dates`, `instants`",
        ),
        ("= 3", "--map: line 7: "),
    ] {
        let answer = with(more);
        assert!(answer.starts_with(told), "{more}\n{answer}");
    }
    let codes = with("[values.types]\nx = [\"other\", \"fire\"]");
    assert!(codes.starts_with("[values.types] x: is none of loss_of_equipment, "), "{codes}");
}

#[test]
fn what_stands_above_the_columns_is_checked_and_all_is_told_at_once() {
    let text = "version = 2\nheader-row = 0\ndelimiter = \"::\"\n[columns]\nschool = \"b\"\ntypes = 3\n[defaults]\nwhat_happened = \"-\"";
    assert_eq!(
        refused(text, ImportKind::Reports),
        "version: is not one that this release reads; write version = 1; header-row: counts from 1; delimiter: is one of , ; | and tab; \
         [columns] types: is the name of a column, or a list of at most 20 names; \
         [columns] reference: is needed: name its column, or its value in [defaults]"
    );
    assert!(refused("[columns]\n", ImportKind::Reports).contains("missing field `version`"));
    assert!(refused("version = 1", ImportKind::Reports).contains("missing field `columns`"));
    let columns: Vec<String> = (0..70).map(|n| format!("\"pupils[{n}].name\" = [\"{n}a\", \"{n}b\", \"{n}c\"]")).collect();
    assert_eq!(with(&columns.join("\n")), "[columns]: names more than 200 columns");
}

#[test]
fn each_list_has_its_own_fields() {
    assert!(Mapping::parse(FITS, ImportKind::Reports).is_ok());
    let staff = "version = 1\n[columns]\nstaff_id = \"a\"\nname = [\"b\", \"c\"]\nschool = \"d\"\ndate_of_birth = \"e\"\n";
    assert!(Mapping::parse(staff, ImportKind::Staff).is_ok());
    assert_eq!(
        refused(staff, ImportKind::Schools),
        "[columns] date_of_birth: is not a field of this list; [columns] school: is not a field of this list; \
         [columns] staff_id: is not a field of this list; [columns] code: is needed: name its column, or its value in [defaults]"
    );
    let instants = refused(&format!("{staff}[instants]\nincident = {{ date = \"x\" }}"), ImportKind::Staff);
    assert_eq!(instants, "[instants] incident: is not an instant of this list, which has none");
}

#[test]
fn a_mapping_file_is_bounded_and_utf_8() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let told = |bytes: &[u8]| {
        std::fs::write(file.path(), bytes).unwrap();
        Mapping::read(file.path(), ImportKind::Reports).err().map(|failure| failure.problem().to_string())
    };
    assert_eq!(told(FITS.as_bytes()), None);
    assert_eq!(told(b"\xff"), Some("--map: is not UTF-8".into()));
    assert_eq!(told(&vec![b'#'; 1024 * 1024 + 1]), Some("--map: is larger than 1 MiB".into()));
}
