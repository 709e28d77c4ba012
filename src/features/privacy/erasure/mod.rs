//! The erasure of an account: asked for, called off, done, proved.
//!
//! ```text
//! ask ── one transaction: keys, links, other sessions go; receipt and mail are made ──► pending
//!   │ cancel: the account is back, the keys are not
//!   ▼ seven days later, or at once
//! run:  begun → counted → ledger → key → copies → rows → files → account → disk → signed ──► erased
//! ```
//!
//! Every step may be repeated, and a run that was broken off anywhere is simply run again from the
//! start: two servers that run one erasure at the same moment do no harm either. From the step `key`
//! on nothing sealed for the person opens any more, in backups neither. What is deleted is made from
//! the data inventory; there is no list of tables here.
//!
//! A receipt never holds personal data. Nothing is mailed after an erasure but the receipt that was
//! queued before it.

mod ask;
mod cancel;
mod copies;
mod due;
mod ledger;
mod lost;
mod open;
mod queries;
mod receipt;
mod replay;
mod rows;
mod run;

pub use ask::{Asked, ask, by_operator};
pub use cancel::{Cancelled, cancel, cancel_by_link};
pub use due::{run_due, watch_streams};
pub use ledger::subject;
pub use lost::{CONFIRM_PATH, begin_waiting, mail_link};
pub use receipt::{document, find, held, open_of};
pub use replay::{Replayed, replay};
pub use run::{Interrupted, Step, Witness, finish, finish_watched};
