//! What `spectr serve --welcome` (and so `cargo xtask run`) says once the server listens.

use crate::infra::config::Config;

/// Prints the address and what to do first.
#[expect(clippy::print_stdout, reason = "the command line speaks to a person")]
pub fn print(config: &Config) {
    println!("{}", text(config));
}

fn text(config: &Config) -> String {
    let address = config.public_url.as_str().trim_end_matches('/');
    let data = config.data_dir.display();
    format!(
        "\nSpectr is ready: {address}\n\n\
         1. Create an account at {address}/signup (without a mail server the next page shows the link itself).\n\
         2. Open {address}/assistant and ask the built-in guide, or first seal a provider key at \
         {address}/settings/keys.\n\
         3. See tokens, time and cost of the call at {address}/dashboard.\n\n\
         Data and generated keys are in {data}. Stop with Ctrl-C.\n"
    )
}
