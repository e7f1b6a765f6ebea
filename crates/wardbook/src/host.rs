//! What the process asks of its machine: no core dumps, no readers of its memory, files for the owner only; and a look at swap.

use rustix::process::{DumpableBehavior, Resource, Rlimit};

/// Makes sure that memory with keys in it is not written to disk by a crash, and that every file made is the owner's alone.
/// What cannot be had is told in words.
pub(crate) fn harden() -> Vec<String> {
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let mut warnings = vec![];
    if let Err(error) = rustix::process::setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }) {
        warnings.push(format!("core dumps cannot be switched off: {error}"));
    }
    if let Err(error) = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        warnings.push(format!("the process's memory cannot be closed to other processes: {error}"));
    }
    warnings
}

/// What is to be said about swap: keys and opened text in memory may be written there.
pub(crate) fn swap_warning() -> Option<String> {
    swap_in(&std::fs::read_to_string("/proc/swaps").ok()?)
}

fn swap_in(table: &str) -> Option<String> {
    let names = table.lines().skip(1).filter_map(|line| line.split_whitespace().next());
    // zram is memory, not a disk.
    let disks: Vec<&str> = names.filter(|name| !name.starts_with("/dev/zram")).collect();
    if disks.is_empty() {
        return None;
    }
    let disks = disks.join(", ");
    Some(format!("swap is on ({disks}): keys and opened text may be written to it. Switch it off, or encrypt it with a key of each start"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swap_on_a_disk_is_named_and_compressed_memory_is_not() {
        let head = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";
        assert_eq!(swap_in(head), None);
        assert_eq!(swap_in(&format!("{head}/dev/zram0 partition 1 0 100\n")), None);
        let warning = swap_in(&format!("{head}/dev/zram0 partition 1 0 100\n/dev/sda2 partition 1 0 -2\n")).unwrap();
        assert!(warning.contains("(/dev/sda2)"), "{warning}");
    }

    #[test]
    fn core_dumps_are_off_afterwards() {
        assert_eq!(harden(), Vec::<String>::new());
        assert_eq!(rustix::process::getrlimit(Resource::Core).current, Some(0));
        assert_eq!(rustix::process::dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    }
}
