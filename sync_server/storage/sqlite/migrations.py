"""The schema of the database, as numbered steps.

Never edit a released step. Add one, and name it in `schema.STEPS`.
"""

from __future__ import annotations

import uuid

from sqlite_utils import Database, Migrations

MIGRATIONS = Migrations("limner")

_FIRST = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE COLLATE NOCASE,
    name TEXT NOT NULL,
    role TEXT CHECK (role IN ('admin', 'reviewer', 'annotator')),
    password TEXT NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE sessions (
    hash BLOB PRIMARY KEY,
    person TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_by_person ON sessions (person);

CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    person TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX api_keys_by_person ON api_keys (person);

CREATE TABLE memberships (
    project TEXT NOT NULL,
    person TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('admin', 'reviewer', 'annotator')),
    PRIMARY KEY (project, person)
) WITHOUT ROWID;
CREATE INDEX memberships_by_person ON memberships (person);

-- One row a record. The columns before `fields` repeat what questions about quality ask for, so that
-- nobody has to read shapes to answer them. `owner` is the person whose assignment the record belongs to.
CREATE TABLE records (
    table_name TEXT NOT NULL,
    id TEXT NOT NULL,
    scope TEXT NOT NULL,
    seq INTEGER NOT NULL,
    owner TEXT,
    project TEXT,
    asset INTEGER,
    assignment TEXT,
    annotation TEXT,
    person TEXT,
    class_id TEXT,
    status TEXT,
    score REAL,
    active_ms INTEGER,
    idle_ms INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    fields TEXT NOT NULL
);
CREATE UNIQUE INDEX records_by_id ON records (id, table_name);
CREATE INDEX records_by_scope ON records (scope, seq);
CREATE INDEX records_by_owner ON records (owner, scope, seq) WHERE owner IS NOT NULL;
CREATE INDEX records_by_asset ON records (project, asset, table_name) WHERE asset IS NOT NULL;
CREATE INDEX records_by_time_spent ON records (person, created_at) WHERE active_ms IS NOT NULL;
CREATE INDEX records_by_status ON records (project, status) WHERE status IS NOT NULL;

-- Every op ever accepted, in order; never changed. `seq` is the clock of the whole database.
CREATE TABLE ops (
    seq INTEGER PRIMARY KEY,
    op_id TEXT NOT NULL UNIQUE,
    scope TEXT NOT NULL,
    table_name TEXT NOT NULL,
    record TEXT NOT NULL,
    person TEXT NOT NULL,
    client_id TEXT NOT NULL,
    made_at INTEGER,
    received_at INTEGER NOT NULL,
    status TEXT,
    before TEXT,
    fields TEXT NOT NULL
);
CREATE INDEX ops_by_record ON ops (record, seq);
CREATE INDEX ops_by_person ON ops (person, received_at);
CREATE INDEX ops_by_status ON ops (scope, received_at) WHERE status IS NOT NULL;

CREATE TABLE assets (
    dataset TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    name TEXT NOT NULL,
    folder TEXT NOT NULL,
    url TEXT NOT NULL,
    frame INTEGER,
    PRIMARY KEY (dataset, ordinal)
) WITHOUT ROWID;
"""


@MIGRATIONS()
def m001_first(db: Database) -> None:
    """Create every table of the first version."""
    for statement in _FIRST.split(";\n"):
        if statement.strip():
            db.execute(statement)
    # Tells one database from another, so that no cursor outlives a replaced file.
    db.execute("INSERT INTO meta VALUES ('database', ?)", [uuid.uuid4().hex])
