//! Samples of the register of assets.

use super::{HOSTILE, Rendered, chrome, errors, render};
use crate::pages::assets::{AssetCard, AssetRow, Assets};
use crate::pages::forms::FormErrors;
use crate::pages::summary::{StateTag, SummaryRow, TagColour};

/// Its pages.
pub(super) fn assets() -> Vec<Rendered> {
    let list =
        |rows: Vec<AssetRow>, next| Assets { chrome: chrome(), errors: FormErrors::default(), tag: String::new(), found: None, rows, next };
    let found = |cards: Vec<AssetCard>| Assets { tag: "A1000".to_owned(), found: Some(cards), ..list(vec![], None) };
    let wrong = Assets { errors: errors(&[("tag", "Type a tag or a serial number")]), ..list(vec![row()], None) };
    vec![
        render("assets", &list(vec![row(), lent()], Some("/assets?from=100".to_owned()))),
        render("assets-none", &list(vec![], None)),
        render("assets-error", &wrong),
        render("assets-found", &found(vec![card()])),
        render("assets-not-found", &found(vec![])),
    ]
}

fn row() -> AssetRow {
    AssetRow {
        number: "A1000".to_owned(),
        what: HOSTILE.to_owned(),
        school: "Oakfield Primary".to_owned(),
        holder: "Hana Okafor".to_owned(),
        encrypted: StateTag::new("Not encrypted", TagColour::Red),
        loan: String::new(),
        check: String::new(),
        check_overdue: false,
    }
}

fn lent() -> AssetRow {
    AssetRow {
        number: "A1001".to_owned(),
        encrypted: StateTag::new("Encrypted", TagColour::Green),
        loan: "George Xu, since 5 September 2025".to_owned(),
        check: "5 September 2026".to_owned(),
        check_overdue: true,
        ..row()
    }
}

fn card() -> AssetCard {
    AssetCard {
        title: HOSTILE.to_owned(),
        encrypted: StateTag::new("Encryption not known", TagColour::Yellow),
        rows: vec![SummaryRow::new("Serial number", vec!["5CG123AB".to_owned()]), SummaryRow::new("On loan to", vec![HOSTILE.to_owned()])],
        notes: vec!["The yearly check of the loan is overdue.".to_owned()],
    }
}
