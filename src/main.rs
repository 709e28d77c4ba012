//! The `spectr` binary: hands over to the command line at once.

fn main() -> std::process::ExitCode {
    spectr::cli::run()
}
