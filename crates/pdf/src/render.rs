//! From a template and its data to the bytes of a PDF.

use typst::WorldExt as _;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Dict, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::error::{Fault, PdfError};
use crate::world::{Desk, Template};

/// Sets a document. Equal input gives equal bytes: no clock, no randomness, and an identity made of `ident`.
///
/// What the typesetter remembers is forgotten at the end, so that no text of a document outlives it in memory.
pub(crate) fn render(template: Template, data: Dict, ident: &str) -> Result<Vec<u8>, PdfError> {
    let desk = Desk::new(template, data);
    let bytes = set(&desk, template).and_then(|document| export(&desk, template, &document, ident));
    typst::comemo::evict(0);
    bytes
}

/// The pages, before they are written as PDF.
pub(crate) fn set(desk: &Desk, template: Template) -> Result<PagedDocument, PdfError> {
    let warned = typst::compile(desk);
    #[cfg(test)]
    assert!(warned.warnings.is_empty(), "{:#?}", warned.warnings);
    warned.output.map_err(|faults| PdfError::Template(fault(desk, template, &faults)))
}

fn export(desk: &Desk, template: Template, document: &PagedDocument, ident: &str) -> Result<Vec<u8>, PdfError> {
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
        .expect("both are standards of PDF 1.7 and exclude nothing of each other");
    let options = PdfOptions {
        ident: Smart::Custom(ident.to_owned()),
        creator: Smart::Custom(Some("Wardbook".to_owned())),
        timestamp: None,
        page_ranges: None,
        standards,
        tagged: true,
        pretty: false,
    };
    typst_pdf::pdf(document, &options).map_err(|faults| PdfError::Standard(fault(desk, template, &faults)))
}

/// The place of the first fault; never its message, which may quote the document.
fn fault(desk: &Desk, template: Template, faults: &[SourceDiagnostic]) -> Fault {
    #[cfg(test)]
    eprintln!("{faults:#?}");
    let line = faults.first().and_then(|first| {
        let file = first.span.id()?;
        let start = desk.range(first.span)?.start;
        let line = typst::World::source(desk, file).ok()?.lines().byte_to_line(start)?;
        Some((file, line + 1))
    });
    Fault { template: template.name(), line: line.map(|(_, line)| line) }
}
