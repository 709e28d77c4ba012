//! Rebuilds when a migration is added (`sqlx::migrate!` reads the folder while it compiles) and, in
//! optimised builds, when `cargo xtask` changed the site that is embedded then.

use std::env;
use std::fs;
use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=migrations");
    let embeds = env::var_os("CARGO_FEATURE_SSR").is_some() && env::var_os("PROFILE").is_some_and(|it| it == "release");
    if embeds {
        // A watched folder that does not exist would make every build start anew.
        let site = Path::new("target/site");
        if site.exists() || fs::create_dir_all(site).is_ok() {
            println!("cargo:rerun-if-changed=target/site");
        }
    }
}
