//! What every engine must do: plain functions over a [`support::Book`], listed once and run on each.
//!
//! To add a contract: write `pub async fn name(book: Book)` in the file of its subject and list it below. What only
//! one engine can show is a test of its own, in [`engine`].

#![expect(clippy::unwrap_used, reason = "tests")]

mod append;
mod commands;
mod engine;
mod queues;
mod races;
mod signing;
mod subscribe;
mod support;
mod tampering;

macro_rules! contract {
    ($($module:ident: $($name:ident),+;)+) => {
        mod sqlite {
            use super::support::{Book, Engine};
            $($(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$module::$name(Book::new(Engine::Sqlite).await).await;
            })+)+
        }
        mod postgres {
            use super::support::{Book, Engine};
            $($(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$module::$name(Book::new(Engine::Postgres).await).await;
            })+)+
        }
    };
}

contract! {
    append:
        several_streams_are_written_all_or_not_at_all,
        expected_versions_are_exact,
        what_is_read_is_what_was_written,
        reads_are_bounded,
        positions_have_no_gap,
        recorded_time_never_goes_back,
        what_is_out_of_bounds_is_refused,
        a_trust_is_made_once_and_apart_from_others,
        the_head_is_the_root_of_the_leaves_and_proves_them;
    races:
        two_replicas_race_and_one_wins,
        two_tasks_race_and_one_wins,
        two_hundred_writers_lose_and_repeat_nothing,
        losers_do_not_disturb_their_batch,
        later_appends_of_a_batch_build_on_earlier_ones,
        replicas_take_turns;
    commands:
        the_same_body_is_answered_again,
        another_body_is_refused,
        another_principal_is_another_command,
        a_conflict_leaves_no_record,
        a_command_without_events_is_recorded,
        a_stale_writer_without_events_leaves_the_head,
        copies_in_one_batch_are_one_command,
        a_repeat_behind_another_append_is_no_loser,
        copies_on_two_replicas_are_one_command,
        records_are_purged_by_age,
        a_changed_record_answers_nothing;
    queues:
        a_full_queue_refuses_and_the_other_does_not,
        traces_and_commands_do_not_starve_each_other,
        large_appends_share_no_batch,
        shutdown_drains,
        an_answer_nobody_waits_for_is_recorded;
    subscribe:
        a_subscriber_started_anywhere_sees_everything_once,
        writers_that_roll_back_leave_no_trace,
        another_process_is_noticed,
        a_hole_is_never_skipped;
    signing:
        a_checkpoint_is_signed_once_per_size,
        a_shorter_book_is_not_signed,
        another_history_is_not_signed,
        another_trust_is_not_signed_for;
    tampering:
        an_untouched_book_is_intact,
        a_long_book_is_intact_and_progress_is_told,
        an_empty_book_is_intact,
        an_edited_event_is_found,
        a_deleted_event_is_found,
        an_inserted_event_is_found,
        swapped_events_are_found,
        a_duplicated_event_is_found,
        a_truncated_book_is_found,
        a_changed_head_row_is_found,
        a_changed_command_record_is_found,
        a_fork_is_found,
        a_note_that_is_not_genuine_is_found;
}
