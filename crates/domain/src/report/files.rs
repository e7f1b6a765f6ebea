//! Files and images: what may be taken in, and what is written down in place of an image (IMG-1, P1-NUDE-1).

use super::{
    Report,
    decide::Refused,
    events::{EvidenceQuarantined, Filed, ImageReported, ImageTakenUp},
    image_guidance,
    words::ImageAnswer,
};
use crate::redacted::redacted;
use crate::{Address, Instant, RecordId, evidence::Quarantine, field::Checks};

/// Files of one report at most, and of one reporter beside them.
pub const FILES_MAX: usize = 200;
/// Times that an image is named in one report at most, and by one reporter beside them.
pub const IMAGES_MAX: usize = 20;

/// An image that somebody has or knows of, as handed in: what was answered to the question, and nothing of the image.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NameImage {
    /// `yes` or `unsure`.
    pub answer: ImageAnswer,
    /// Where the device is, in words.
    #[serde(default)]
    pub device: Option<String>,
}

/// What a DSL did about an image, as handed in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeUpImage {
    /// What was done.
    pub action: String,
}

redacted!(NameImage, TakeUpImage);

/// Whether an image was named at filing, or since then and nobody has acted on it.
pub fn names_image(report: &Report) -> bool {
    report.filed.image.is_some_and(ImageAnswer::may_show_a_child) || report.image_open()
}

/// What somebody knows of a report's files and images: a reader all of it; a reporter what they did themself, as what others did with the
/// report is not for them to learn from a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilesKnown {
    /// Whether an image was named that stands against any file.
    pub image: bool,
    /// How many files were added.
    pub files: usize,
    /// How many times an image was named.
    pub images: usize,
}

impl FilesKnown {
    /// A reader's.
    pub fn of_reader(report: &Report) -> Self {
        Self { image: names_image(report), files: report.evidence.len(), images: report.images.len() }
    }

    /// A reporter's, who added so many files and named an image so many times since filing.
    pub fn of_reporter(form: &Filed, files: usize, images: usize) -> Self {
        Self { image: form.image.is_some_and(ImageAnswer::may_show_a_child) || images > 0, files, images }
    }
}

/// Whether a file may be taken in at all: none beside an image that was named.
pub fn may_take_file(known: FilesKnown) -> Result<(), Refused> {
    if known.image {
        return Err(Refused::State(image_guidance::REFUSED));
    }
    if known.files >= FILES_MAX {
        return Err(Refused::State("this report has as many files as a report may have"));
    }
    Ok(())
}

/// Puts a file into quarantine, once.
pub fn quarantine_file(
    report: &Report,
    evidence: RecordId,
    ask: &Quarantine,
    by: &str,
    now: Instant,
) -> Result<EvidenceQuarantined, Refused> {
    ask.check()?;
    if !report.evidence.iter().any(|added| added.evidence == evidence) {
        return Err(Refused::State("this file is not among the report's"));
    }
    if report.quarantined.iter().any(|quarantined| quarantined.evidence == evidence) {
        return Err(Refused::State("this file is in quarantine already"));
    }
    Ok(EvidenceQuarantined { evidence, reason: ask.reason.clone(), by: by.to_owned(), quarantined_at: now })
}

/// Names an image: `dsl` is who must act.
pub fn name_image(
    report: &Report,
    known: FilesKnown,
    ask: &NameImage,
    dsl: Address,
    by: &str,
    now: Instant,
) -> Result<ImageReported, Refused> {
    let mut checks = Checks::default();
    if !ask.answer.may_show_a_child() {
        checks.fail("answer", "is `no`: then there is nothing to report");
    }
    checks.at_most("device", ask.device.as_deref().unwrap_or(""), 500);
    checks.done()?;
    if known.images >= IMAGES_MAX {
        return Err(Refused::State("this has been reported many times: please speak to the designated safeguarding lead"));
    }
    let device = ask.device.clone().filter(|text| !text.trim().is_empty());
    Ok(ImageReported { class: report.class(), answer: ask.answer, dsl, device, said_by: by.to_owned(), said_at: now })
}

/// What follows from naming an image on the form itself: whoever reads along as DSL is asked to act, from filing on. None for old papers,
/// where nothing is owed. The reporter's name is not written here: who may know it is a question of its own.
pub fn image_at_filing(filed: &Filed) -> Option<ImageReported> {
    let answer = filed.image.filter(|answer| answer.may_show_a_child() && !filed.from_old_papers)?;
    let dsl = filed.route.second.as_ref().unwrap_or(&filed.route.owner).clone();
    let said_by = "the person who reported it".to_owned();
    Some(ImageReported { class: filed.class, answer, dsl, device: None, said_by, said_at: filed.filed_at })
}

/// Records what a DSL did about every image that was named so far.
pub fn take_up_image(report: &Report, ask: &TakeUpImage, by: &str, now: Instant) -> Result<ImageTakenUp, Refused> {
    let mut checks = Checks::default();
    checks.text("action", &ask.action, 20_000);
    checks.done()?;
    if !report.image_open() {
        return Err(Refused::State("nothing is open about an image here"));
    }
    Ok(ImageTakenUp { action: ask.action.clone(), by: by.to_owned(), at_instant: now })
}

#[cfg(test)]
mod tests {
    use super::{FilesKnown as Known, *};
    use crate::{
        Duty,
        report::{ReportEvent, ReportType, form::tests::form},
    };

    fn report(image: Option<ImageAnswer>) -> Report {
        let form = crate::report::Form { image, ..form(&[ReportType::MisuseOfIct]) };
        Report::evolve(None, ReportEvent::from(crate::routing::tests::filed(&form))).unwrap()
    }

    fn ask(answer: ImageAnswer) -> NameImage {
        NameImage { answer, device: Some("In the office safe".into()) }
    }

