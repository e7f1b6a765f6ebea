//! What must not show in a log says its name and no more.

/// Writes `Debug` for types that hold what nobody may find in a log.
macro_rules! redacted {
    ($($name:ident),+ $(,)?) => { $(impl std::fmt::Debug for $name {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(concat!(stringify!($name), "(redacted)")) }
    })+ };
}
pub(crate) use redacted;
