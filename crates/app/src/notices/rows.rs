//! The outbox's table, `state_notice`: rows found by when they are due or by whose they are, changed by compare-and-set.

use serde::{Deserialize, Serialize};
use wardbook_domain::{
    Instant, PersonId, RecordId,
    notice::{Fault, Handed, Recipient, Rule, Urgency},
};
use wardbook_vault::blind;
use wardbook_views::sql::{Arg, Row as SqlRow, Tx, fetch};

use crate::{App, AppError, state::Kind};

/// Every value is sealed at one size: all fit, and a size tells nothing of what is in it.
const PLAIN_BYTES: usize = 500;
/// How long what is settled stays to be looked at; less than the life of the keys.
const KEPT_SECONDS: i64 = 14 * 86_400;
/// The furthest ahead that a row is left alone: it is then sealed anew, so that it never outlives its key.
pub(super) const AHEAD_SECONDS: i64 = 30 * 86_400;

/// A row as kept.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Notice {
    /// The event: its stream and version.
    #[serde(with = "as_hex")]
    pub(super) stream: [u8; 16],
    pub(super) version: u64,
    pub(super) rule: Rule,
    pub(super) to: Recipient,
    pub(super) urgency: Urgency,
    /// When it falls due.
    pub(super) due: Instant,
    /// The instant of which it reminds.
    pub(super) clock: Option<Instant>,
    /// Who need not be told.
    pub(super) except: Option<PersonId>,
    pub(super) state: State,
    /// How often it was tried since it was last asked to be sent.
    pub(super) tries: u32,
    /// When it was last tried: a mail server may know its id since.
    pub(super) tried_at: Option<Instant>,
    pub(super) fault: Option<Fault>,
    /// The row whose message tells of it.
    #[serde(default)]
    pub(super) carrier: Option<RecordId>,
}

/// What is to be done with a row, or became of it.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// Its people are to be found.
    Planned,
    /// It waits to be handed over, or to be tried again.
    Waiting,
    /// Somebody hands it over.
    Sending,
    /// It was handed over.
    Sent,
    /// Another row's message tells of it.
    Carried,
    /// There was nothing to tell any more.
    Moot,
    /// It was given up.
    Dead,
}

/// A row as read: what it was is told by its sealed bytes, as every sealing differs.
pub(super) struct Row {
    pub(super) id: [u8; 16],
    mark: Vec<u8>,
    pub(super) notice: Notice,
}

/// What was handed to a person in the last days, newest last.
pub(super) struct Tally {
    mark: Option<Vec<u8>>,
    pub(super) handed: Vec<Handed>,
}

/// Messages remembered of a person: more than any budget of two days.
const HANDED_MAX: usize = 24;

/// A change of rows that is made whole or not at all.
pub(super) struct Changes {
    tx: Tx,
    is_lost: bool,
}

mod as_hex {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8; 16], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 16], D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        let bytes = hex::decode(text.as_ref()).map_err(|_| D::Error::custom("not hex digits"))?;
        bytes.try_into().map_err(|_| D::Error::custom("not 16 bytes"))
    }
}

impl Notice {
    /// Whether it waits, or has waited, for a mail server in vain.
    pub(super) fn is_undelivered(&self) -> bool {
        self.fault.is_some()
    }
}

impl App {
    /// The id of a row: one for each event, rule and recipient, whoever makes it and however often.
    pub(super) fn notice_id(&self, stream: [u8; 16], version: u64, rule: Rule, to: &Recipient) -> Result<[u8; 16], AppError> {
        let to = serde_json::to_vec(to)?;
        Ok(blind(&self.keys.notice, &[b"notice", &stream, &version.to_be_bytes(), rule.as_str().as_bytes(), &to]))
    }

    fn tally_id(&self, person: PersonId) -> [u8; 16] {
        blind(&self.keys.notice, &[b"tally", person.as_bytes()])
    }

