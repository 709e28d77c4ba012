//! The data inventory: every column of both databases, what it is for, on what basis, how long it is
//! kept, how it is exported and how it is erased.
//!
//! The policy's text, the list of what is held, the export's sections, the erasure's statements, the
//! purges, the processing record and the proof are made from it; there is no second list. A test
//! compares it with the live schemas of both engines.
//!
//! Adding a table: a `static` in the file of its feature, a line in [`INVENTORY`] after every table
//! that it refers to. Adding a column: a line in its table. Never name a column here that holds the
//! text of a prompt or an answer: there is none.

mod accounts;
mod column;
mod export;
mod machinery;
mod platform;
mod privacy;
mod purpose;
mod reports;
mod retention;
mod rights;
mod usage;

pub use column::{Column, Export, Kind};
pub use purpose::{Basis, Purpose};
pub use retention::{Retention, Span};

/// Every table, each after those that it refers to: rows are erased in the opposite order.
pub static INVENTORY: &[&Table] = &[
    &machinery::DATA_KEYS,
    &accounts::USERS,
    &accounts::EMAIL_CHANGES,
    &usage::BUDGETS,
    &privacy::CONSENTS,
    &rights::PROCESSING_LIMITS,
    &accounts::OUTBOX,
    &usage::PROVIDER_KEYS,
    &platform::PLATFORM_KEYS,
    &platform::INTEGRATIONS,
    &reports::SAVED_REPORTS,
    &usage::LLM_CALLS,
    &usage::USAGE_DAYS,
    &usage::BUDGET_ALERTS,
    &usage::RESERVATIONS,
    &accounts::SESSIONS,
    &accounts::TOKENS,
    &accounts::RECOVERY_CODES,
    &privacy::POLICY_ACCEPTANCES,
    &privacy::POLICY_NOTICES,
    &privacy::PRIVACY_REQUESTS,
    &export::EXPORTS,
    &accounts::SECURITY_EVENTS,
    &privacy::POLICY_VERSIONS,
    &privacy::ERASURES,
    &export::SIGNING_KEYS,
    &rights::DISCLOSURES,
    &rights::BREACHES,
    &rights::BREACH_NOTICES,
    &machinery::JOB_HEARTBEATS,
    &machinery::ROOT_SECRET,
    &machinery::ERASURE_LEDGER,
    &machinery::OPEN_ERASURES,
    &machinery::KEYSTORE_COPY,
];

/// One table and what is promised about it.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    pub store: Store,
    /// What its rows are called on a page: `Provider keys`.
    pub title: &'static str,
    /// What a row holds, in plain words; a half sentence that ends without a full stop.
    pub holds: &'static str,
    /// The part of the export that carries it.
    pub section: Section,
    pub owner: Owner,
    /// The column whose id goes into the place of this table's sealed values; none where nothing is sealed.
    pub sealed_row: Option<&'static str>,
    pub purpose: Purpose,
    pub retention: Retention,
    pub erasure: Erasure,
    pub columns: &'static [Column],
}

/// Which database a table stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// Everything but keys.
    Main,
    /// Wrapped keys, apart from the data.
    Keystore,
}

/// Whose rows they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The column that holds the user's id; sealed values open under the user's data key.
    User(&'static str),
    /// Each row has a data key of its own, under the row's id: people without an account write here
    /// too. The column holds the user's id where there is one.
    Request(&'static str),
    /// Nobody's: the server's own.
    Nobody,
}

/// What happens to the rows of an account that is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erasure {
    /// Deleted by owner in the transaction that asks for the erasure: what could still act for the person.
    AtOnce,
    /// Deleted by owner.
    Delete,
    /// The data key of each row is destroyed, then the rows are deleted by owner.
    DeleteByKey,
    /// The row in the keystore is destroyed before anything else: what it sealed opens for nobody.
    DestroyKey,
    /// The row stays and the column that tells whose it was is emptied.
    Unlink,
    /// Stays, because it says nothing about a person; why.
    Keep(&'static str),
}

/// A part of the export and a heading on the page of what is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    Account,
    ProviderKeys,
    Usage,
    Sessions,
    Consents,
    Requests,
    Security,
    Saved,
    /// The server's own tables, which belong to nobody and are in no export.
    System,
}

impl Section {
    /// The parts that belong to a person, in the order of the page and of the export.
    pub const ALL: [Self; 8] = [
        Self::Account,
        Self::ProviderKeys,
        Self::Usage,
        Self::Sessions,
        Self::Consents,
        Self::Requests,
        Self::Security,
        Self::Saved,
    ];

