//! Mail as a server gets it: over TLS or not at all, signed in as is set, with tokens fetched once.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::SecretString;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use wardbook_app::notices::{Letter, Mailer as _};
use wardbook_domain::{
    Instant,
    notice::{Fault, Urgency},
};
use wardbook_mail::{Carried, OAuth, Options, OptionsError, SignIn, Smtp};
use wardbook_testkit::smtp::{Mood, Smtp as Server, SmtpOptions};

fn letter() -> Letter {
    let at = Instant::parse("2026-10-30T16:12:00Z").unwrap();
    Letter { id: "0f".repeat(16), to: "uma.jones@example.org".into(), urgency: Urgency::Today, at }
}

fn options(server: &Server, carried: Carried) -> Options {
    Options {
        host: "localhost".into(),
        port: server.port(),
        carried,
        sign_in: SignIn::Nobody,
        from: "wardbook@oakfield.example".into(),
        ca: None,
        public_url: Some("https://wardbook.example.org".into()),
    }
}

/// A certificate for this machine, as PEM to be trusted, and what answers with it.
fn certificate() -> (Vec<u8>, TlsAcceptor) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let certificate = CertificateDer::from(made.cert.der().to_vec());
    let config = config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    (made.cert.pem().into_bytes(), TlsAcceptor::from(Arc::new(config)))
}

async fn hand_over(options: Options) -> Result<(), Fault> {
    Smtp::new(options).unwrap().hand_over(&letter()).await
}

#[tokio::test]
async fn a_relay_on_this_machine_gets_the_message_plainly() {
    let server = Server::start().await;
    assert_eq!(hand_over(options(&server, Carried::Plain)).await, Ok(()));
    let mails = server.mails();
    assert_eq!((mails.len(), mails[0].to.as_slice(), mails[0].encrypted), (1, &["uma.jones@example.org".to_owned()][..], false));
    assert_eq!(mails[0].header("Message-ID"), format!("<{}@oakfield.example>", "0f".repeat(16)));
    assert_eq!(mails[0].body(), "Something in your Wardbook queue needs you today.\r\n\r\nhttps://wardbook.example.org/queue\r\n");
    assert_eq!(mails[0].hello, "oakfield.example", "the name of this machine is told to nobody");
}

#[tokio::test]
async fn starttls_is_used_and_never_done_without() {
    let (pem, tls) = certificate();
    let server = Server::start_with(SmtpOptions { tls: Some(tls), ..SmtpOptions::default() }).await;
    let trusting = Options { ca: Some(pem.clone()), ..options(&server, Carried::Starttls) };
    assert_eq!(hand_over(trusting).await, Ok(()));
    assert!(server.mails()[0].encrypted);
    assert_eq!(hand_over(options(&server, Carried::Starttls)).await, Err(Fault::Tls), "a certificate that nobody vouches for");
    let plain = Server::start().await;
    let trusting = Options { ca: Some(pem), ..options(&plain, Carried::Starttls) };
    assert_eq!(hand_over(trusting).await, Err(Fault::Tls), "a server without STARTTLS gets nothing");
    assert_eq!((server.mails().len(), plain.mails().len()), (1, 0));
}

#[tokio::test]
async fn tls_from_the_first_byte() {
    let (pem, tls) = certificate();
    let server = Server::start_with(SmtpOptions { tls: Some(tls), implicit: true, ..SmtpOptions::default() }).await;
    let trusting = Options { ca: Some(pem), ..options(&server, Carried::Tls) };
    assert_eq!(hand_over(trusting).await, Ok(()));
    assert!(server.mails()[0].encrypted);
    assert_eq!(hand_over(options(&server, Carried::Tls)).await, Err(Fault::Tls));
}

#[tokio::test]
async fn a_password_is_given_over_tls() {
    let (pem, tls) = certificate();
    // PLAIN: an empty identity, the user, the password.
    let said = "PLAIN AHVzZXIAcGFzcw==";
    let server =
        Server::start_with(SmtpOptions { tls: Some(tls), auth: Some("PLAIN LOGIN"), expects: Some(said.into()), ..SmtpOptions::default() })
            .await;
    let with = |password: &str| Options {
        ca: Some(pem.clone()),
        sign_in: SignIn::Password { user: "user".into(), password: SecretString::from(password) },
        ..options(&server, Carried::Starttls)
    };
    assert_eq!(hand_over(with("pass")).await, Ok(()));
    assert_eq!(hand_over(with("wrong")).await, Err(Fault::SignIn));
    let nobody = Options { sign_in: SignIn::Nobody, ..with("pass") };
    assert_eq!(hand_over(nobody).await, Err(Fault::SignIn), "the server wants one");
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn each_refusal_has_its_word() {
    let server = Server::start().await;
    for (mood, fault) in [(Mood::Refuses, Fault::Refused), (Mood::Later, Fault::Later), (Mood::Closed, Fault::Unreachable)] {
        server.set_mood(mood);
        assert_eq!(hand_over(options(&server, Carried::Plain)).await, Err(fault), "{mood:?}");
    }
    server.set_mood(Mood::BreaksOff);
    assert_eq!(hand_over(options(&server, Carried::Plain)).await, Err(Fault::Unreachable), "it may have been taken");
    assert_eq!(server.mails().len(), 1);
    let nobody_there = Options { port: 1, ..options(&server, Carried::Plain) };
    assert_eq!(hand_over(nobody_there).await, Err(Fault::Unreachable));
}

/// Answers every request over TLS with this status and body; how many there were.
async fn token_endpoint(tls: TlsAcceptor, status: &'static str, body: String) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let (port, asked) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
    let counter = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = tls.accept(stream).await else { continue };
            let mut request = vec![];
            while !String::from_utf8_lossy(&request).contains("client_secret=s%26cret") {
                let mut piece = [0; 1024];
                let read = stream.read(&mut piece).await.unwrap();
                assert!(read > 0, "a request ends: {}", String::from_utf8_lossy(&request));
                request.extend_from_slice(&piece[..read]);
            }
            let text = String::from_utf8_lossy(&request).into_owned();
            assert!(text.starts_with("POST /oauth2/token HTTP/1.1\r\n"), "{text}");
            assert!(text.contains("grant_type=client_credentials&client_id=client"), "{text}");
            counter.fetch_add(1, Ordering::SeqCst);
            let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
            let _ = stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).await;
            let _ = stream.shutdown().await;
        }
    });
    (port, asked)
}