    /// By whose a row is found: what is carried by what carries it, everything else alone.
    fn notice_owner(&self, id: &[u8; 16], notice: &Notice) -> [u8; 16] {
        match &notice.carrier {
            Some(carrier) => self.carried_owner(carrier.as_bytes()),
            None => blind(&self.keys.notice, &[b"alone", id]),
        }
    }

    fn carried_owner(&self, carrier: &[u8; 16]) -> [u8; 16] {
        blind(&self.keys.notice, &[b"carried", carrier])
    }

    async fn seal_padded(&self, id: &[u8; 16], value: &impl Serialize) -> Result<(i64, Vec<u8>), AppError> {
        let mut plain = zeroize::Zeroizing::new(serde_json::to_vec(value)?);
        if plain.len() < PLAIN_BYTES {
            plain.resize(PLAIN_BYTES, b' ');
        }
        self.seal_plain(Kind::Notice, id, &plain).await
    }

    /// Rows that are due, the longest due first.
    pub(super) async fn notices_due(&self, now: Instant, limit: u32) -> Result<Vec<Row>, AppError> {
        let sql = "-- notices.due
SELECT id, epoch, sealed FROM state_notice WHERE trust_id = $1 AND due <= $2 ORDER BY due, id LIMIT $3";
        let args = [Arg::Bytes(self.trust.as_bytes()), Arg::Int(now.as_micros()), Arg::Int(i64::from(limit))];
        self.opened(&fetch(&self.db, sql.to_owned(), &args).await?).await
    }

    /// Rows that did not arrive, as far as a reader may know: what is about a record that is hidden from them is left out in the statement,
    /// so that it costs nothing either. The latest settled first.
    pub(super) async fn notices_undelivered(&self, reader: PersonId, limit: u32) -> Result<Vec<Row>, AppError> {
        let hidden = wardbook_views::hidden_from(&self.blinds, reader, "n.stream_id", 4);
        let sql = format!(
            "-- notices.undelivered
SELECT n.id, n.epoch, n.sealed FROM state_notice n WHERE n.trust_id = $1 AND n.undelivered = 1 AND n.expires_at > $2 AND NOT {}
ORDER BY n.expires_at DESC, n.id LIMIT $3",
            hidden.sql
        );
        let now = self.machine.now().as_micros();
        let mut args = vec![Arg::Bytes(self.trust.as_bytes()), Arg::Int(now), Arg::Int(i64::from(limit))];
        args.extend(hidden.args.iter().map(|value| Arg::Bytes(value)));
        self.opened(&fetch(&self.db, sql, &args).await?).await
    }

    /// Rows that this row's message tells of as well.
    pub(super) async fn notices_carried_by(&self, id: &[u8; 16]) -> Result<Vec<Row>, AppError> {
        let sql = "-- notices.carried\nSELECT id, epoch, sealed FROM state_notice WHERE trust_id = $1 AND owner = $2 ORDER BY id";
        let args = [Arg::Bytes(self.trust.as_bytes()), Arg::Bytes(&self.carried_owner(id))];
        self.opened(&fetch(&self.db, sql.to_owned(), &args).await?).await
    }

