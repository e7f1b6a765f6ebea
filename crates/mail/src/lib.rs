//! Notices by e-mail: one fixed subject, one fixed sentence, one link, by SMTP.
//!
//! * `message.rs`: the message; `smtp.rs`: how it is carried; `token.rs`: OAuth 2.0 client credentials for servers that want them.
//!
//! To add a way to sign in: a variant of [`SignIn`], its arm in `smtp.rs`, its setting in the binary.
#![forbid(unsafe_code)]

mod message;
mod smtp;
mod token;

use secrecy::SecretString;

pub use smtp::Smtp;

/// How mail is carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carried {
    /// TLS from the first byte.
    Tls,
    /// TLS after `STARTTLS`, never without.
    Starttls,
    /// Without TLS: to a relay on this machine, or where the trust says so.
    Plain,
}

impl Carried {
    /// The port where none is set.
    pub const fn port(self) -> u16 {
        match self {
            Self::Tls => 465,
            Self::Starttls => 587,
            Self::Plain => 25,
        }
    }
}

/// How we sign in at the mail server.
#[derive(Debug, Clone)]
pub enum SignIn {
    /// Not at all: a relay that knows this machine.
    Nobody,
    /// With a password.
    Password {
        /// The user.
        user: String,
        /// Their password.
        password: SecretString,
    },
    /// With a token that is fetched with a client's credentials (XOAUTH2).
    OAuth {
        /// The mailbox.
        user: String,
        /// Where tokens come from.
        client: OAuth,
    },
}

/// OAuth 2.0 client credentials (RFC 6749, section 4.4).
#[derive(Debug, Clone)]
pub struct OAuth {
    /// The token endpoint: `https` alone.
    pub token_url: String,
    /// The client's id.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: SecretString,
    /// What is asked for, for example `https://outlook.office365.com/.default`.
    pub scope: Option<String>,
}

/// A mail server and how it is used.
#[derive(Debug, Clone)]
pub struct Options {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How mail is carried.
    pub carried: Carried,
    /// How we sign in.
    pub sign_in: SignIn,
    /// The sender's address.
    pub from: String,
    /// Certificates in PEM that are trusted beside the public ones: of a server of the trust's own.
    pub ca: Option<Vec<u8>>,
    /// The address that people use, for the one link; without it a message has none.
    pub public_url: Option<String>,
}

/// Options that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OptionsError {
    /// The sender is no address.
    #[error("the sender's address is not an e-mail address")]
    From,
    /// The certificates cannot be read.
    #[error("the certificates are not PEM, or none is among them")]
    Ca,
    /// The token endpoint is no `https` address.
    #[error("the token endpoint is not an https address")]
    TokenUrl,
    /// TLS cannot be used as asked.
    #[error("TLS cannot be set up for this host")]
    Tls,
}
