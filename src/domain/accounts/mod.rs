//! Accounts: names, email addresses, passwords and second factors, parsed into valid types.
