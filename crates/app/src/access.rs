//! Covers for absences, and break-glass: who arranged what, who ended it, who reviewed it. All of it is in the directory's streams.

use serde::Serialize;
use utoipa::ToSchema;
use wardbook_domain::{
    AccessId, Address, Duty, Instant, PersonId,
    directory::{
        Cover, CoverEnded, Directory, Glass, GlassClosed,
        arrange::{self, ArrangeCover, BreakGlass, ReviewGlass},
    },
    field::Checks,
};

use crate::{App, AppError, Caller, book::Act, reports::Conditions, shown::AddressShown};

/// A cover as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CoverShown {
    /// 32 hex digits.
    pub id: String,
    /// Who is absent, by name.
    pub person: String,
    /// The duty that is covered.
    pub duty: AddressShown,
    /// Who covers it, by name.
    pub covered_by: String,
    /// From when.
    #[schema(value_type = String, format = DateTime)]
    pub from: Instant,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub until: Instant,
    /// Why.
    pub reason: String,
}

/// An opening by break-glass as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GlassShown {
    /// 32 hex digits.
    pub id: String,
    /// Who opened it, by name.
    pub person: String,
    /// The duty whose queue was opened.
    pub duty: AddressShown,
    /// From when.
    #[schema(value_type = String, format = DateTime)]
    pub from: Instant,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub until: Instant,
    /// Why.
    pub reason: String,
    /// Whether it is open now.
    pub open: bool,
    /// Whether it is the caller's own.
    pub own: bool,
    /// Its review.
    pub review: Option<ReviewShown>,
}

/// The review of an opening.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReviewShown {
    /// Who reviewed it, by name.
    pub by: String,
    /// Whether it was right to open it.
    pub justified: bool,
    /// What was found.
    pub finding: String,
}

impl App {
    /// The covers, in force or to come, that concern the caller: of their own duties, that they do, or that they may end.
    pub async fn covers(&self, caller: &Caller) -> Result<Vec<CoverShown>, AppError> {
        self.covers_that(|cover, directory| arrange::may_end_cover(&cover.arranged, caller.person, directory)).await
    }

    /// Those of them that are of the caller's own duties.
    pub(crate) async fn covers_of_own(&self, caller: &Caller) -> Result<Vec<CoverShown>, AppError> {
        self.covers_that(|cover, _| cover.arranged.person == caller.person).await
    }

    /// The covers in force or to come that a reader is shown, in order.
    async fn covers_that(&self, are_shown: impl Fn(&Cover, &Directory) -> bool) -> Result<Vec<CoverShown>, AppError> {
        let (directory, now) = (self.directory().await?, self.clock.now());
        let live = directory.access.covers.values().filter(|cover| !cover.ended && now < cover.arranged.until);
        let theirs = live.filter(|cover| are_shown(cover, &directory));
        let mut shown: Vec<CoverShown> = theirs.map(|cover| cover_shown(cover, &directory)).collect();
        shown.sort_by(|a, b| (a.from, &a.id).cmp(&(b.from, &b.id)));
        Ok(shown)
    }

    /// Arranges a cover.
    pub async fn arrange_cover(&self, caller: &Caller, ask: &ArrangeCover, conditions: Conditions<'_>) -> Result<CoverShown, AppError> {
        let command = self.command(caller.principal(), "cover.arrange", conditions.key, &serde_json::to_vec(ask)?);
        let id = AccessId::from_bytes(self.created_id(&command, 0));
        if self.repeated(&command).await?.is_none() {
            let directory = self.directory().await?;
            let arranged = arrange::arrange_cover(id, ask, &directory, caller.person, self.clock.now())?;
            let act = Act { actor: Some(caller.person), duty: None, command };
            let position = self.append_directory(&act, *arranged.person.as_bytes(), &arranged.into()).await?;
            self.shown_by_views(position).await;
            self.reroute_open().await?;
        }
        let directory = self.directory().await?;
        directory.access.covers.get(&id).map(|cover| cover_shown(cover, &directory)).ok_or(AppError::NotFound)
    }

