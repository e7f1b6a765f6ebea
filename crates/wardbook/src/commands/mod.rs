//! One file a command: its arguments and its `run`.

pub(crate) mod adding;
pub(crate) mod checkpoint;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod policy;
pub(crate) mod profile;
pub(crate) mod queue;
pub(crate) mod serve;
pub(crate) mod token;
pub(crate) mod user;
pub(crate) mod verify;
pub(crate) mod views;

use std::io::BufRead as _;
use std::io::Read as _;

use crate::failure::Failure;

/// The longest name or e-mail given by a file or by stdin.
const GIVEN_BYTES_MAX: u64 = 4096;

/// A value given as an argument, by `-` as the next line of stdin, or by `@FILE`: names need not stand in the list of processes.
pub(crate) fn given(field: &str, argument: &str) -> Result<String, Failure> {
    let unreadable = |error: std::io::Error| Failure::field(field, format!("cannot be read: {error}"));
    let text = if argument == "-" {
        let mut line = String::new();
        std::io::stdin().lock().take(GIVEN_BYTES_MAX).read_line(&mut line).map_err(unreadable)?;
        line
    } else if let Some(path) = argument.strip_prefix('@') {
        let mut text = String::new();
        std::fs::File::open(path).and_then(|file| file.take(GIVEN_BYTES_MAX).read_to_string(&mut text)).map_err(unreadable)?;
        text
    } else {
        argument.to_owned()
    };
    let text = text.trim();
    if text.is_empty() {
        return Err(Failure::field(field, "is empty"));
    }
    Ok(text.to_owned())
}
