//! Rebuilds when a migration is added: `sqlx::migrate!` reads the folder while it compiles.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
