//! What stands on the databases: keys, jobs, other servers, and requests while a database is in trouble.

mod faults;
mod jobs;
mod keys;
mod servers;
