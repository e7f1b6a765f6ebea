//! A mail server of the test, and what hands notices over to it.

use wardbook_mail::{Carried, Options, SignIn, Smtp};
use wardbook_testkit::smtp::Smtp as Server;

/// Where people reach Wardbook.
pub const URL: &str = "https://wardbook.example.org";

/// Hands notices over to this server.
pub fn mailer(server: &Server) -> Smtp {
    let options = Options {
        host: "127.0.0.1".into(),
        port: server.port(),
        carried: Carried::Plain,
        sign_in: SignIn::Nobody,
        from: "wardbook@oakfield.example".into(),
        ca: None,
        public_url: Some(URL.into()),
    };
    Smtp::new(options).expect("the options are good")
}
