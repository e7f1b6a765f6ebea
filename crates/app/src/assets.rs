//! Assets and loans: what a lost device is, whether it was encrypted, who answered for it and who had it on the day (P0-ASSET-1,
//! P1-LOAN-1, P3-ASSET-1).
//!
//! A lost-equipment case asks with [`App::asset_for`] by a tag that somebody gave, or with [`App::find_assets`] by a story; whoever opens
//! records may ask for the assets of their schools. Entries of the register are the directory's, as names of people are: a look at one is
//! no look at a record.

use serde::Serialize;
use utoipa::ToSchema;
use wardbook_domain::{
    RecordId,
    clock::{Date, day_of},
    directory::Directory,
    equipment::{AssetAsOf, AssetKind, Encrypted, LoanRow, Register, may_list},
};

use crate::{App, AppError, Caller, lists::Pupils};

/// Assets that one text may name.
const NAMED_MAX: usize = 20;
/// An asset as it stood on a day, with its loan of that day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AssetShown {
    /// The number on its tag.
    pub asset_number: String,
    /// `equipment`, `software_licence` or `data_asset`.
    pub kind: String,
    /// What it is.
    pub description: String,
    /// Make and model.
    pub make: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// The school's code.
    pub school: String,
    /// Where it is kept.
    pub location: Option<String>,
    /// `yes`, `no` or `unknown`.
    pub encrypted: String,
    /// Protective marking of what it holds (P0-MARK-1).
    pub classification: Option<String>,
    /// When the entry is reviewed.
    pub review_on: Option<String>,
    /// Who answers for it.
    pub holder: Option<HolderShown>,
    /// The loan that ran on the day.
    pub loan: Option<LoanShown>,
    /// The day on which this was recorded.
    #[schema(value_type = String, format = Date)]
    pub recorded_on: Date,
    /// Whether its entry was changed since.
    pub changed_since: bool,
}

/// Somebody as a list names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HolderShown {
    /// Their id in the list of staff or pupils.
    pub id: String,
    /// Their name, where the directory has them.
    pub name: Option<String>,
}

/// A loan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LoanShown {
    /// Who has it.
    pub borrower: HolderShown,
    /// `staff` or `pupil`.
    pub borrower_is: String,
    /// The day on which they signed the declaration.
    pub declared_on: String,
    /// Who approved it.
    pub approved_by: Option<HolderShown>,
    /// When it was last checked.
    pub checked_on: Option<String>,
    /// When it came back.
    pub returned_on: Option<String>,
    /// When it is checked next: twelve months after the last check (P1-LOAN-1); none where it came back.
    #[schema(value_type = Option<String>, format = Date)]
    pub next_check_on: Option<Date>,
    /// Whether that day has passed.
    pub check_overdue: bool,
}

/// A part of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetPage {
    /// The assets, by school and tag.
    pub items: Vec<AssetShown>,
    /// Where the next part begins.
    pub next: Option<usize>,
}

impl App {
    /// The asset with this tag or serial, as it stood on the day, or as it stands; none where two have it, as nobody may guess.
    pub async fn asset_for(&self, tag: &str, on: Option<Date>) -> Result<Option<AssetShown>, AppError> {
        let drawing = self.drawing().await?;
        Ok(match drawing.register.with_mark(tag).as_slice() {
            [only] => drawing.asset(*only, on),
            _ => None,
        })
    }

    /// The assets whose tag or serial stands in a text, in its order.
    pub async fn find_assets(&self, text: &str, on: Option<Date>) -> Result<Vec<AssetShown>, AppError> {
        let drawing = self.drawing().await?;
        Ok(drawing.register.named_in(text).into_iter().take(NAMED_MAX).filter_map(|id| drawing.asset(id, on)).collect())
    }

    /// The assets of the caller's schools with this tag or serial: for whoever opens records.
    pub async fn assets(&self, caller: &Caller, tag: &str, on: Option<Date>) -> Result<Vec<AssetShown>, AppError> {
        if !caller.opens_records() {
            return Err(AppError::Forbidden);
        }
        let drawing = self.drawing().await?;
        let theirs = |asset: &AssetShown| caller.duties.iter().any(|held| held.duty.opens_records() && covers(held, &asset.school));
        let found = drawing.register.with_mark(tag).into_iter().filter_map(|id| drawing.asset(id, on));
        Ok(found.filter(theirs).take(NAMED_MAX).collect())
    }

