//! From the settings to what hands notices over: `[mail]`.

use std::path::Path;

use secrecy::SecretString;
use wardbook_app::notices::Mailer;
use wardbook_mail::{Carried, OAuth, Options, OptionsError, SignIn, Smtp};

use crate::failure::Failure;
use crate::secrets::read_secret;
use crate::settings::{Mail, MailTls, Settings};

impl Mail {
    /// How mail is carried: with STARTTLS, where nothing is set.
    pub(crate) fn carried(&self) -> MailTls {
        self.tls.unwrap_or(MailTls::Starttls)
    }

    /// The port: the usual one of how it is carried, where none is set.
    pub(crate) fn port_in_force(&self) -> u16 {
        self.port.unwrap_or_else(|| carried(self.carried()).port())
    }
}

/// What hands notices over; none where no mail server is set.
pub(crate) fn mailer(settings: &Settings) -> Result<Option<std::sync::Arc<dyn Mailer>>, Failure> {
    let mail = &settings.mail;
    let (Some(host), Some(from)) = (&mail.host, &mail.from) else { return Ok(None) };
    let options = Options {
        host: host.clone(),
        port: mail.port_in_force(),
        carried: carried(mail.carried()),
        sign_in: sign_in(mail)?,
        from: from.clone(),
        ca: mail.ca.as_deref().map(read_certificates).transpose()?,
        public_url: settings.public_url.clone(),
    };
    let smtp = Smtp::new(options).map_err(|error| {
        let key = match error {
            OptionsError::From => "[mail] from",
            OptionsError::Ca => "[mail] ca",
            OptionsError::TokenUrl => "[mail] oauth_token_url",
            OptionsError::Tls => "[mail] host",
        };
        Failure::field(key, error.to_string())
    })?;
    Ok(Some(std::sync::Arc::new(smtp)))
}

const fn carried(tls: MailTls) -> Carried {
    match tls {
        MailTls::Implicit => Carried::Tls,
        MailTls::Starttls => Carried::Starttls,
        MailTls::None => Carried::Plain,
    }
}

fn sign_in(mail: &Mail) -> Result<SignIn, Failure> {
    let user = mail.user.clone().unwrap_or_default();
    if let (Some(token_url), Some(client_id), Some(file)) = (&mail.oauth_token_url, &mail.oauth_client_id, &mail.oauth_client_secret_file) {
        let (token_url, client_id, scope) = (token_url.clone(), client_id.clone(), mail.oauth_scope.clone());
        return Ok(SignIn::OAuth { user, client: OAuth { token_url, client_id, client_secret: secret(file)?, scope } });
    }
    match &mail.password_file {
        Some(file) => Ok(SignIn::Password { user, password: secret(file)? }),
        None => Ok(SignIn::Nobody),
    }
}

/// A secret's file; one that systemd hands over (`LoadCredential=`) may be read by the service's group.
fn secret(path: &Path) -> Result<SecretString, Failure> {
    let handed_over = std::env::var_os("CREDENTIALS_DIRECTORY").is_some_and(|folder| path.starts_with(folder));
    read_secret(path, if handed_over { 0o037 } else { 0o077 })
}

fn read_certificates(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::field("[mail] ca", format!("{} cannot be read: {error}", path.display())))
}
