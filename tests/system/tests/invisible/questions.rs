//! What the people concerned ask: every route that the source has, about their own record, an ordinary one, the hidden one and none.

use wardbook_domain::Duty;
use wardbook_system_tests::registry::{Route, routes};

/// What is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    Own,
    Ordinary,
    Hidden,
    Nothing,
}

/// A route, who asks, and about what.
pub(crate) struct Question {
    pub(crate) duty: Duty,
    pub(crate) route: Route,
    pub(crate) about: About,
}

impl std::fmt::Display for Question {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({:?}) as {}", self.route, self.about, self.duty)
    }
}

/// Everything that somebody with this duty asks, what ends their session last.
pub(crate) fn questions(duty: Duty, wanted: fn(&Route) -> bool) -> Vec<Question> {
    let mut asks = routes();
    asks.extend(ASKED_WITH.iter().map(|path| Route { path: (*path).to_owned(), method: "GET" }));
    asks.retain(|route| wanted(route) && !is_excepted(route));
    asks.sort_by_key(|route| (route.ends_the_session(), route.door(), route.path.clone(), route.method));
    let about = |route: Route| {
        let all = [About::Own, About::Ordinary, About::Hidden, About::Nothing];
        let of = if route.path.contains('{') { 4 } else { 1 };
        all.into_iter().take(of).map(move |about| Question { duty, route: route.clone(), about })
    };
    asks.into_iter().flat_map(about).collect()
}

/// Routes that say nothing unless they are asked for something in their query.
const ASKED_WITH: [&str; 5] = [
    "/api/v1/reads?sign_ins=true",
    "/api/v1/reads?mine=true",
    "/api/v1/reads?record={id}",
    "/api/v1/reads?person={person}",
    "/breaches?old_papers=yes",
];

/// The named exceptions of design §1.4: signed checkpoints and proofs, of which the size counts every read and sign-in. The local socket is
/// nobody's but the host's.
fn is_excepted(route: &Route) -> bool {
    route.path.starts_with("/local/") || ["checkpoint", "proof"].iter().any(|word| route.path.contains(word))
}
