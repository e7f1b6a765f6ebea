//! Refuses to build without the typeface, and says how to get it.

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=fonts");
    for name in ["SourceSans3_400Regular.ttf", "SourceSans3_600SemiBold.ttf", "OFL.txt"] {
        if !Path::new("fonts").join(name).is_file() {
            println!("cargo::error=crates/pdf/fonts/{name} is missing: run make assets (ops/build-assets.sh)");
        }
    }
}
