//! Two trusts on one host: one database, one key store, one set of accounts. Their schools have the same codes, and either router serves
//! both.

use std::sync::Arc;

use rand::{SeedableRng as _, rngs::StdRng};
use wardbook_app::{
    App,
    accounts::NewUser,
    setup::{Opening, SHIPPED_PROFILES, SetupError},
};
use wardbook_domain::Scope;
use wardbook_ledger::TrustId;
use wardbook_vault::RecoveryIdentity;

use crate::{
    Engine, Places, Trust,
    people::{Person, Wanted},
};

/// The id of the second trust.
const SECOND: [u8; 16] = [0x5e; 16];

/// Two trusts on one host.
pub struct Host {
    /// The one that was there first.
    pub first: Trust,
    /// The one that was added.
    pub second: Trust,
}

impl Host {
    /// Two new, empty trusts, the second with a profile of its own.
    pub async fn new(engine: Engine, seed: u64) -> Self {
        Self::create(Places::new(engine, seed).await, SHIPPED_PROFILES[1].1).await
    }

    /// Two new trusts at these places, the second with this profile.
    pub async fn create(places: Places, profile: &str) -> Self {
        let mut rng = StdRng::seed_from_u64(places.seed ^ 0xdead);
        let places = Arc::new(places);
        let mut recovery = || RecoveryIdentity::generate(&mut rng).recipient();
        let (one, two) = (recovery(), recovery());
        let first = App::create(places.opening(0), "Oakfield Trust", SHIPPED_PROFILES[0].1, &one).await.expect("a trust can be made");
        let second = first.create_beside(second(&places, 1), "Harbour Trust", profile, &two).await.expect("a trust can be added");
        Self::around(&places, first, second)
    }

    /// The same after a restart.
    pub async fn open(places: &Arc<Places>, salt: u64) -> Result<Self, SetupError> {
        let first = App::open(places.opening(salt)).await?;
        let second = first.open_beside(second(places, salt + 1)).await?;
        Ok(Self::around(places, first, second))
    }

    fn around(places: &Arc<Places>, first: App, second: App) -> Self {
        Self { first: Trust::around(Arc::clone(places), first), second: Trust::around(Arc::clone(places), second) }
    }

    /// Both trusts.
    pub fn each(&self) -> [&Trust; 2] {
        [&self.first, &self.second]
    }

    /// Stops both.
    pub async fn stop(self) -> Arc<Places> {
        self.first.stop().await;
        self.second.stop().await
    }

    /// Somebody with a duty in both trusts: a token for each, and one session.
    pub async fn in_both(&self, wanted: Wanted<'_>) -> [Person; 2] {
        let first = self.first.person(wanted).await;
        let school = (wanted.duty.scope() != Scope::Trust).then(|| wanted.school.to_owned());
        let user = NewUser { email: wanted.email.to_owned(), name: wanted.name.to_owned(), duty: wanted.duty, school };
        let code = self.second.app.add_user(&user).await.expect("a user can be added");
        self.first.app.join(&first.session, &code.secret).await.expect("their own code is taken");
        let token = self.second.app.create_token(wanted.email).await.expect("a token can be made").secret;
        let session = self.first.session(wanted.email).await;
        [Person { session: session.clone(), ..first }, Person { email: wanted.email.to_owned(), token, session }]
    }
}

fn second(places: &Places, salt: u64) -> Opening {
    let notes = places.dir().join("trusts/second/notes");
    std::fs::create_dir_all(notes.parent().expect("the notes lie in a folder")).expect("the folder of a test is its own");
    Opening { trust: TrustId::from_bytes(SECOND), notes, ..places.opening(salt) }
}
