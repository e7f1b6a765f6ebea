//! `/assets`: the register of assets and loans, for the IT lead and the head; and an asset in words, for any page.

use axum::http::StatusCode;
use wardbook_app::assets::{AssetShown, HolderShown, LoanShown};
use wardbook_domain::clock::Date;
use wardbook_domain::directory::Directory;
use wardbook_domain::equipment::{AssetKind, Classification, Encrypted};

use super::answer::{Answer, page};
use super::fields::Fields;
use super::visitor::{Asked, Here, Posted, Visitor as _};
use super::words::school_name;
use crate::pages::assets::{AssetCard, AssetRow, Assets};
use crate::pages::due::day_text;
use crate::pages::forms::FormErrors;
use crate::pages::summary::{StateTag, SummaryRow, TagColour};

const ROWS: usize = 100;

/// `GET /assets`, in pages.
pub(crate) async fn list(here: Here, Asked(query): Asked) -> Answer {
    draw(&here, &query, StatusCode::OK, Assets { chrome: here.chrome(), ..blank() }).await
}

/// `POST /assets`: a search, which stands in no address.
pub(crate) async fn search(Posted(here, fields): Posted<Here>) -> Answer {
    let refuse = |error| here.refuse(error);
    let (tag, mut errors) = (fields.one("tag"), FormErrors::default());
    if tag.trim().is_empty() {
        errors.add("tag", "Type a tag or a serial number");
        return draw(&here, &Fields::default(), StatusCode::UNPROCESSABLE_ENTITY, Assets { chrome: here.chrome(), errors, ..blank() })
            .await;
    }
    // The whole list is theirs to see, or nothing is.
    here.web.asset_list(&here.caller, 0, 0).await.map_err(refuse)?;
    let directory = here.web.directory().await.map_err(refuse)?;
    let found = here.web.assets(&here.caller, &tag, None).await.map_err(refuse)?;
    let found = Some(found.iter().map(|asset| card(&directory, asset)).collect());
    Ok(page(StatusCode::OK, &Assets { chrome: here.chrome(), tag, found, ..blank() }))
}

fn blank() -> Assets {
    Assets {
        chrome: crate::pages::Chrome::default(),
        errors: FormErrors::default(),
        tag: String::new(),
        found: None,
        rows: vec![],
        next: None,
    }
}

async fn draw(here: &Here, query: &Fields, status: StatusCode, with: Assets) -> Answer {
    let refuse = |error| here.refuse(error);
    let from: usize = query.get("from").and_then(|from| from.parse().ok()).unwrap_or(0);
    let list = here.web.asset_list(&here.caller, from, ROWS).await.map_err(refuse)?;
    let directory = here.web.directory().await.map_err(refuse)?;
    let rows = list.items.iter().map(|asset| row(&directory, asset)).collect();
    let next = list.next.map(|from| format!("/assets?from={from}"));
    Ok(page(status, &Assets { rows, next, ..with }))
}

fn row(directory: &Directory, asset: &AssetShown) -> AssetRow {
    let loan = asset.loan.as_ref();
    AssetRow {
        number: asset.asset_number.clone(),
        what: [Some(&asset.description), asset.make.as_ref(), asset.serial.as_ref()]
            .into_iter()
            .flatten()
            .cloned()
            .collect::<Vec<_>>()
            .join(", "),
        school: school_name(directory, &asset.school),
        holder: asset.holder.as_ref().map(name).unwrap_or_default(),
        encrypted: encrypted(asset),
        loan: loan.map(|loan| format!("{}, since {}", name(&loan.borrower), day(&loan.declared_on))).unwrap_or_default(),
        check: loan.and_then(|loan| loan.next_check_on).map(day_text).unwrap_or_default(),
        check_overdue: loan.is_some_and(|loan| loan.check_overdue),
    }
}

/// An asset in words: what it is, whether it is encrypted, who answers for it, and its loan with the next check (P1-LOAN-1).
pub(crate) fn card(directory: &Directory, asset: &AssetShown) -> AssetCard {
    let kind = AssetKind::parse(&asset.kind).filter(|kind| *kind != AssetKind::Equipment);
    let marking = asset
        .classification
        .as_deref()
        .map(|code| Classification::parse(code).map_or_else(|| code.to_owned(), |marking| marking.label().to_owned()));
    let said = [
        ("Kind", kind.map(|kind| kind.label().to_owned())),
        ("Make", asset.make.clone()),
        ("Serial number", asset.serial.clone()),
        ("School", Some(school_name(directory, &asset.school))),
        ("Kept at", asset.location.clone()),
        ("Who answers for it", asset.holder.as_ref().map(name)),
        ("Marking", marking),
    ];
    let said = said.into_iter().filter_map(|(key, value)| Some(SummaryRow::new(key, vec![value?])));
    let lent = asset.loan.as_ref().map_or_else(|| vec![SummaryRow::new("Loan", vec!["Not on loan that day".to_owned()])], loan);
    let mut notes = vec![];
    if asset.changed_since {
        notes.push(format!("As recorded on {}; the entry was changed since.", day_text(asset.recorded_on)));
    }
    if asset.loan.as_ref().is_some_and(|loan| loan.check_overdue) {
        notes.push("The yearly check of the loan is overdue.".to_owned());
    }
    let title = format!("{}, {}", asset.asset_number, asset.description);
    AssetCard { title, encrypted: encrypted(asset), rows: said.chain(lent).collect(), notes }
}

fn loan(loan: &LoanShown) -> Vec<SummaryRow> {
    let said = [
        ("On loan to", Some(name(&loan.borrower))),
        ("Declaration signed", Some(day(&loan.declared_on))),
        ("Approved by", loan.approved_by.as_ref().map(name)),
        ("Last checked", loan.checked_on.as_deref().map(day)),
        ("Came back", loan.returned_on.as_deref().map(day)),
        ("Next check due", loan.next_check_on.map(day_text)),
    ];
    said.into_iter().filter_map(|(key, value)| Some(SummaryRow::new(key, vec![value?]))).collect()
}

fn name(holder: &HolderShown) -> String {
    holder.name.clone().unwrap_or_else(|| holder.id.clone())
}

fn day(text: &str) -> String {
    text.parse::<Date>().map_or_else(|_| text.to_owned(), day_text)
}

fn encrypted(asset: &AssetShown) -> StateTag {
    match Encrypted::parse(&asset.encrypted) {
        Some(Encrypted::Yes) => StateTag::new("Encrypted", TagColour::Green),
        Some(Encrypted::No) => StateTag::new("Not encrypted", TagColour::Red),
        Some(Encrypted::Unknown) | None => StateTag::new("Encryption not known", TagColour::Yellow),
    }
}
