//! The published figures: counted by the service from all reports of a closed term, hidden where they must be (`domain/cube`), and kept as
//! a numbered event of a stream of their own. Readers are shown that event and nothing that it was counted from.

use serde::Serialize;
use utoipa::ToSchema;
use wardbook_domain::{
    Duty, FieldGroup, Instant,
    clock::{day_of, start_of},
    cube::{self, CubeEvent, CubePublished, ForCube, HIDDEN_MEANS, Publish, Publisher, SchoolNamed},
    event::AnyEvent,
    reading::FIGURES_TAKEN,
    report::{ReportEvent, ReportType},
    term::Term,
};
use wardbook_ledger::StreamId;
use wardbook_vault::Audience;

use crate::{
    App, AppError, Caller,
    book::{Act, AppendFailed, StreamWrite},
    directory::TRIES,
    load::fold_report,
    reports::Conditions,
};

/// The figures as their readers see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Figures {
    /// What a hidden number means; it is sent as `null`.
    pub hidden: String,
    /// Every publication, the newest term first, and of a term the newest number first.
    pub publications: Vec<Publication>,
    /// Terms that are over, not published yet, and could be by this caller.
    pub publishable: Vec<String>,
}

/// One publication of a term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Publication {
    /// The term, for example `2026-summer`.
    pub term: String,
    /// Which publication of the term it is, from 1.
    pub number: u32,
    /// The number that it corrects.
    pub corrects: Option<u32>,
    /// Whether it is the last one of its term.
    pub stands: bool,
    /// Why it was published, or what was wrong.
    pub reason: String,
    /// By whom.
    pub published_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub published_at: Instant,
    /// The types, a column each.
    pub types: Vec<ReportType>,
    /// Schools, a row each.
    pub schools: Vec<SchoolFigures>,
    /// Reports by type.
    pub type_totals: Vec<Option<u32>>,
    /// Reports in all, conduct and allegations apart.
    pub total: Option<u32>,
    /// Reports about conduct and allegations, of the whole trust.
    pub conduct: Option<u32>,
}

/// A school of a publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SchoolFigures {
    /// Its code.
    pub code: String,
    /// Its name as it was then.
    pub name: String,
    /// Reports by type; each counts once.
    pub counts: Vec<Option<u32>>,
    /// Reports of the school.
    pub total: Option<u32>,
}

impl App {
    /// The published figures, for governors, the board and those who publish.
    pub async fn figures(&self, caller: &Caller) -> Result<Figures, AppError> {
        read_as(caller)?;
        let (_, published) = self.published().await?;
        Ok(self.shown_figures(caller, &published))
    }

    /// The same as they are taken away in a file, which is on record.
    pub async fn figures_to_take(&self, caller: &Caller) -> Result<Figures, AppError> {
        let duty = read_as(caller)?;
        let figures = self.figures(caller).await?;
        self.trace_page(caller, duty, FIGURES_TAKEN).await?;
        Ok(figures)
    }

    /// Whether the caller reads the published figures.
    pub fn reads_figures(caller: &Caller) -> bool {
        read_as(caller).is_ok()
    }

    /// Whether the caller publishes the figures.
    pub fn publishes_figures(caller: &Caller) -> bool {
        publish_as(caller).is_ok()
    }

    /// Publishes a closed term, or a correction of one, with a reason.
    pub async fn publish_figures(&self, caller: &Caller, ask: &Publish, conditions: Conditions<'_>) -> Result<Figures, AppError> {
        let duty = publish_as(caller)?;
        let command = self.command(caller.principal(), "cube.publish", conditions.key, &serde_json::to_vec(ask)?);
        let act = Act { actor: Some(caller.person), duty: Some(duty), command };
        for _ in 0..TRIES {
            let (version, published) = self.published().await?;
            if self.repeated(&act.command).await?.is_some() {
                return Ok(self.shown_figures(caller, &published));
            }
            let now = self.clock.now();
            let term = cube::check(ask, &published, now)?;
            let reports = self.reports_of_term(term).await?;
            let schools = self.schools_named().await?;
            let former: Vec<CubePublished> = published.iter().filter(|cube| cube.term == term).cloned().collect();
            let tally = cube::tally(&reports, &schools, &former);
            let by = Publisher { person: caller.person, name: &caller.name, now };
            let event = CubeEvent::from(cube::publish(ask, term, &tally, &published, by)).written();
            let stream = self.cube_stream();
            let keys =
                if version == 0 { self.new_keys(&[Audience::Settings]).await? } else { self.keys_of(&self.load(stream).await?).await? };
            match self.append(&act, &[StreamWrite { stream, expected: version, keys, events: vec![event] }]).await {
                Ok(_) => return self.figures(caller).await,
                Err(AppendFailed::Conflict) => {}
                Err(AppendFailed::Other(error)) => return Err(error),
            }
        }
        Err(AppError::Stale)
    }

