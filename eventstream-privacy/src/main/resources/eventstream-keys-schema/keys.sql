-- Wrapped keys of persons, and in which streams each was used. Run by PostgresSubjectKeyStore.migrate, or by hand; can be repeated.
CREATE SCHEMA IF NOT EXISTS ${schema};

CREATE TABLE IF NOT EXISTS ${schema}.subject_keys (
    tenant_id  text        COLLATE "C" NOT NULL,
    key_id     uuid        NOT NULL,
    subject    text        COLLATE "C" NOT NULL,
    master_key text        COLLATE "C",
    wrapped    bytea,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    erased_at  timestamptz,
    reason     text,
    finished   boolean     NOT NULL DEFAULT false,
    retired    boolean     NOT NULL DEFAULT false,
    CONSTRAINT subject_keys_pkey PRIMARY KEY (tenant_id, key_id),
    CONSTRAINT subject_keys_wrapped_check CHECK ((wrapped IS NULL) = (master_key IS NULL)),
    CONSTRAINT subject_keys_erased_check CHECK ((erased_at IS NULL) = (wrapped IS NOT NULL)),
    CONSTRAINT subject_keys_reason_check CHECK ((erased_at IS NULL) = (reason IS NULL))
);

COMMENT ON TABLE ${schema}.subject_keys IS 'A key for each person, wrapped by a master key; a tombstone once it was destroyed';

-- A person has one key at a time, and none again once it was destroyed until somebody admits them.
CREATE UNIQUE INDEX IF NOT EXISTS subject_keys_current_idx ON ${schema}.subject_keys (tenant_id, subject) WHERE NOT retired;

CREATE INDEX IF NOT EXISTS subject_keys_unfinished_idx ON ${schema}.subject_keys (tenant_id, key_id)
    WHERE erased_at IS NOT NULL AND NOT finished;

CREATE INDEX IF NOT EXISTS subject_keys_master_idx ON ${schema}.subject_keys (master_key, tenant_id, key_id)
    WHERE wrapped IS NOT NULL;

CREATE TABLE IF NOT EXISTS ${schema}.subject_streams (
    tenant_id       text COLLATE "C" NOT NULL,
    key_id          uuid NOT NULL,
    stream_category text COLLATE "C" NOT NULL,
    stream_id       text COLLATE "C" NOT NULL,
    CONSTRAINT subject_streams_pkey PRIMARY KEY (tenant_id, key_id, stream_category, stream_id)
);

CREATE INDEX IF NOT EXISTS subject_streams_stream_idx ON ${schema}.subject_streams
    (tenant_id, stream_category, stream_id, key_id);

CREATE TABLE IF NOT EXISTS ${schema}.subject_hiding (
    fingerprint text    COLLATE "C" NOT NULL,
    only_row    boolean NOT NULL DEFAULT true,
    CONSTRAINT subject_hiding_pkey PRIMARY KEY (only_row),
    CONSTRAINT subject_hiding_only_row_check CHECK (only_row)
);

COMMENT ON TABLE ${schema}.subject_hiding IS 'What tells whether the ids of persons are hidden, and by the same key as before';

COMMENT ON TABLE ${schema}.subject_streams IS 'Which streams hold, or were about to hold, data under a key';
