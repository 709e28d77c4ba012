//! What stands on the databases: keys, jobs, and requests while a database is in trouble.

mod faults;
mod jobs;
mod keys;