    /// Every asset of the caller's schools, from a place in the list: for the IT lead and the head.
    pub async fn asset_list(&self, caller: &Caller, from: usize, count: usize) -> Result<AssetPage, AppError> {
        let held: Vec<_> = caller.duties.iter().filter(|held| may_list(held.duty)).collect();
        if held.is_empty() {
            return Err(AppError::Forbidden);
        }
        let drawing = self.drawing().await?;
        let theirs = |id: &RecordId| {
            let school = drawing.register.asset(*id, None).map(|asset| asset.row.school.as_str());
            school.is_some_and(|school| held.iter().any(|held| covers(held, school)))
        };
        let ids: Vec<RecordId> = drawing.register.ids().into_iter().filter(theirs).collect();
        let items = ids.iter().skip(from).take(count).filter_map(|id| drawing.asset(*id, None)).collect();
        let end = from.saturating_add(count);
        Ok(AssetPage { items, next: (end < ids.len()).then_some(end) })
    }

    /// Whether the list of assets is the caller's to see.
    pub fn may_list_assets(&self, caller: &Caller) -> bool {
        caller.duties.iter().any(|held| may_list(held.duty))
    }

    async fn drawing(&self) -> Result<Drawing, AppError> {
        let (register, directory, pupils) = (self.equipment().await?, self.directory().await?, self.pupils().await?);
        Ok(Drawing { register, directory, pupils, today: day_of(self.clock.now()) })
    }
}

fn covers(held: &wardbook_domain::Address, school: &str) -> bool {
    held.school.as_deref().is_none_or(|held| held == school)
}

/// What an asset is drawn from.
struct Drawing {
    register: std::sync::Arc<Register>,
    directory: std::sync::Arc<Directory>,
    pupils: std::sync::Arc<Pupils>,
    today: Date,
}

impl Drawing {
    fn asset(&self, id: RecordId, on: Option<Date>) -> Option<AssetShown> {
        let AssetAsOf { row, recorded_on, changed_since } = self.register.asset(id, on)?;
        let loan = self.register.loan(&row.asset_number, on.unwrap_or(self.today));
        Some(AssetShown {
            asset_number: row.asset_number.clone(),
            kind: row.kind.unwrap_or(AssetKind::Equipment).to_string(),
            description: row.description.clone(),
            make: row.make.clone(),
            serial: row.serial.clone(),
            school: row.school.clone(),
            location: row.location.clone(),
            encrypted: row.encrypted.unwrap_or(Encrypted::Unknown).to_string(),
            classification: row.classification.map(|marking| marking.to_string()),
            review_on: row.review_on.clone(),
            holder: row.holder_staff_id.as_deref().map(|id| self.adult(id)),
            loan: loan.and_then(|loan| self.loan(loan)),
            recorded_on,
            changed_since,
        })
    }

    fn loan(&self, loan: &LoanRow) -> Option<LoanShown> {
        let (borrower, borrower_is) = match (&loan.borrower_staff_id, &loan.borrower_pupil_id) {
            (Some(id), _) => (self.adult(id), "staff"),
            (None, Some(id)) => (self.pupil(id), "pupil"),
            (None, None) => return None,
        };
        let next_check_on = loan.next_check_on();
        Some(LoanShown {
            borrower,
            borrower_is: borrower_is.into(),
            declared_on: loan.declared_on.clone(),
            approved_by: loan.approved_by.as_deref().map(|id| self.adult(id)),
            checked_on: loan.checked_on.clone(),
            returned_on: loan.returned_on.clone(),
            next_check_on,
            check_overdue: next_check_on.is_some_and(|day| day < self.today),
        })
    }

    fn adult(&self, id: &str) -> HolderShown {
        let person = self.directory.by_staff_id(id).and_then(|person| self.directory.people.get(&person));
        HolderShown { id: id.to_owned(), name: person.map(|person| person.name.clone()) }
    }

    fn pupil(&self, id: &str) -> HolderShown {
        HolderShown { id: id.to_owned(), name: self.pupils.by_id(id).map(|pupil| pupil.legal_name.clone()) }
    }
}
