//! The mails Spectr sends, as text: pure functions from facts to subject and body.
