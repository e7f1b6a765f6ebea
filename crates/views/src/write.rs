//! Writing the rows that a change makes.
//!
//! Lists are read by place (`list.rs`): a row stands at its due instant, after all of them where it has none, and before all of them,
//! the longest waiting first, where it cannot wait.
//!
//! What is sent to a duty at a school is also for those who hold that duty for the whole trust: it has a row for them too, so that their
//! lists are as few ranges of the index as anybody's, however many schools there are.

use wardbook_domain::{Address, Scope};
use wardbook_ledger::TrustId;

use crate::{
    At, Blinds, Change, Holder, Row,
    sql::{Arg, Tx},
};

/// Rows written in one statement at most.
const ROWS_TOGETHER: usize = 64;
/// What cannot wait stands at its instant, moved so far into the past.
const EARLIER: i64 = 1 << 62;
/// What stands before here cannot wait: no due instant is so early.
pub(crate) const URGENT_BEFORE: i64 = -(1 << 61);

/// Whether a row that stands here cannot wait.
pub(crate) const fn is_urgent(place: i64) -> bool {
    place < URGENT_BEFORE
}

/// The generation of a view that rows are written into.
pub(crate) struct Target<'a> {
    pub(crate) trust: TrustId,
    pub(crate) blinds: &'a Blinds,
    pub(crate) view: &'static str,
    pub(crate) generation: [u8; 16],
}

