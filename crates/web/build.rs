//! Refuses to build without the pages' assets, and says how to make them.

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=assets/dist");
    for name in ["app.css", "app.js", "boot.js", "favicon.svg", "govuk-frontend.min.js"] {
        if !Path::new("assets/dist").join(name).is_file() {
            println!("cargo::error=crates/web/assets/dist/{name} is missing: run make assets (ops/build-assets.sh)");
        }
    }
}