fn oauth(server: &Server, pem: &[u8], port: u16) -> Options {
    let client = OAuth {
        token_url: format!("https://localhost:{port}/oauth2/token"),
        client_id: "client".into(),
        client_secret: SecretString::from("s&cret"),
        scope: None,
    };
    let sign_in = SignIn::OAuth { user: "wardbook@oakfield.example".into(), client };
    Options { ca: Some(pem.to_vec()), sign_in, ..options(server, Carried::Starttls) }
}

#[tokio::test]
async fn a_token_is_fetched_once_and_given_as_xoauth2() {
    let (pem, tls) = certificate();
    let answer = |token: &str| format!("{{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"{token}\"}}");
    let (port, asked) = token_endpoint(tls.clone(), "200 OK", answer("t0ken")).await;
    // user=wardbook@oakfield.example ^A auth=Bearer t0ken ^A ^A
    let said = "XOAUTH2 dXNlcj13YXJkYm9va0BvYWtmaWVsZC5leGFtcGxlAWF1dGg9QmVhcmVyIHQwa2VuAQE=";
    let with = SmtpOptions { tls: Some(tls.clone()), auth: Some("XOAUTH2"), expects: Some(said.into()), ..SmtpOptions::default() };
    let server = Server::start_with(with.clone()).await;
    let smtp = Smtp::new(oauth(&server, &pem, port)).unwrap();
    for _ in 0..3 {
        assert_eq!(smtp.hand_over(&letter()).await, Ok(()));
    }
    assert_eq!((server.mails().len(), asked.load(Ordering::SeqCst)), (3, 1), "it is kept until shortly before it ends");
    // A token that the server does not take is not kept.
    let (port, asked) = token_endpoint(tls, "200 OK", answer("other")).await;
    let smtp = Smtp::new(oauth(&server, &pem, port)).unwrap();
    for _ in 0..2 {
        assert_eq!(smtp.hand_over(&letter()).await, Err(Fault::SignIn));
    }
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn an_endpoint_that_gives_no_token_is_a_fault_of_the_sign_in() {
    let (pem, tls) = certificate();
    let server = Server::start_with(SmtpOptions { tls: Some(tls.clone()), auth: Some("XOAUTH2"), ..SmtpOptions::default() }).await;
    for (status, body) in [
        ("401 Unauthorized", "{\"error\":\"invalid_client\"}".to_owned()),
        ("200 OK", "{}".to_owned()),
        ("200 OK", "<html>".to_owned()),
        // More than is read.
        ("200 OK", format!("{{\"access_token\":\"{}\"}}", "x".repeat(70_000))),
    ] {
        let (port, _) = token_endpoint(tls.clone(), status, body).await;
        assert_eq!(hand_over(oauth(&server, &pem, port)).await, Err(Fault::SignIn), "{status}");
    }
    let untrusted = Options { ca: None, ..oauth(&server, &pem, token_endpoint(tls, "200 OK", "{}".into()).await.0) };
    assert_eq!(hand_over(untrusted).await, Err(Fault::SignIn), "an endpoint that nobody vouches for is told no secret");
    assert_eq!(server.mails().len(), 0);
}

#[tokio::test]
async fn options_that_cannot_be_used_are_refused_before_anything_is_sent() {
    let server = Server::start().await;
    let plain = || options(&server, Carried::Plain);
    let refused = |options: Options| Smtp::new(options).map(|_| ()).unwrap_err();
    assert!(matches!(refused(Options { from: "nobody".into(), ..plain() }), OptionsError::From));
    assert!(matches!(refused(Options { ca: Some(b"no pem".to_vec()), ..oauth(&server, b"", 1) }), OptionsError::Ca));
    let mut insecure = oauth(&server, b"", 1);
    insecure.ca = None;
    if let SignIn::OAuth { client, .. } = &mut insecure.sign_in {
        client.token_url = "http://localhost/token".into();
    }
    assert!(matches!(refused(insecure), OptionsError::TokenUrl), "a secret is sent over https alone");
}