    /// Opens rows; one that does not open is somebody's tampering, and holds up no other.
    async fn opened(&self, rows: &[SqlRow]) -> Result<Vec<Row>, AppError> {
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let (id, mark) = (row.id(0)?, row.bytes(2)?);
            match self.open_value(Kind::Notice, &id, row.int(1)?, &mark).await {
                Ok(notice) => all.push(Row { id, mark, notice }),
                Err(error @ AppError::Unavailable(_)) => return Err(error),
                Err(error) => tracing::error!(%error, "app.notices.sealed: a row does not open"),
            }
        }
        Ok(all)
    }

    /// What was handed to a person in the last days. Also one that has expired and is not dropped yet: it is what the next one replaces.
    pub(super) async fn tally(&self, person: PersonId) -> Result<Tally, AppError> {
        let id = self.tally_id(person);
        let sql = "-- notices.tally\nSELECT epoch, sealed FROM state_notice WHERE id = $1 AND trust_id = $2";
        let rows = fetch(&self.db, sql.to_owned(), &[Arg::Bytes(&id), Arg::Bytes(self.trust.as_bytes())]).await?;
        let Some(row) = rows.first() else { return Ok(Tally { mark: None, handed: vec![] }) };
        let mark = row.bytes(1)?;
        let kept: Vec<(i64, Urgency)> = match self.open_value(Kind::Notice, &id, row.int(0)?, &mark).await {
            Ok(kept) => kept,
            Err(error @ AppError::Unavailable(_)) => return Err(error),
            Err(error) => {
                tracing::error!(%error, "app.notices.sealed: a tally does not open and begins anew");
                vec![]
            }
        };
        let handed = |(seconds, urgency)| Handed { at: Instant::from_micros(0).plus_seconds(seconds), urgency };
        Ok(Tally { mark: Some(mark), handed: kept.into_iter().map(handed).collect() })
    }

    /// Begins a change of rows.
    pub(super) async fn change_notices(&self) -> Result<Changes, AppError> {
        Ok(Changes { tx: Tx::begin(&self.db).await?, is_lost: false })
    }

    /// The value of a row to be written, sealed before the transaction begins: the key store is asked for nothing while rows are locked.
    pub(super) async fn sealed_notice(&self, id: [u8; 16], notice: &Notice, next: Option<Instant>) -> Result<Sealed, AppError> {
        let (epoch, bytes) = self.seal_padded(&id, notice).await?;
        let next = next.map(|at| at.min(self.clock.now().plus_seconds(AHEAD_SECONDS)));
        // The machine's clock ends state; what is yet to come is kept until after it.
        let ahead = next.map_or(0, |next| (next.as_micros() - self.clock.now().as_micros()).max(0) / 1_000_000);
        let expires_at = self.machine.now().plus_seconds(ahead + KEPT_SECONDS);
        let stream = notice.rule.is_of_a_record().then_some(notice.stream);
        Ok(Sealed {
            id,
            owner: self.notice_owner(&id, notice),
            epoch,
            bytes,
            expires_at,
            next,
            stream,
            undelivered: notice.is_undelivered(),
        })
    }

    /// A person's tally with one message more.
    pub(super) async fn sealed_tally(&self, person: PersonId, tally: &Tally, more: Handed) -> Result<Sealed, AppError> {
        let id = self.tally_id(person);
        let mut handed: Vec<Handed> = tally.handed.iter().copied().chain([more]).collect();
        handed.drain(..handed.len().saturating_sub(HANDED_MAX));
        let kept: Vec<(i64, Urgency)> = handed.iter().map(|one| (one.at.as_micros() / 1_000_000, one.urgency)).collect();
        let (epoch, bytes) = self.seal_padded(&id, &kept).await?;
        let owner = blind(&self.keys.notice, &[b"alone", &id]);
        let expires_at = self.machine.now().plus_seconds(KEPT_SECONDS);
        Ok(Sealed { id, owner, epoch, bytes, expires_at, next: None, stream: None, undelivered: false })
    }
}

/// A row ready to be written.
pub(super) struct Sealed {
    id: [u8; 16],
    owner: [u8; 16],
    epoch: i64,
    bytes: Vec<u8>,
    expires_at: Instant,
    next: Option<Instant>,
    stream: Option<[u8; 16]>,
    undelivered: bool,
}

impl Row {
    /// This row as it has just been written.
    pub(super) fn written(&self, sealed: &Sealed, notice: Notice) -> Self {
        Self { id: self.id, mark: sealed.bytes.clone(), notice }
    }
}

