//! How a message is carried: SMTP with TLS, a sign-in where the server wants one, each step bounded in time.

use std::time::Duration;

use futures::future::BoxFuture;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use rustls::RootCertStore;
use secrecy::ExposeSecret as _;
use wardbook_app::notices::{Letter, Mailer};
use wardbook_domain::notice::Fault;

use crate::{
    Carried, Options, OptionsError, SignIn, message,
    token::{Tokens, add_trusted},
};

/// How long the server may take for each step.
const STEP: Duration = Duration::from_secs(20);
/// Replies by which a server refuses the sign-in and not the message (RFC 4954).
const SIGN_IN_REPLIES: [u16; 5] = [432, 454, 530, 534, 535];

/// Hands notices over to a mail server.
pub struct Smtp {
    options: Options,
    from: Mailbox,
    tls: Tls,
    tokens: Option<Tokens>,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Smtp({}:{})", self.options.host, self.options.port)
    }
}

impl Smtp {
    /// For this server. Nothing is connected yet.
    pub fn new(options: Options) -> Result<Self, OptionsError> {
        let address = options.from.parse().map_err(|_| OptionsError::From)?;
        let from = Mailbox::new(Some("Wardbook".to_owned()), address);
        let tls = match options.carried {
            Carried::Plain => Tls::None,
            Carried::Starttls => Tls::Required(parameters(&options)?),
            Carried::Tls => Tls::Wrapper(parameters(&options)?),
        };
        let tokens = match &options.sign_in {
            SignIn::OAuth { client, .. } => Some(Tokens::new(client.clone(), options.ca.as_deref())?),
            SignIn::Nobody | SignIn::Password { .. } => None,
        };
        Ok(Self { options, from, tls, tokens })
    }

    async fn transport(&self) -> Result<AsyncSmtpTransport<Tokio1Executor>, Fault> {
        let sender = ClientId::Domain(self.from.email.domain().to_owned());
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&self.options.host)
            .port(self.options.port)
            .tls(self.tls.clone())
            .timeout(Some(STEP))
            // The sender's domain, and not the name of this machine.
            .hello_name(sender);
        Ok(match (&self.options.sign_in, &self.tokens) {
            (SignIn::Password { user, password }, _) => {
                let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
                builder.credentials(credentials).authentication(vec![Mechanism::Plain, Mechanism::Login])
            }
            (SignIn::OAuth { user, .. }, Some(tokens)) => {
                let token = tokens.token().await.map_err(|error| {
                    tracing::warn!(%error, "mail.token.refused");
                    Fault::SignIn
                })?;
                let credentials = Credentials::new(user.clone(), token.expose_secret().to_owned());
                builder.credentials(credentials).authentication(vec![Mechanism::Xoauth2])
            }
            _ => builder,
        }
        .build())
    }

    async fn send(&self, letter: &Letter) -> Result<(), Fault> {
        let message = message::written(letter, &self.from, self.options.public_url.as_deref()).ok_or(Fault::Refused)?;
        let outcome = self.transport().await?.send(message).await;
        let fault = outcome.map_err(|error| fault(&error)).err();
        if fault == Some(Fault::SignIn)
            && let Some(tokens) = &self.tokens
        {
            // It may have been revoked before its time.
            tokens.forget().await;
        }
        fault.map_or(Ok(()), Err)
    }
}

impl Mailer for Smtp {
    fn hand_over<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), Fault>> {
        Box::pin(self.send(letter))
    }
}

fn parameters(options: &Options) -> Result<TlsParameters, OptionsError> {
    let mut builder = TlsParameters::builder(options.host.clone());
    if let Some(pem) = &options.ca {
        // The library takes a file without any for one that adds nothing.
        add_trusted(&mut RootCertStore::empty(), pem)?;
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(|_| OptionsError::Ca)?);
    }
    builder.build_rustls().map_err(|_| OptionsError::Tls)
}

/// What a failure means; what the server says in words may quote the address, and goes nowhere.
fn fault(error: &lettre::transport::smtp::Error) -> Fault {
    let code = error.status().map(u16::from);
    if code.is_some_and(|code| SIGN_IN_REPLIES.contains(&code)) {
        return Fault::SignIn;
    }
    if error.is_permanent() {
        return Fault::Refused;
    }
    if error.is_transient() {
        return Fault::Later;
    }
    // A server without STARTTLS, or without a way to sign in that we have, is found by the library itself.
    if error.is_tls() || error.is_client() || is_certificate(error) { Fault::Tls } else { Fault::Unreachable }
}

/// Whether the connection broke off as the certificate was not trusted: told as an input error of the connection.
fn is_certificate(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = error.source();
    while let Some(next) = cause {
        let of_io = next.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if next.is::<rustls::Error>() || of_io.is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>) {
            return true;
        }
        cause = next.source();
    }
    false
}