    /// Ends a cover before its time.
    pub async fn end_cover(&self, caller: &Caller, id: [u8; 16], reason: &str, conditions: Conditions<'_>) -> Result<(), AppError> {
        let mut checks = Checks::default();
        checks.text("reason", reason, 2_000);
        checks.done()?;
        let command = self.command(caller.principal(), "cover.end", conditions.key, &[id.as_slice(), reason.as_bytes()].concat());
        if self.repeated(&command).await?.is_some() {
            return Ok(());
        }
        let directory = self.directory().await?;
        let cover = directory.access.covers.get(&AccessId::from_bytes(id));
        let cover = cover.filter(|cover| arrange::may_end_cover(&cover.arranged, caller.person, &directory)).ok_or(AppError::NotFound)?;
        if cover.ended || cover.arranged.until <= self.clock.now() {
            return Err(AppError::State("this cover is over already".into()));
        }
        let person = cover.arranged.person;
        let event = CoverEnded { cover: cover.arranged.cover, person, reason: reason.to_owned() };
        let act = Act { actor: Some(caller.person), duty: None, command };
        let position = self.append_directory(&act, *person.as_bytes(), &event.into()).await?;
        self.shown_by_views(position).await;
        self.reroute_open().await?;
        Ok(())
    }

    /// The duties for which the caller may arrange a cover: their own, and those for which they speak; with whose they are.
    pub async fn coverable(&self, caller: &Caller) -> Result<Vec<(PersonId, String, Address)>, AppError> {
        let directory = self.directory().await?;
        let of = |id: PersonId, person: &wardbook_domain::directory::Person| {
            let may = |address: &&Address| {
                let covered = address.duty.opens_records() && address.duty != Duty::Investigator;
                covered && (id == caller.person || arrange::speaks_for(caller.person, address, &directory))
            };
            person.duties.iter().filter(may).map(|address| (id, person.name.clone(), address.clone())).collect::<Vec<_>>()
        };
        Ok(directory.people.iter().flat_map(|(id, person)| of(*id, person)).collect())
    }

    /// Whether a case names the caller.
    pub async fn is_named(&self, caller: &Caller) -> Result<bool, AppError> {
        let reading = wardbook_views::Reading { addresses: &[], person: caller.person, only: None };
        let rows = wardbook_views::list(&self.db, self.trust, &self.blinds, wardbook_views::Wanted::Cases, reading, None, 1).await?;
        Ok(!rows.is_empty())
    }

    /// The openings by break-glass that the caller made, or is to hear of; the latest first.
    pub async fn glasses(&self, caller: &Caller) -> Result<Vec<GlassShown>, AppError> {
        let (directory, now) = (self.directory().await?, self.clock.now());
        let mut shown: Vec<GlassShown> = directory
            .access
            .glasses
            .values()
            .filter(|glass| glass.broken.person == caller.person || arrange::hears_of_glass(&glass.broken, caller.person, &directory))
            .map(|glass| glass_shown(glass, caller.person, &directory, now))
            .collect();
        shown.sort_by(|a, b| (b.from, &b.id).cmp(&(a.from, &a.id)));
        Ok(shown)
    }

    /// How many openings wait for the caller's review.
    pub async fn glasses_to_review(&self, caller: &Caller) -> Result<usize, AppError> {
        let directory = self.directory().await?;
        let waiting = directory.access.glasses.values().filter(|glass| glass.reviewed.is_none());
        Ok(waiting.filter(|glass| arrange::hears_of_glass(&glass.broken, caller.person, &directory)).count())
    }

    /// Opens a duty's queue by break-glass.
    pub async fn break_glass(&self, caller: &Caller, ask: &BreakGlass, conditions: Conditions<'_>) -> Result<GlassShown, AppError> {
        let command = self.command(caller.principal(), "glass.break", conditions.key, &serde_json::to_vec(ask)?);
        let id = AccessId::from_bytes(self.created_id(&command, 0));
        if self.repeated(&command).await?.is_none() {
            let directory = self.directory().await?;
            let broken = arrange::break_glass(id, ask, &directory, caller.person, self.clock.now())?;
            tracing::warn!(glass = %id, "app.glass.broken");
            let act = Act { actor: Some(caller.person), duty: None, command };
            let position = self.append_directory(&act, *caller.person.as_bytes(), &broken.into()).await?;
            self.shown_by_views(position).await;
        }
        self.glass(caller, id).await
    }

