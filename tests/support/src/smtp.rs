//! A mail server for tests: takes what it is sent, keeps it word for word, and misbehaves when told to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// A message as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The recipients of the envelope.
    pub to: Vec<String>,
    /// Header and body.
    pub raw: String,
    /// Whether it came over TLS.
    pub encrypted: bool,
    /// How the sender signed in: the mechanism and what it said, as sent.
    pub signed_in: Option<String>,
    /// The name with which the sender said hello.
    pub hello: String,
}

impl Mail {
    /// A header's value.
    pub fn header(&self, name: &str) -> &str {
        let head = self.raw.split("\r\n\r\n").next().unwrap_or_default();
        let start = format!("{}: ", name.to_lowercase());
        let line = head.split("\r\n").find(|line| line.to_lowercase().starts_with(&start));
        line.map_or("", |line| &line[start.len()..])
    }

    /// The body.
    pub fn body(&self) -> &str {
        self.raw.split_once("\r\n\r\n").map_or("", |(_, body)| body)
    }
}

/// What the server does with the next messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Takes them.
    Takes,
    /// Refuses every recipient for good.
    Refuses,
    /// Asks to come again later.
    Later,
    /// Takes a message and breaks off before it says so.
    BreaksOff,
    /// Closes every connection at once.
    Closed,
}

/// How the server is spoken to.
#[derive(Clone, Default)]
pub struct SmtpOptions {
    /// Offers STARTTLS, or with `implicit` speaks TLS from the first byte.
    pub tls: Option<TlsAcceptor>,
    /// See `tls`.
    pub implicit: bool,
    /// Ways to sign in that it offers, for example `PLAIN LOGIN`; mail is then taken only after one of them.
    pub auth: Option<&'static str>,
    /// What must be said there, as sent; anything, where it is none.
    pub expects: Option<String>,
}

struct State {
    mails: Vec<Mail>,
    mood: Mood,
}

/// A mail server on this machine; it ends with its runtime.
#[derive(Clone)]
pub struct Smtp {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl Smtp {
    /// Starts one that speaks plainly.
    pub async fn start() -> Self {
        Self::start_with(SmtpOptions::default()).await
    }

    /// Starts one.
    pub async fn start_with(options: SmtpOptions) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a loopback port is free");
        let port = listener.local_addr().expect("a bound listener has an address").port();
        let state = Arc::new(Mutex::new(State { mails: vec![], mood: Mood::Takes }));
        let server = Self { port, state };
        let accepting = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (server, options) = (accepting.clone(), options.clone());
                // A client that breaks off is the client's affair.
                tokio::spawn(async move { server.speak(stream, options).await.ok() });
            }
        });
        server
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What it does from now on.
    pub fn set_mood(&self, mood: Mood) {
        self.lock().mood = mood;
    }

    /// Everything that it took, in order.
    pub fn mails(&self) -> Vec<Mail> {
        self.lock().mails.clone()
    }

    /// How often each `Message-ID` came: a mailbox shows each once.
    pub fn ids(&self) -> BTreeMap<String, usize> {
        let mut ids = BTreeMap::new();
        for mail in &self.lock().mails {
            *ids.entry(mail.header("Message-ID").to_owned()).or_default() += 1;
        }
        ids
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    async fn speak(self, stream: TcpStream, options: SmtpOptions) -> std::io::Result<()> {
        if self.lock().mood == Mood::Closed {
            return Ok(());
        }
        match (&options.tls, options.implicit) {
            (Some(tls), true) => {
                let stream = tls.accept(stream).await?;
                Session::new(&self, &options, true).greet(BufStream::new(stream)).await.map(drop)
            }
            (Some(tls), false) => {
                let Some(plain) = Session::new(&self, &options, false).greet(BufStream::new(stream)).await? else { return Ok(()) };
                let stream = tls.accept(plain.into_inner()).await?;
                Session::new(&self, &options, true).talk(BufStream::new(stream)).await.map(drop)
            }
            (None, _) => Session::new(&self, &options, false).greet(BufStream::new(stream)).await.map(drop),
        }
    }
}

struct Session<'a> {
    server: &'a Smtp,
    options: &'a SmtpOptions,
    mail: Mail,
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