    fn cube_stream(&self) -> [u8; 16] {
        wardbook_vault::blind(&self.keys.create, &[b"cube"])
    }

    /// Everything that was published, oldest first, and how many events that are.
    async fn published(&self) -> Result<(u64, Vec<CubePublished>), AppError> {
        let stream = self.load(self.cube_stream()).await?;
        let events = self.open_all(&stream).await?.into_iter();
        let cubes = events.filter_map(|(_, event)| match event {
            AnyEvent::Cube(CubeEvent::Published(cube)) => Some(*cube),
            _ => None,
        });
        Ok((stream.version(), cubes.collect()))
    }

    /// The reports that were told in a term, whoever may read them. One that was disposed of is gone; one that cannot be opened for any
    /// other reason stops the counting, as the figures would be wrong.
    async fn reports_of_term(&self, term: Term) -> Result<Vec<ForCube>, AppError> {
        // A report of a moment ago is in the book and must be counted.
        let size = self.ledger.head().await?.size;
        self.shown_by_views(size.checked_sub(1)).await;
        let from = start_of(term.first()).as_micros();
        let mut reports = vec![];
        for stream in wardbook_views::reports_since(&self.db, self.trust, &self.blinds, from).await? {
            match self.report_of_term(stream, term).await {
                Ok(report) => reports.extend(report),
                Err(AppError::Sealed(crate::SealedWhy::Disposed)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(reports)
    }

    async fn report_of_term(&self, stream: StreamId, term: Term) -> Result<Option<ForCube>, AppError> {
        let first = self.ledger.read_stream(stream, 1, 1).await?;
        let Some(first) = first.first() else { return Ok(None) };
        let opened = self.opener.open(first, &FieldGroup::ALL).await?;
        let AnyEvent::Report(ReportEvent::Filed(filed)) = &opened.event else { return Ok(None) };
        if Term::of(day_of(filed.reported_at)) != term {
            return Ok(None);
        }
        let whole = self.load(*stream.as_bytes()).await?;
        let report = fold_report(&self.open_all(&whole).await?);
        Ok(report.map(|report| ForCube { school: report.filed.school.clone(), types: report.filed.types.clone(), class: report.class() }))
    }

    async fn schools_named(&self) -> Result<Vec<SchoolNamed>, AppError> {
        let directory = self.directory().await?;
        Ok(directory.schools.values().map(|school| SchoolNamed { code: school.code.clone(), name: school.name.clone() }).collect())
    }

    fn shown_figures(&self, caller: &Caller, published: &[CubePublished]) -> Figures {
        let last = |term: Term| published.iter().filter(|cube| cube.term == term).map(|cube| cube.number).max();
        let mut publications: Vec<(Term, Publication)> =
            published.iter().map(|cube| (cube.term, publication(cube, last(cube.term) == Some(cube.number)))).collect();
        publications.sort_by_key(|(term, publication)| std::cmp::Reverse((*term, publication.number)));
        let this = Term::of(day_of(self.clock.now()));
        let over = std::iter::successors(Some(this.before()), |term| Some(term.before())).take(TERMS_OFFERED);
        let publishable = over.filter(|term| Self::publishes_figures(caller) && last(*term).is_none());
        Figures {
            hidden: HIDDEN_MEANS.to_owned(),
            publications: publications.into_iter().map(|(_, publication)| publication).collect(),
            publishable: publishable.map(|term| term.to_string()).collect(),
        }
    }
}

/// Closed terms that are offered for publishing; an older one can be named.
const TERMS_OFFERED: usize = 6;

fn read_as(caller: &Caller) -> Result<Duty, AppError> {
    caller.duties.iter().map(|held| held.duty).find(|duty| cube::may_read(*duty)).ok_or(AppError::NotFound)
}

/// Publishing is for good: whoever covers for an hour, or broke the glass, leaves it to the holder.
fn publish_as(caller: &Caller) -> Result<Duty, AppError> {
    let own = caller.duties.iter().filter(|held| caller.beside.iter().all(|(address, _)| address != *held));
    own.map(|held| held.duty).find(|duty| cube::may_publish(*duty)).ok_or(AppError::NotFound)
}

fn publication(cube: &CubePublished, stands: bool) -> Publication {
    let school = |(school, (counts, total)): (&SchoolNamed, (&Vec<Option<u32>>, &Option<u32>))| SchoolFigures {
        code: school.code.clone(),
        name: school.name.clone(),
        counts: counts.clone(),
        total: *total,
    };
    Publication {
        term: cube.term.to_string(),
        number: cube.number,
        corrects: cube.corrects,
        stands,
        reason: cube.reason.clone(),
        published_by: cube.published_name.clone(),
        published_at: cube.published_at,
        types: cube.types.clone(),
        schools: cube.schools.iter().zip(cube.cells.iter().zip(&cube.school_totals)).map(school).collect(),
        type_totals: cube.type_totals.clone(),
        total: cube.total,
        conduct: cube.conduct,
    }
}
