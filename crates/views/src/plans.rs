//! How the engines read the rows of views. SQLite: by an index that begins with the generation, and never through all rows of a trust.
//! PostgreSQL knows how many rows there are, and chooses by that; lists alone are looked at.

use std::path::Path;

use wardbook_domain::{Address, Duty, PersonId};
use wardbook_ledger::{Database, TrustId};
use wardbook_testkit::{TestPg, sqlite_url, temp_dir};

use crate::{
    Blinds,
    list::{After, Reading, Wanted, asked},
    query::{
        changed_since_sql, exists_sql, last_changed_sql, late_streams_sql, open_streams_sql, pending_alerts_sql, records_of_file_sql,
        reports_since_sql,
    },
    ranges::{Asked, Engine, Statement},
    read_streams::{access_streams_sql, first_opened_sql, months_read_sql},
    rebuild::keep_rows_sql,
    sql::{Arg, execute, fetch},
};

async fn plan(db: &Database, sql: &str) -> Vec<String> {
    let plan = fetch(db, format!("EXPLAIN QUERY PLAN {sql}"), &[]).await.unwrap();
    plan.iter().map(|row| row.text(3).unwrap()).collect()
}

async fn sqlite(folder: &Path) -> Database {
    let db = Database::connect(&sqlite_url(folder, "plans.db")).await.unwrap();
    db.migrate(crate::MIGRATIONS).await.unwrap();
    db
}

const TRUST: [u8; 16] = [7; 16];
const AFTER: After = After { place: 4, since: 5, stream: [6; 16] };

fn queue_of_a_head(only: Option<[u8; 16]>) -> Asked {
    let addresses = [Address::of(Duty::Headteacher, "SCH01")];
    let reading = Reading { addresses: &addresses, person: PersonId::from_bytes([3; 16]), only };
    asked(TrustId::from_bytes(TRUST), &Blinds::for_tests(), Wanted::Owed, reading)
}

#[tokio::test]
async fn no_statement_reads_all_rows_of_a_trust() {
    let folder = temp_dir();
    let db = sqlite(folder.path()).await;
    for sql in [
        changed_since_sql(),
        last_changed_sql(),
        exists_sql(2, 1, 2),
        late_streams_sql(),
        open_streams_sql(3),
        pending_alerts_sql(),
        records_of_file_sql(2, 2),
        reports_since_sql(),
        access_streams_sql(false),
        access_streams_sql(true),
        first_opened_sql(),
        months_read_sql(),
        keep_rows_sql(),
    ] {
        let steps = plan(&db, &sql).await;
        let of_rows = |step: &&String| ["SEARCH r ", "SEARCH x ", "SCAN r", "SCAN x"].iter().any(|start| step.starts_with(start));
        let rows: Vec<&String> = steps.iter().filter(of_rows).collect();
        assert!(!rows.is_empty(), "{sql}: {steps:?}");
        for step in rows {
            assert!(step.contains("(trust_id=? AND generation=?"), "{sql}\n{step}");
        }
    }
}

/// What is asked of a head's queue: a page, a later one, one record, and how much there is.
fn statements<'a>(asked: &'a Asked, one: &'a Asked, engine: Engine) -> [(&'static str, Statement<'a>); 4] {
    [
        ("page", asked.rows(engine, None, 51)),
        ("later page", asked.rows(engine, Some(&AFTER), 51)),
        ("one record", one.rows(engine, None, 1)),
        ("count", asked.counted(engine, 9, 1000)),
    ]
    .map(|(name, statement)| (name, statement.unwrap()))
}

