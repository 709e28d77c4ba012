-- Root secret and the users' data keys, each wrapped by the master ring. Never in the main database.
CREATE TABLE root_secret (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    kid TEXT NOT NULL,
    wrapped BLOB NOT NULL
);
CREATE TABLE data_keys (
    owner BLOB PRIMARY KEY NOT NULL,
    kid TEXT NOT NULL,
    wrapped BLOB NOT NULL
);
CREATE INDEX data_keys_kid ON data_keys (kid);
