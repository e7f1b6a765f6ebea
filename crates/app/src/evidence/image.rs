//! What happens in place of a file where an image could show a child without clothes: a DSL is asked to act, in the report (IMG-1,
//! P1-NUDE-1).

use wardbook_domain::{
    Address,
    event::AnyEvent,
    need_to_know::Access,
    report::{self, FilesKnown, NameImage, Report, ReportEvent, TakeUpImage},
    routing::{self, Subjects},
};

use super::{
    ImageNamed, Under,
    under::{Holding, is_kept},
};
use crate::{
    App, AppError, Caller,
    book::{Act, AppendFailed, StreamWrite},
    directory::TRIES,
    load::{Loaded, Record},
    reports::{Conditions, Decided},
    shown::ReportShown,
};

impl App {
    /// Writes down that somebody has an image, or knows of one, that could show a child without clothes: a DSL is asked to act. Of a case
    /// it is written in the report behind it, where the image is acted on, whoever of the two may read that.
    pub async fn name_image(
        &self,
        caller: &Caller,
        under: Under,
        ask: &NameImage,
        conditions: Conditions<'_>,
    ) -> Result<ImageNamed, AppError> {
        let body = [under.id().as_slice(), &serde_json::to_vec(ask)?].concat();
        let command = self.command(caller.principal(), "image.name", conditions.key, &body);
        for _ in 0..TRIES {
            let holding = self.holding_to_add_to(caller, under).await?;
            let (id, report, stream, theirs) = match &holding {
                Holding::Report(record) => (under.id(), record.folded.clone(), None, files_known(caller, record)?),
                Holding::Case(record) => {
                    let id = *record.folded.opened.report.as_bytes();
                    let report = self.report_behind(&record.folded).await?;
                    let report = report.ok_or_else(|| AppError::State("the report behind this case was disposed of".to_owned()))?;
                    let theirs = FilesKnown::of_reader(&report);
                    (id, report, Some(self.load(id).await?), theirs)
                }
            };
            if self.repeated(&command).await?.is_some() {
                return Ok(ImageNamed::told());
            }
            let dsl = self.dsl_of(&report).await?;
            let event = report::name_image(&report, theirs, ask, dsl, &holding.name_of(caller), self.clock.now())?;
            let stream: &Loaded = stream.as_ref().unwrap_or_else(|| holding.stream());
            let events = vec![ReportEvent::from(event).written()];
            let write = StreamWrite { stream: id, expected: stream.version(), keys: self.keys_of(stream).await?, events };
            match self.append(&Act { actor: holding.actor(caller), duty: holding.duty(), command }, &[write]).await {
                Ok(appended) => {
                    self.shown_by_views(appended.first_position).await;
                    return Ok(ImageNamed::told());
                }
                Err(AppendFailed::Conflict) => {}
                Err(AppendFailed::Other(error)) => return Err(error),
            }
        }
        Err(AppError::Stale)
    }

    /// Writes down what the DSL did about the images that were named; for the DSL who was told alone.
    pub async fn take_up_image(
        &self,
        caller: &Caller,
        report: [u8; 16],
        ask: &TakeUpImage,
        conditions: Conditions<'_>,
    ) -> Result<ReportShown, AppError> {
        let (body, now) = (serde_json::to_vec(ask)?, self.clock.now());
        self.act_on_report(caller, report, "image.take_up", &body, conditions, |record, _| {
            let actors = record.folded.image_actors();
            if record.folded.image_open() && !actors.iter().any(|actor| caller.holds(actor)) {
                return Err(AppError::Forbidden);
            }
            let done = report::take_up_image(&record.folded, ask, &caller.name, now)?;
            Ok(Decided::of([done.into()]))
        })
        .await
    }

    /// The first DSL who is not whom it is about; where there is none, the report's owner.
    async fn dsl_of(&self, report: &Report) -> Result<Address, AppError> {
        let subjects = Subjects { certain: report.subjects.clone(), possible: report.possible_subjects.clone(), aside: report.aside() };
        let dsl = routing::first_dsl(&report.filed.school, &subjects, &*self.directory().await?);
        Ok(dsl.unwrap_or_else(|| report.route().owner.clone()))
    }
}

/// What this caller knows of a report's files. Whoever was its subject from the start adds nothing to it. A reporter whom it was found to be
/// about later is answered as before, by what they did themself: any change would tell them.
pub(super) fn files_known(caller: &Caller, record: &Record<Report>) -> Result<FilesKnown, AppError> {
    let report = &record.folded;
    if matches!(record.access, Access::Groups(..)) {
        return Ok(FilesKnown::of_reader(report));
    }
    let route = &report.filed.route;
    if [&route.subjects, &route.possible_subjects].iter().any(|people| people.contains(&caller.person)) {
        return Err(AppError::NotFound);
    }
    let own = |is: fn(&ReportEvent) -> bool| {
        // Of a protected disclosure its reporter is the one who acts without a name.
        let is_theirs =
            |actor: Option<wardbook_domain::PersonId>| actor == Some(caller.person) || actor.is_none() && is_kept(caller, report);
        let theirs = record.events.iter().filter(|(meta, _)| is_theirs(meta.actor));
        theirs.filter(|(_, event)| matches!(event, AnyEvent::Report(event) if is(event))).count()
    };
    let files = own(|event| matches!(event, ReportEvent::EvidenceAdded(_)));
    // What the form itself said of an image is among its answers.
    let images = own(|event| matches!(event, ReportEvent::ImageReported(_)));
    Ok(FilesKnown::of_reporter(&report.filed, files, images))
}
