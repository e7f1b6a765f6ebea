//! All that a template can see: the templates packed here, its data as `sys.inputs`, and two fonts. No file, no network, no package,
//! no clock.
//!
//! To add a template: a line in [`TEMPLATES`] and a variant of [`Template`].

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Dict, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

/// Every file that a template or an `import` in it may name.
const TEMPLATES: &[(&str, &str)] = &[
    ("house.typ", include_str!("templates/house.typ")),
    ("form.typ", include_str!("templates/form.typ")),
    ("record.typ", include_str!("templates/record.typ")),
];

const FONTS: [&[u8]; 2] = [include_bytes!("../fonts/SourceSans3_400Regular.ttf"), include_bytes!("../fonts/SourceSans3_600SemiBold.ttf")];

/// A document's main template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Template {
    /// The blank ICT Concern / Misuse Form.
    Form,
    /// A copy of a case.
    Record,
}

impl Template {
    /// Its file.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Form => "form.typ",
            Self::Record => "record.typ",
        }
    }
}

/// What is the same for every document, read once.
struct Shelf {
    sources: Vec<Source>,
    fonts: Vec<Font>,
    book: LazyHash<FontBook>,
}

static SHELF: LazyLock<Shelf> = LazyLock::new(|| {
    let sources = TEMPLATES.iter().map(|(name, text)| Source::new(id_of(name), (*text).to_owned())).collect();
    let fonts: Vec<Font> = FONTS.into_iter().flat_map(|data| Font::iter(Bytes::new(data))).collect();
    let book = LazyHash::new(FontBook::from_fonts(&fonts));
    Shelf { sources, fonts, book }
});

fn id_of(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("the names of templates are plain");
    FileId::new(RootedPath::new(VirtualRoot::Project, path))
}

/// One document in the making.
pub(crate) struct Desk {
    library: LazyHash<Library>,
    main: FileId,
}

impl Desk {
    /// Lays out a template and the data it is to show.
    pub(crate) fn new(template: Template, data: Dict) -> Self {
        Self { library: LazyHash::new(Library::builder().with_inputs(data).build()), main: id_of(template.name()) }
    }
}

/// Whether every font has a glyph for this character.
pub(crate) fn has_glyph(character: char) -> bool {
    SHELF.fonts.iter().all(|font| font.info().coverage.contains(character.into()))
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &SHELF.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        SHELF.sources.iter().find(|source| source.id() == id).cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        SHELF.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