impl<'a> Session<'a> {
    fn new(server: &'a Smtp, options: &'a SmtpOptions, encrypted: bool) -> Self {
        let mail = Mail { to: vec![], raw: String::new(), encrypted, signed_in: None, hello: String::new() };
        Self { server, options, mail }
    }

    async fn greet<S: Stream>(self, mut stream: BufStream<S>) -> std::io::Result<Option<BufStream<S>>> {
        say(&mut stream, "220 test").await?;
        self.talk(stream).await
    }

    /// Talks until the client ends; the stream, where it wants TLS from here on.
    async fn talk<S: Stream>(mut self, mut stream: BufStream<S>) -> std::io::Result<Option<BufStream<S>>> {
        loop {
            let line = hear(&mut stream).await?;
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match verb.to_uppercase().as_str() {
                "EHLO" => {
                    rest.clone_into(&mut self.mail.hello);
                    self.offer(&mut stream).await?;
                }
                "STARTTLS" if self.options.tls.is_some() && !self.mail.encrypted => {
                    say(&mut stream, "220 go on").await?;
                    return Ok(Some(stream));
                }
                "AUTH" => self.sign_in(&mut stream, rest).await?,
                "MAIL" if self.options.auth.is_some() && self.mail.signed_in.is_none() => say(&mut stream, "530 sign in first").await?,
                "MAIL" => {
                    self.mail.to.clear();
                    say(&mut stream, "250 ok").await?;
                }
                "RCPT" => {
                    let mood = self.server.lock().mood;
                    match mood {
                        Mood::Refuses => say(&mut stream, "550 no such user").await?,
                        Mood::Later => say(&mut stream, "451 come again").await?,
                        _ => {
                            let address = rest.split(['<', '>']).nth(1).unwrap_or_default();
                            self.mail.to.push(address.to_owned());
                            say(&mut stream, "250 ok").await?;
                        }
                    }
                }
                "DATA" => {
                    say(&mut stream, "354 go on").await?;
                    self.take(&mut stream).await?;
                    if self.server.lock().mood == Mood::BreaksOff {
                        return Ok(None);
                    }
                    say(&mut stream, "250 taken").await?;
                }
                "QUIT" => {
                    say(&mut stream, "221 bye").await?;
                    return Ok(None);
                }
                "NOOP" | "RSET" => say(&mut stream, "250 ok").await?,
                _ => say(&mut stream, "502 what?").await?,
            }
        }
    }

    async fn offer<S: Stream>(&self, stream: &mut BufStream<S>) -> std::io::Result<()> {
        let mut lines = vec!["test".to_owned()];
        lines.extend((self.options.tls.is_some() && !self.mail.encrypted).then(|| "STARTTLS".to_owned()));
        lines.extend(self.options.auth.map(|ways| format!("AUTH {ways}")));
        let last = lines.len() - 1;
        for (index, line) in lines.iter().enumerate() {
            say(stream, &format!("250{}{line}", if index == last { ' ' } else { '-' })).await?;
        }
        Ok(())
    }

    async fn sign_in<S: Stream>(&mut self, stream: &mut BufStream<S>, said: &str) -> std::io::Result<()> {
        let is_right = self.options.expects.as_ref().is_none_or(|expects| expects == said);
        self.mail.signed_in = is_right.then(|| said.to_owned());
        say(stream, if is_right { "235 welcome" } else { "535 no" }).await
    }

    async fn take<S: Stream>(&mut self, stream: &mut BufStream<S>) -> std::io::Result<()> {
        self.mail.raw.clear();
        loop {
            let line = hear(stream).await?;
            if line == "." {
                break;
            }
            self.mail.raw.push_str(line.strip_prefix('.').unwrap_or(&line));
            self.mail.raw.push_str("\r\n");
        }
        self.server.lock().mails.push(self.mail.clone());
        Ok(())
    }
}

async fn say<S: Stream>(stream: &mut BufStream<S>, line: &str) -> std::io::Result<()> {
    stream.write_all(format!("{line}\r\n").as_bytes()).await?;
    stream.flush().await
}

async fn hear<S: Stream>(stream: &mut BufStream<S>) -> std::io::Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
