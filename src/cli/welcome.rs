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
    let link = if config.shows_links() {
        " (without a mail server the next page shows the link itself)".to_owned()
    } else if config.smtp_url.is_none() {
        format!(" (without a mail server the link is in a file in {data}/outbox)")
    } else {
        String::new()
    };
    format!(
        "\nSpectr is ready: {address}\n\n\
         1. Create an account at {address}/signup{link}.\n\
         2. Open {address}/assistant and ask the built-in guide, or first seal a provider key at \
         {address}/settings/keys.\n\
         3. See tokens, time and cost of the call at {address}/dashboard.\n\n\
         Data and generated keys are in {data}. Stop with Ctrl-C.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infra::config::Settings;

    fn welcome(pairs: &[(&str, &str)]) -> String {
        let settings: Settings = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        text(&Config::from_settings(&settings).unwrap())
    }

    #[test]
    fn it_says_where_the_link_of_the_first_mail_will_be() {
        assert!(welcome(&[]).contains("the next page shows the link itself"));
        let elsewhere = welcome(&[("SPECTR_PUBLIC_URL", "http://spectr.intranet.example")]);
        assert!(elsewhere.contains("/signup (without a mail server the link is in a file in ./data/outbox)."));
        assert!(welcome(&[("SPECTR_SMTP_URL", "smtp://mail.example")]).contains("/signup.\n"));
    }
}