    /// The word in paths of the export, in anchors and schemas.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::ProviderKeys => "provider_keys",
            Self::Usage => "usage",
            Self::Sessions => "sessions",
            Self::Consents => "consents",
            Self::Requests => "requests",
            Self::Security => "security",
            Self::Saved => "saved",
            Self::System => "system",
        }
    }

    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Account => "Account",
            Self::ProviderKeys => "Provider keys",
            Self::Usage => "Usage",
            Self::Sessions => "Sessions and links",
            Self::Consents => "Consents",
            Self::Requests => "Requests",
            Self::Security => "Security log",
            Self::Saved => "Saved content",
            Self::System => "The server's own",
        }
    }

    /// Its tables, in the order of the inventory.
    pub fn tables(self) -> impl Iterator<Item = &'static Table> {
        INVENTORY.iter().copied().filter(move |table| table.section == self)
    }
}

/// The table of that name; names are unique over both databases.
#[must_use]
pub fn table(name: &str) -> Option<&'static Table> {
    INVENTORY.iter().copied().find(|table| table.name == name)
}

/// Every table in the order in which an account's rows can be deleted: a row before what it refers
/// to, the account last, then its data key's row.
pub fn erasure_order() -> impl Iterator<Item = &'static Table> {
    INVENTORY.iter().rev().copied()
}

impl Table {
    /// The column that tells whose a row is.
    #[must_use]
    pub const fn owner_column(&self) -> Option<&'static str> {
        match self.owner {
            Owner::User(column) | Owner::Request(column) => Some(column),
            Owner::Nobody => None,
        }
    }

    #[must_use]
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// What travels in the export, in order.
    pub fn exported(&self) -> impl Iterator<Item = &'static Column> + use<> {
        self.columns
            .iter()
            .filter(|column| !matches!(column.export, Export::Left(_)))
    }

    /// Whether its rows are about people.
    #[must_use]
    pub const fn is_personal(&self) -> bool {
        !matches!(self.owner, Owner::Nobody)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique() {
        let names: BTreeSet<_> = INVENTORY.iter().map(|table| table.name).collect();
        assert_eq!(names.len(), INVENTORY.len());
        for table in INVENTORY {
            let columns: BTreeSet<_> = table.columns.iter().map(|column| column.name).collect();
            assert_eq!(columns.len(), table.columns.len(), "{}", table.name);
        }
    }

    #[test]
    fn every_column_that_a_promise_names_is_there_and_of_the_right_kind() {
        for table in INVENTORY {
            let kind = |column: &str| table.column(column).map(|column| column.kind);
            if let Some(owner) = table.owner_column() {
                assert!(
                    matches!(kind(owner), Some(Kind::Id | Kind::Reference)),
                    "{}.{owner}",
                    table.name
                );
            }
            if let Some(row) = table.sealed_row {
                assert!(
                    matches!(kind(row), Some(Kind::Id | Kind::Reference)),
                    "{}.{row}",
                    table.name
                );
            }
            let retentions = table.columns.iter().filter_map(|column| column.retention);
            for retention in retentions.chain([table.retention]) {
                if let Some(since) = retention.column() {
                    assert_eq!(kind(since), Some(Kind::Time), "{}.{since}", table.name);
                }
            }
        }
    }

    #[test]
    fn what_is_sealed_has_a_row_to_be_sealed_for_and_an_owner() {
        for table in INVENTORY {
            let seals = table.columns.iter().any(|column| column.kind.is_sealed());
            assert_eq!(seals, table.sealed_row.is_some(), "{}", table.name);
            let is_own = matches!(table.erasure, Erasure::Keep(_));
            assert!(!seals || table.is_personal() || is_own, "{}", table.name);
        }
    }

    #[test]
    fn only_what_is_sealed_is_opened_for_the_export_and_keys_never_leave() {
        for table in INVENTORY {
            for column in table.columns {
                match column.export {
                    Export::Opened => assert!(column.kind.is_sealed(), "{}.{}", table.name, column.name),
                    Export::Plain => assert!(
                        !column.kind.is_sealed() && !column.kind.is_secret(),
                        "{}.{}",
                        table.name,
                        column.name
                    ),
                    Export::Left(why) => assert!(!why.is_empty()),
                }
            }
        }
    }

    #[test]
    fn personal_rows_are_erased_and_the_servers_own_are_in_no_section() {
        for table in INVENTORY {
            assert_eq!(
                table.is_personal(),
                !matches!(table.erasure, Erasure::Keep(_)),
                "{}",
                table.name
            );
            assert_eq!(
                table.is_personal(),
                table.purpose != Purpose::Operation,
                "{}",
                table.name
            );
            // The law may forbid telling of a disclosure for a while; what may be told stands in the security log.
            let is_told = table.section != Section::System || table.name == "disclosures";
            assert_eq!(table.is_personal(), is_told, "{}", table.name);
        }
    }

    #[test]
    fn the_account_goes_after_its_rows_and_the_key_after_the_account() {
        let order: Vec<_> = erasure_order().map(|table| table.name).collect();
        let at = |name: &str| order.iter().position(|found| *found == name).unwrap();
        assert!(at("sessions") < at("users") && at("security_events") < at("users"));
        assert!(at("users") < at("data_keys"));
    }
}