    fn named(report: Report, answer: ImageAnswer) -> Report {
        let event =
            name_image(&report, Known::of_reader(&report), &ask(answer), Address::of(Duty::Dsl, "SCH01"), "Ann", Instant::from_micros(1))
                .unwrap();
        Report::evolve(Some(report), event.into()).unwrap()
    }

    #[test]
    fn img_1_no_file_is_taken_in_beside_an_image_that_was_named() {
        assert!(
            may_take_file(Known::of_reader(&report(None))).is_ok()
                && may_take_file(Known::of_reader(&report(Some(ImageAnswer::No)))).is_ok()
        );
        for answer in [ImageAnswer::Yes, ImageAnswer::Unsure] {
            assert_eq!(
                may_take_file(Known::of_reader(&report(Some(answer)))),
                Err(Refused::State(image_guidance::REFUSED)),
                "named at filing"
            );
            let open = named(report(None), answer);
            assert_eq!(may_take_file(Known::of_reader(&open)), Err(Refused::State(image_guidance::REFUSED)));
        }
        let none = name_image(
            &report(None),
            Known::of_reader(&report(None)),
            &ask(ImageAnswer::No),
            Address::of(Duty::Dsl, "SCH01"),
            "Ann",
            Instant::from_micros(1),
        );
        assert!(matches!(none, Err(Refused::Invalid(_))));
    }

    #[test]
    fn p1_nude_1_a_dsl_acts_on_all_that_was_named_with_words_and_once() {
        let two = named(named(report(None), ImageAnswer::Unsure), ImageAnswer::Yes);
        let take_up = |report: &Report, action: &str| {
            take_up_image(report, &TakeUpImage { action: action.into() }, "George", Instant::from_micros(2))
        };
        assert!(matches!(take_up(&two, " "), Err(Refused::Invalid(_))));
        let done = take_up(&two, "The police have the device.").unwrap();
        let done = Report::evolve(Some(two), done.into()).unwrap();
        assert!(!done.image_open() && may_take_file(Known::of_reader(&done)).is_ok());
        assert!(matches!(take_up(&done, "Again"), Err(Refused::State(_))));
        let again = named(done, ImageAnswer::Unsure);
        assert!(again.image_open() && may_take_file(Known::of_reader(&again)).is_err(), "what is named later is open again");
    }

    #[test]
    fn p1_nude_1_an_image_named_on_the_form_is_open_from_filing() {
        for (answer, open) in
            [(None, false), (Some(ImageAnswer::No), false), (Some(ImageAnswer::Unsure), true), (Some(ImageAnswer::Yes), true)]
        {
            let filed = report(answer).filed;
            let named = image_at_filing(&filed);
            assert_eq!(named.is_some(), open, "{answer:?}");
            if let Some(named) = named {
                assert_eq!((named.dsl, named.said_at), (Address::of(Duty::Dsl, "SCH01"), filed.filed_at));
            }
            let old = crate::report::Filed { from_old_papers: true, ..filed };
            assert_eq!(image_at_filing(&old), None, "nothing is owed for old papers");
        }
    }

    #[test]
    fn a_reporter_is_answered_by_what_they_did_themself() {
        let filed = |image| report(image).filed;
        assert!(may_take_file(Known::of_reporter(&filed(None), 0, 0)).is_ok());
        assert!(may_take_file(Known::of_reporter(&filed(None), FILES_MAX, 0)).is_err());
        assert!(may_take_file(Known::of_reporter(&filed(None), 0, 1)).is_err());
        assert!(may_take_file(Known::of_reporter(&filed(Some(ImageAnswer::Unsure)), 0, 0)).is_err());
        assert!(may_take_file(Known::of_reader(&named(report(None), ImageAnswer::Yes))).is_err(), "a reader by all that was named");
    }

    #[test]
    fn img_2_a_file_goes_into_quarantine_once_with_a_reason() {
        let evidence = RecordId::from_bytes([1; 16]);
        let now = Instant::from_micros(1);
        let added =
            crate::report::EvidenceAdded { evidence, name: "a.png".into(), added_by: "Ann".into(), added_at: Instant::from_micros(1) };
        let report = Report::evolve(Some(report(None)), added.into()).unwrap();
        let put = |report: &Report, evidence, reason: &str| {
            quarantine_file(report, evidence, &Quarantine { reason: reason.into() }, "George Xu", now)
        };
        assert!(matches!(put(&report, evidence, " "), Err(Refused::Invalid(_))));
        assert!(matches!(put(&report, RecordId::from_bytes([2; 16]), "x"), Err(Refused::State(_))));
        let done = put(&report, evidence, "Named by a parent.").unwrap();
        let report = Report::evolve(Some(report), done.into()).unwrap();
        assert!(matches!(put(&report, evidence, "again"), Err(Refused::State(_))));
    }

    #[test]
    fn files_and_images_of_a_report_are_bounded() {
        let mut all = report(None);
        all.evidence = vec![
            crate::report::EvidenceAdded {
                evidence: crate::RecordId::from_bytes([1; 16]),
                name: "a.pdf".into(),
                added_by: "Ann".into(),
                added_at: Instant::from_micros(1)
            };
            FILES_MAX
        ];
        assert!(matches!(may_take_file(Known::of_reader(&all)), Err(Refused::State(_))));
        let many = (0..IMAGES_MAX).fold(report(None), |report, _| named(report, ImageAnswer::Unsure));
        let more = name_image(
            &many,
            Known::of_reader(&many),
            &ask(ImageAnswer::Yes),
            Address::of(Duty::Dsl, "SCH01"),
            "Ann",
            Instant::from_micros(1),
        );
        assert!(matches!(more, Err(Refused::State(_))));
    }
}
