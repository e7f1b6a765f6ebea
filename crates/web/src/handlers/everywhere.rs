//! Somebody who works in several trusts: each is asked on its own, and what a page shows of them is joined here, in memory.
//!
//! To join another list: ask each of [`Here::everywhere`], sort what came, go on with [`cursor`] and [`Cursors`].

use wardbook_app::accounts::Standing;
use wardbook_app::{App, AppError, Caller, Page};

use super::fields::Fields;
use super::visitor::Here;
use crate::Web;

/// Another trust in which somebody signed in works.
pub(super) struct Other {
    pub(super) web: Web,
    pub(super) caller: Caller,
    /// Whether breach clocks are on their board there.
    pub(super) board: bool,
}

/// One of the trusts in which somebody works.
pub(super) struct Place<'a> {
    pub(super) web: &'a Web,
    pub(super) caller: &'a Caller,
    /// Its name, where there are several.
    pub(super) trust: Option<String>,
    /// By which it is told from their others: its place among them.
    pub(super) number: usize,
}

/// The other trusts that a session opens; nothing where it has ended in one of them, and with that in all. What must be done
/// first in one of them must be done.
pub(super) async fn others(web: &Web, session: &str, standing: &mut Standing) -> Result<Option<Vec<Other>>, AppError> {
    let mut others = vec![];
    if !standing.elsewhere {
        return Ok(Some(others));
    }
    let Some(all) = web.standings_elsewhere(session).await? else { return Ok(None) };
    for (trust, there) in all {
        standing.must = standing.must.or(there.must);
        let board = trust.has_board(&there.caller).await?;
        others.push(Other { web: web.of(trust), caller: there.caller, board });
    }
    Ok(Some(others))
}

impl Place<'_> {
    /// Where a row is from: the school, and which trust it is of where there are several.
    pub(super) fn school(&self, name: String) -> String {
        match &self.trust {
            None => name,
            Some(trust) if name.is_empty() => trust.clone(),
            Some(trust) => format!("{name}, {trust}"),
        }
    }
}

impl Here {
    /// Every trust in which they work, always in the same order.
    pub(super) fn everywhere(&self) -> Vec<Place<'_>> {
        let order: Vec<_> = if self.others.is_empty() { vec![] } else { self.web.trusts().iter().map(App::trust).collect() };
        let mut all: Vec<(&Web, &Caller)> = self.others.iter().map(|other| (&other.web, &other.caller)).collect();
        all.push((&self.web, &self.caller));
        all.sort_by_key(|(web, _)| order.iter().position(|trust| *trust == web.trust()));
        let trust = |web: &Web| (!self.others.is_empty()).then(|| web.trust_name().to_owned());
        all.into_iter().enumerate().map(|(number, (web, caller))| Place { web, caller, trust: trust(web), number }).collect()
    }
}

/// Where the pages of a joined list go on: a page has the next rows of each trust, those of all sorted together.
pub(super) struct Cursors {
    path: String,
    next: Vec<(usize, String)>,
}

impl Cursors {
    pub(super) fn of(path: &str) -> Self {
        Self { path: path.to_owned(), next: vec![] }
    }

    /// Takes in the page of a trust.
    pub(super) fn take<T>(&mut self, number: usize, page: Page<T>) -> Vec<T> {
        self.next.extend(page.next.map(|cursor| (number, cursor)));
        page.items
    }

    /// The path of the next page; none at the end of every list.
    pub(super) fn next(self) -> Option<String> {
        let pairs: Vec<String> = self.next.iter().map(|(number, cursor)| format!("{}={cursor}", name(*number))).collect();
        let join = if self.path.contains('?') { '&' } else { '?' };
        (!pairs.is_empty()).then(|| format!("{}{join}{}", self.path, pairs.join("&")))
    }
}

/// Where the list of a trust goes on, as the query says; nothing where it has ended there.
#[expect(clippy::option_option, reason = "not in this list at all, or at its start")]
pub(super) fn cursor(query: &Fields, number: usize) -> Option<Option<&str>> {
    let of = |number: usize| query.get(&name(number));
    match of(number) {
        Some(cursor) => Some(Some(cursor)),
        None => (!(0..=MANY).any(|number| of(number).is_some())).then_some(None),
    }
}

/// More trusts than one person works in.
const MANY: usize = 100;

/// The first trust's cursor has the name that the only one's always had.
fn name(number: usize) -> String {
    if number == 0 { "cursor".to_owned() } else { format!("cursor-{number}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::option_option, reason = "as of the function")]
    fn given(query: &str, number: usize) -> Option<Option<String>> {
        cursor(&Fields::read(query.as_bytes()).unwrap(), number).map(|cursor| cursor.map(str::to_owned))
    }

    #[test]
    fn a_joined_list_goes_on_where_each_of_its_lists_did() {
        assert_eq!((given("", 0), given("", 1)), (Some(None), Some(None)), "its beginning");
        let mut cursors = Cursors::of("/queue");
        let page = |next: Option<&str>| Page { items: vec!["x"], next: next.map(str::to_owned) };
        assert_eq!(cursors.take(0, page(None)), ["x"]);
        cursors.take(1, page(Some("ab")));
        let next = cursors.next().unwrap();
        assert_eq!(next, "/queue?cursor-1=ab");
        let query = next.split_once('?').unwrap().1;
        assert_eq!((given(query, 0), given(query, 1)), (None, Some(Some("ab".to_owned()))), "the first has ended");
        let mut alone = Cursors::of("/breaches?old_papers=yes");
        alone.take(0, page(Some("cd")));
        assert_eq!(alone.next().unwrap(), "/breaches?old_papers=yes&cursor=cd", "as for one trust");
        assert_eq!(Cursors::of("/queue").next(), None);
    }
}
