//! Rebuilds when a migration is added: `sqlx::migrate!` reads the folder while it compiles.

#[expect(
    clippy::print_stdout,
    reason = "standard output is how a build script speaks to cargo"
)]
fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