impl Changes {
    /// Puts a new row; one of that id that is there already stays as it is.
    pub(super) async fn put(&mut self, app: &App, row: &Sealed) -> Result<bool, AppError> {
        let sql = "-- notices.put
INSERT INTO state_notice (id, owner, epoch, sealed, expires_at, trust_id, due, undelivered, stream_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, {stream}) ON CONFLICT (id) DO NOTHING";
        // A statement argument is never NULL bytes: what is of no record says so in the text.
        let sql = sql.replace("{stream}", if row.stream.is_some() { "$9" } else { "NULL" });
        let mut args = vec![
            Arg::Bytes(&row.id),
            Arg::Bytes(&row.owner),
            Arg::Int(row.epoch),
            Arg::Bytes(&row.bytes),
            Arg::Int(row.expires_at.as_micros()),
            Arg::Bytes(app.trust.as_bytes()),
            Arg::OptInt(row.next.map(Instant::as_micros)),
            Arg::Int(i64::from(row.undelivered)),
        ];
        args.extend(row.stream.as_ref().map(|stream| Arg::Bytes(stream)));
        Ok(self.tx.execute(sql, &args).await? > 0)
    }

    /// Puts a row in the place of one that was read; the whole change is lost where somebody else changed that one meanwhile.
    pub(super) async fn replace(&mut self, was: &Row, row: &Sealed) -> Result<(), AppError> {
        self.replace_marked(&was.mark, row).await
    }

    async fn replace_marked(&mut self, mark: &[u8], row: &Sealed) -> Result<(), AppError> {
        let sql = "-- notices.replace
UPDATE state_notice SET owner = $2, epoch = $3, sealed = $4, expires_at = $5, due = $6, undelivered = $7 WHERE id = $1 AND sealed = $8";
        let args = [
            Arg::Bytes(&row.id),
            Arg::Bytes(&row.owner),
            Arg::Int(row.epoch),
            Arg::Bytes(&row.bytes),
            Arg::Int(row.expires_at.as_micros()),
            Arg::OptInt(row.next.map(Instant::as_micros)),
            Arg::Int(i64::from(row.undelivered)),
            Arg::Bytes(mark),
        ];
        self.is_lost |= self.tx.execute(sql.to_owned(), &args).await? != 1;
        Ok(())
    }

    /// Puts a person's tally in the place of the one that was read.
    pub(super) async fn put_tally(&mut self, app: &App, was: &Tally, row: &Sealed) -> Result<(), AppError> {
        if let Some(mark) = &was.mark {
            return self.replace_marked(mark, row).await;
        }
        let is_new = self.put(app, row).await?;
        self.is_lost |= !is_new;
        Ok(())
    }

    /// Drops a row that was read.
    pub(super) async fn drop_row(&mut self, was: &Row) -> Result<(), AppError> {
        let sql = "-- notices.drop\nDELETE FROM state_notice WHERE id = $1 AND sealed = $2";
        self.is_lost |= self.tx.execute(sql.to_owned(), &[Arg::Bytes(&was.id), Arg::Bytes(&was.mark)]).await? != 1;
        Ok(())
    }

    /// Ends the change: made, or lost as somebody else was first.
    pub(super) async fn done(self) -> Result<bool, AppError> {
        if self.is_lost {
            return Ok(false); // rolled back as it is dropped
        }
        self.tx.commit().await?;
        Ok(true)
    }

    /// The transaction, for what is no row.
    pub(super) fn tx(&mut self) -> &mut Tx {
        &mut self.tx
    }
}

impl App {
    /// A row by its id.
    pub(super) async fn notice(&self, id: &[u8; 16]) -> Result<Option<Row>, AppError> {
        let sql = "-- notices.one\nSELECT id, epoch, sealed FROM state_notice WHERE id = $1 AND trust_id = $2 AND expires_at > $3";
        let args = [Arg::Bytes(id), Arg::Bytes(self.trust.as_bytes()), Arg::Int(self.machine.now().as_micros())];
        Ok(self.opened(&fetch(&self.db, sql.to_owned(), &args).await?).await?.pop())
    }
}