/// A list is read by its ranges in their order, and of a record by its id.
#[tokio::test]
async fn a_list_is_read_by_its_ranges_on_sqlite() {
    let folder = temp_dir();
    let (db, asked) = (sqlite(folder.path()).await, queue_of_a_head(None));
    let one = queue_of_a_head(Some([9; 16]));
    for (name, statement) in statements(&asked, &one, Engine::Sqlite) {
        let plan = statement.plan(&db, "EXPLAIN QUERY PLAN").await.unwrap();
        let steps: Vec<String> = plan.iter().map(|row| row.text(3).unwrap()).collect();
        let of_range = if name == "one record" { "stream_id=?" } else { "register=? AND holder=?" };
        let shown = (name == "later page").then_some(("s", "stream_id=?"));
        let tables = [("r", of_range), ("x", of_range), ("d", "stream_id=?"), ("p", "stream_id=?")];
        for (table, by) in tables.into_iter().chain(shown) {
            let of_table: Vec<&String> = steps.iter().filter(|step| step.split(' ').nth(1) == Some(table)).collect();
            assert!(!of_table.is_empty(), "{name}: {table} in {steps:#?}");
            assert!(of_table.iter().all(|step| step.starts_with("SEARCH") && step.contains(by)), "{name}: {table}: {of_table:#?}");
        }
        // The records that were counted are put in order, and never more than those.
        assert!(name == "count" || !steps.iter().any(|step| step.contains("TEMP B-TREE")), "{name}: {steps:#?}");
    }
}

/// PostgreSQL sorted every row of a range where it took rows that nothing bars for rare, and read every row of a view for what is hidden
/// where it knew nothing of the table.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_read_by_its_ranges_on_postgres() {
    let db = Database::connect(&TestPg::shared().fresh_database().await).await.unwrap();
    db.migrate(crate::MIGRATIONS).await.unwrap();
    let (asked, generation) = (queue_of_a_head(None), [1; 16]);
    let one = queue_of_a_head(Some([9; 16]));
    let live = "INSERT INTO view_checkpoints (trust_id, view, generation, view_version, position, live) VALUES ($1, $2, $3, 1, 0, 1)";
    execute(&db, live.to_owned(), &[Arg::Bytes(&TRUST), Arg::Text("queue"), Arg::Bytes(&generation)]).await.unwrap();
    execute(&db, "ALTER TABLE view_rows SET (autovacuum_enabled = false)".to_owned(), &[]).await.unwrap();
    // A long queue is most of a small book; others have some, and a few records are hidden from its reader.
    let rows = "INSERT INTO view_rows (trust_id, generation, register, holder, stream_id, version, position, since)
SELECT $1, $2, $3, $4, decode(md5(n::text), 'hex'), 1, n, n FROM generate_series(1, $5) n";
    let (registers, others) = (&asked.sent.0, [[40; 16], [41; 16], [42; 16]]);
    let some = registers.iter().flat_map(|register| others.iter().map(move |other| (register, other, 300)));
    for (register, holder, count) in some.chain([(&registers[0], &asked.sent.1[0], 20_000), (&asked.hiding[0], &asked.me[0], 20)]) {
        let of = [Arg::Bytes(&TRUST), Arg::Bytes(&generation), Arg::Bytes(register), Arg::Bytes(holder), Arg::Int(count)];
        execute(&db, rows.to_owned(), &of).await.unwrap();
    }
    for known in [false, true] {
        if known {
            execute(&db, "VACUUM (ANALYZE) view_rows".to_owned(), &[]).await.unwrap();
        }
        assert_eq!(asked.page(&db, Some(AFTER), 51).await.unwrap().len(), 51);
        for (name, statement) in statements(&asked, &one, Engine::Postgres) {
            let plan = statement.plan(&db, "EXPLAIN").await.unwrap();
            let plan = plan.iter().map(|row| row.text(0).unwrap()).collect::<Vec<_>>().join("\n");
            assert!(!plan.contains("Seq Scan on view_rows"), "{name}, {known}: {plan}");
            if name == "one record" {
                continue;
            }
            // Rows of a range are found as such, and never looked for among all rows.
            let filters = plan.lines().filter(|line| line.trim_start().starts_with("Filter:"));
            assert!(filters.into_iter().all(|filter| !filter.contains("(register =")), "{name}, {known}: {plan}");
            // Of a range that it takes for shorter than what is counted, it may as well sort all.
            let in_order = plan.contains("using view_rows_by_place on view_rows r ") && !plan.contains("Sort Key: r.");
            assert!(name == "count" || in_order, "{name}, {known}: {plan}");
            assert!(name != "later page" || plan.contains("using view_rows_by_stream on view_rows s "), "{name}, {known}: {plan}");
        }
    }
}
