//! Alerts of a monitoring product: the columns are the trust's profile's to read, the person is the directory's to know. An equal row
//! changes nothing; a different one for a known reference is refused, as what was decided was decided on the first (design §3).

use serde_json::{Map, Value};
use wardbook_domain::{
    PersonId, RecordClass,
    alert::{Alert, AlertEvent, AlertReceived, AlertRow},
    clock::day_of,
    directory::Directory,
    field::Invalid,
    routing::{AlertUser, alert_user, route_alert},
};
use wardbook_views::audience_of;

use super::{Imported, SEALED, Taking, whole};
use crate::{
    App, AppError, Caller,
    book::{Act, AppendFailed, StreamWrite},
};

/// The class of every alert until somebody says what it is.
const CLASS: RecordClass = RecordClass::Safeguarding;

impl App {
    /// Whether this person may bring in what was seen elsewhere: reports on paper, a product's alerts. What they read there they might have
    /// received here.
    pub fn may_bring_in(&self, importer: Option<&Caller>) -> bool {
        let profile = self.profile();
        importer.is_some_and(|caller| caller.duties.iter().any(|held| profile.receives(held.duty)))
    }

    /// A row of a product. In a dry run one that is, or may be, about the importer leaves every count.
    pub(super) async fn import_alert(
        &self,
        taking: &Taking<'_>,
        sent: &Map<String, Value>,
        imported: &mut Imported,
    ) -> Result<bool, AppError> {
        let (now, profile, directory) = (self.clock.now(), self.profile(), self.directory().await?);
        let fields = profile.alert_fields(taking.source, sent)?;
        let digest = self.row_digest(&fields);
        let row: AlertRow = whole(fields, |row: &AlertRow| {
            row.check(now)?;
            if directory.schools.contains_key(&row.school) {
                Ok(())
            } else {
                Err(Invalid::one("school", "is not the code of a school of this trust"))
            }
        })?;
        let stream = self.row_stream("alert", taking.source, &row.alert_id);
        match self.last_digest(stream).await? {
            // A disposed or sealed one is answered like an equal one: the importer learns nothing of it.
            Some(known) if known == digest || known == SEALED => return Ok(true),
            Some(_) => return Err(Invalid::one("alert_id", "is already recorded, with other content; what was recorded stays").into()),
            None => {}
        }
        let received = self.received(taking, row, digest.clone(), &directory).await?;
        if let Some(would) = imported.dry_run.as_mut().filter(|_| taking.dry_run) {
            let (route, asker) = (&received.route, taking.importer.map(|importer| importer.person));
            let about_importer = asker.is_some_and(|me| route.subjects.contains(&me) || route.possible_subjects.contains(&me));
            would.records += u64::from(!about_importer);
            would.duties += u64::from(!about_importer);
            return Ok(!about_importer);
        }
        let actor = taking.importer.map(|importer| importer.person);
        let act = Act { actor, duty: None, command: self.command(b"set-up", "import", Some(&hex::encode(stream)), digest.as_bytes()) };
        let keys = self.new_keys(&[audience_of(CLASS)]).await?;
        let received = AlertEvent::from(received);
        // Where its receiver is away and the cover may not know it, the next of the chain reads it from the first moment on.
        let follows = Alert::evolve(None, received.clone()).map(|alert| self.follows_for_alert(&alert, &directory));
        let events = std::iter::once(received).chain(follows.into_iter().flatten()).map(|event| event.written()).collect();
        match self.append(&act, &[StreamWrite { stream, expected: 0, keys, events }]).await {
            Ok(_) => Ok(true),
            // The stream exists: a copy of this very row got there first, or another row has its reference.
            Err(AppendFailed::Conflict) => self.repeated(&act.command).await?.map(|()| true).ok_or(AppError::Stale),
            Err(AppendFailed::Other(error)) => Err(error),
        }
    }

    async fn received(
        &self,
        taking: &Taking<'_>,
        row: AlertRow,
        row_digest: String,
        directory: &Directory,
    ) -> Result<AlertReceived, AppError> {
        let pupils = self.pupils().await?;
        let of_staff = row.user.as_deref().and_then(|user| directory.by_staff_id(user));
        let pupil = row.user.as_deref().filter(|_| of_staff.is_none()).and_then(|user| pupils.by_id(user));
        let user = match pupil {
            Some(pupil) => AlertUser::pupil(pupil),
            None => alert_user(row.user.as_deref(), directory).or_holder(self.holder_of(&row, directory).await?, directory),
        };
        let route = route_alert(&user, &row.school, directory, &self.profile());
        Ok(AlertReceived {
            class: CLASS,
            school: row.school,
            occurred_at: row.occurred_at,
            category: row.category,
            severity: row.severity,
            device: row.device,
            user: row.user,
            about: user.about,
            listed_id: user.listed_id,
            name: user.name,
            year_group: pupil.and_then(|pupil| pupil.year_group.clone()),
            excerpt: row.excerpt,
            address: row.address,
            action: row.action,
            route,
            source: taking.source.to_owned(),
            source_reference: row.alert_id,
            row_digest,
            received_at: self.clock.now(),
        })
    }

    /// The adult who had the device on the day, as the register of assets knows: nobody where it is not there, or two have its tag.
    async fn holder_of(&self, row: &AlertRow, directory: &Directory) -> Result<Option<PersonId>, AppError> {
        let Some(device) = &row.device else { return Ok(None) };
        let (register, day) = (self.equipment().await?, day_of(row.occurred_at));
        let [only] = register.with_mark(device)[..] else { return Ok(None) };
        let Some(asset) = register.asset(only, Some(day)) else { return Ok(None) };
        let loan = register.loan(&asset.row.asset_number, day);
        let staff_id = match loan {
            Some(loan) => loan.borrower_staff_id.as_deref(),
            None => asset.row.holder_staff_id.as_deref(),
        };
        Ok(staff_id.and_then(|id| directory.by_staff_id(id)))
    }
}