impl Target<'_> {
    /// Makes a change to the rows of the event's stream.
    pub(crate) async fn apply(&self, tx: &mut Tx, at: &At, change: &Change) -> Result<(), sqlx::Error> {
        match change {
            Change::Put(row) => self.put(tx, at, row, &in_turn("$9"), None).await,
            Change::PutFirst(row) => self.put(tx, at, row, &first("$8"), None).await,
            Change::PutFirstIf(mark, row) => {
                let place = format!("CASE WHEN {MARKED} THEN {} ELSE {} END", first("$8"), in_turn("$9"));
                self.put(tx, at, row, &place, Some(mark)).await
            }
            Change::Touch(rows) => self.touch(tx, at, rows).await,
            Change::Drop => self.of_stream(tx, at, "-- views.drop\nDELETE FROM view_rows", "", &[]).await,
            Change::DropRegister(register) => {
                let of = [Arg::Bytes(&self.register(register))];
                self.of_stream(tx, at, "-- views.drop_register\nDELETE FROM view_rows", " AND register = $4", &of).await
            }
            Change::DropOne(register, class, holder) => {
                let of = (self.register(register), self.blinds.holder(self.view, Some(*class), holder));
                let of = [Arg::Bytes(&of.0), Arg::Bytes(&of.1)];
                self.of_stream(tx, at, "-- views.drop_one\nDELETE FROM view_rows", " AND register = $4 AND holder = $5", &of).await
            }
            Change::SetDue(register, due) => {
                let (sql, of) = (set_due(), [Arg::Bytes(&self.register(register)), Arg::OptInt(*due)]);
                self.of_stream(tx, at, &sql, " AND register = $4", &of).await
            }
            Change::InTurn(register) => {
                let sql = format!("-- views.in_turn\nUPDATE view_rows SET place = {}", in_turn("due"));
                self.of_stream(tx, at, &sql, " AND register = $4", &[Arg::Bytes(&self.register(register))]).await
            }
        }
    }

    fn register(&self, register: &str) -> [u8; 16] {
        self.blinds.register(self.view, register)
    }

    /// A statement about the rows of the event's stream.
    async fn of_stream(&self, tx: &mut Tx, at: &At, what: &str, of: &str, args: &[Arg<'_>]) -> Result<(), sqlx::Error> {
        let sql = format!("{what} WHERE trust_id = $1 AND generation = $2 AND stream_id = $3{of}");
        let stream = [Arg::Bytes(self.trust.as_bytes()), Arg::Bytes(&self.generation), Arg::Bytes(&at.stream)];
        tx.execute(sql, &[&stream, args].concat()).await.map(|_| ())
    }

    /// Puts a row where `place` says; `mark` is the register that [`MARKED`] asks for.
    async fn put(&self, tx: &mut Tx, at: &At, row: &Row, place: &str, mark: Option<&str>) -> Result<(), sqlx::Error> {
        let (register, mark) = (self.register(row.register), mark.map(|mark| self.register(mark)));
        let sql = format!(
            "-- views.put
INSERT INTO view_rows (trust_id, generation, register, holder, stream_id, version, position, since, due, place)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, {place})
ON CONFLICT (trust_id, generation, register, holder, stream_id) DO UPDATE SET
  version = excluded.version, position = excluded.position, since = excluded.since, due = excluded.due, place = excluded.place"
        );
        let too = if let Holder::Address(address) = &row.holder { for_trust_too(address).map(Holder::Address) } else { None };
        for holder in std::iter::once(&row.holder).chain(&too) {
            let holder = self.blinds.holder(self.view, row.class, holder);
            let mut args = vec![Arg::Bytes(self.trust.as_bytes()), Arg::Bytes(&self.generation), Arg::Bytes(&register)];
            args.extend([Arg::Bytes(&holder), Arg::Bytes(&at.stream), Arg::Int(as_i64(at.version)), Arg::Int(as_i64(at.position))]);
            args.extend([Arg::Int(row.since), Arg::OptInt(row.due)]);
            args.extend(mark.as_ref().map(|mark| Arg::Bytes(mark)));
            tx.execute(sql.clone(), &args).await?;
        }
        Ok(())
    }

    /// Many rows of one event in few statements, of so few shapes that each is prepared once: 64 rows, 32, 16...
    async fn touch(&self, tx: &mut Tx, at: &At, mut rows: &[Row]) -> Result<(), sqlx::Error> {
        while !rows.is_empty() {
            let together = (1 << rows.len().ilog2()).min(ROWS_TOGETHER);
            let (some, rest) = rows.split_at(together);
            rows = rest;
            let blind = |row: &Row| (self.register(row.register), self.blinds.holder(self.view, row.class, &row.holder));
            let blinds: Vec<([u8; 16], [u8; 16])> = some.iter().map(blind).collect();
            let mut args = vec![Arg::Bytes(self.trust.as_bytes()), Arg::Bytes(&self.generation), Arg::Bytes(&at.stream)];
            args.extend([Arg::Int(as_i64(at.version)), Arg::Int(as_i64(at.position))]);
            let mut values = vec![];
            for (row, (register, holder)) in some.iter().zip(&blinds) {
                let next = args.len() + 1;
                values.push(format!("($1, $2, ${next}, ${}, $3, $4, $5, ${}, ${})", next + 1, next + 2, next + 3));
                args.extend([Arg::Bytes(register), Arg::Bytes(holder), Arg::Int(row.since), Arg::OptInt(row.due)]);
            }
            let sql = format!(
                "-- views.touch
INSERT INTO view_rows (trust_id, generation, register, holder, stream_id, version, position, since, due)
VALUES {}
ON CONFLICT (trust_id, generation, register, holder, stream_id) DO UPDATE SET version = excluded.version, position = excluded.position",
                values.join(", ")
            );
            tx.execute(sql, &args).await?;
        }
        Ok(())
    }
}

/// The duty for the whole trust whose holders read what is sent to this address too.
pub(crate) fn for_trust_too(address: &Address) -> Option<Address> {
    (address.school.is_some() && address.duty.scope() == Scope::Either).then(|| Address::trust_wide(address.duty))
}

/// The place of a row that has its turn by its due instant.
fn in_turn(due: &str) -> String {
    format!("COALESCE({due}, {})", i64::MAX)
}

/// The place of a row that comes before every due instant.
fn first(since: &str) -> String {
    format!("{since} - {EARLIER}")
}

fn set_due() -> String {
    let place = format!("CASE WHEN place < {URGENT_BEFORE} THEN place ELSE {} END", in_turn("$5"));
    format!("-- views.set_due\nUPDATE view_rows SET due = $5, place = {place}")
}

/// Whether the stream has a row in a register.
const MARKED: &str =
    "EXISTS (SELECT 1 FROM view_rows m WHERE m.trust_id = $1 AND m.generation = $2 AND m.stream_id = $5 AND m.register = $10)";

pub(crate) fn as_i64(number: u64) -> i64 {
    i64::try_from(number).expect("positions and versions stay far below 2^63: they are stored as such")
}