    /// Closes what the caller opened, before its time.
    pub async fn close_glass(&self, caller: &Caller, id: [u8; 16], conditions: Conditions<'_>) -> Result<GlassShown, AppError> {
        let command = self.command(caller.principal(), "glass.close", conditions.key, &id);
        let (directory, glass) = (self.directory().await?, AccessId::from_bytes(id));
        let own = directory.access.glasses.get(&glass).filter(|glass| glass.broken.person == caller.person).ok_or(AppError::NotFound)?;
        if self.repeated(&command).await?.is_none() && own.is_open(self.clock.now()) {
            let event = GlassClosed { glass, person: caller.person };
            let act = Act { actor: Some(caller.person), duty: None, command };
            let position = self.append_directory(&act, *caller.person.as_bytes(), &event.into()).await?;
            self.shown_by_views(position).await;
        }
        self.glass(caller, glass).await
    }

    /// Reviews what somebody else opened.
    pub async fn review_glass(
        &self,
        caller: &Caller,
        id: [u8; 16],
        ask: &ReviewGlass,
        conditions: Conditions<'_>,
    ) -> Result<GlassShown, AppError> {
        let body = [id.as_slice(), &serde_json::to_vec(ask)?].concat();
        let command = self.command(caller.principal(), "glass.review", conditions.key, &body);
        let (directory, glass) = (self.directory().await?, AccessId::from_bytes(id));
        let hears = |glass: &&Glass| arrange::hears_of_glass(&glass.broken, caller.person, &directory);
        let told = directory.access.glasses.get(&glass).filter(hears).ok_or(AppError::NotFound)?;
        if self.repeated(&command).await?.is_none() {
            let reviewed = arrange::review_glass(told, ask, &directory, caller.person)?;
            let act = Act { actor: Some(caller.person), duty: None, command };
            let position = self.append_directory(&act, *reviewed.person.as_bytes(), &reviewed.into()).await?;
            self.shown_by_views(position).await;
        }
        self.glass(caller, glass).await
    }

    async fn glass(&self, caller: &Caller, id: AccessId) -> Result<GlassShown, AppError> {
        let (directory, now) = (self.directory().await?, self.clock.now());
        let glass = directory.access.glasses.get(&id).ok_or(AppError::NotFound)?;
        Ok(glass_shown(glass, caller.person, &directory, now))
    }

    /// The duties whose queues could be opened by break-glass: those that somebody holds and the caller does not.
    pub async fn queues_behind_glass(&self, caller: &Caller) -> Result<Vec<Address>, AppError> {
        let directory = self.directory().await?;
        let mut all: Vec<Address> = directory.people.values().flat_map(|person| person.duties.iter().cloned()).collect();
        all.retain(|address| address.duty.opens_records() && address.duty != Duty::Investigator);
        all.retain(|address| !caller.holds(address));
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }
}

fn cover_shown(cover: &Cover, directory: &Directory) -> CoverShown {
    let arranged = &cover.arranged;
    CoverShown {
        id: arranged.cover.to_string(),
        person: directory.name_of(arranged.person),
        duty: (&arranged.address).into(),
        covered_by: directory.name_of(arranged.covered_by),
        from: arranged.from,
        until: arranged.until,
        reason: arranged.reason.clone(),
    }
}

fn glass_shown(glass: &Glass, viewer: PersonId, directory: &Directory, now: Instant) -> GlassShown {
    let broken = &glass.broken;
    let review = |reviewed: &wardbook_domain::directory::GlassReviewed| ReviewShown {
        by: directory.name_of(reviewed.reviewed_by),
        justified: reviewed.justified,
        finding: reviewed.finding.clone(),
    };
    GlassShown {
        id: broken.glass.to_string(),
        person: directory.name_of(broken.person),
        duty: (&broken.address).into(),
        from: broken.from,
        until: broken.until,
        reason: broken.reason.clone(),
        open: glass.is_open(now),
        own: broken.person == viewer,
        review: glass.reviewed.as_ref().map(review),
    }
}
