-- A migration waits for other transactions for a bounded time only.
SET LOCAL lock_timeout = '10s';

-- The log. Columns stand by size, fixed ones first, which saves the padding between them.
CREATE TABLE ${schema}.events (
    position        bigint      NOT NULL,
    version         bigint      NOT NULL,
    occurred_at     timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL,
    schema_version  integer     NOT NULL,
    event_id        uuid        NOT NULL,
    tenant_id       text        COLLATE "C" NOT NULL,
    stream_category text        COLLATE "C" NOT NULL,
    stream_id       text        COLLATE "C" NOT NULL,
    event_type      text        COLLATE "C" NOT NULL,
    hash            bytea       NOT NULL,
    payload         json        NOT NULL,
    metadata        json        NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (tenant_id, position),
    CONSTRAINT events_stream_key UNIQUE (tenant_id, stream_category, stream_id, version),
    CONSTRAINT events_event_id_key UNIQUE (tenant_id, event_id)
) ${partition_clause};

-- Reading by type. There is none on recorded_at: positions are gapless and recorded_at grows with them, so a binary
-- search over the primary key finds a moment.
CREATE INDEX events_type_idx ON ${schema}.events (tenant_id, event_type, position);

-- An insert-only table is vacuumed for its visibility map and its freezing, and analysed for its statistics. The defaults,
-- a fifth and a tenth of the table, would come ever more rarely as the log grows.
DO $$
DECLARE
    v_partitions integer := ${partitions};
    v_settings   text := '(autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 100000,'
                      || ' autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 500)';
BEGIN
    IF v_partitions = 0 THEN
        EXECUTE 'ALTER TABLE ${schema}.events SET ' || v_settings;
    END IF;
    FOR i IN 0 .. v_partitions - 1 LOOP
        EXECUTE format(
            'CREATE TABLE ${schema}.events_%s PARTITION OF ${schema}.events FOR VALUES WITH (MODULUS %s, REMAINDER %s)',
            i, v_partitions, i);
        EXECUTE format('ALTER TABLE ${schema}.events_%s SET ', i) || v_settings;
    END LOOP;
END
$$;

-- The second wall, behind the privileges: the table is append-only even for those who may write to it. Row triggers are
-- inherited by partitions; TRUNCATE has only statement triggers, which are not, so every partition gets its own.
CREATE FUNCTION ${schema}.refuse_change() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: events are never changed or removed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'object_not_in_prerequisite_state';
END
$$;

REVOKE ALL ON FUNCTION ${schema}.refuse_change() FROM PUBLIC;

CREATE TRIGGER events_append_only
    BEFORE UPDATE OR DELETE ON ${schema}.events
    FOR EACH ROW EXECUTE FUNCTION ${schema}.refuse_change();

DO $$
DECLARE
    v_table regclass;
BEGIN
    FOR v_table IN
        SELECT t.relid FROM pg_partition_tree('${schema}.events') t
        UNION
        SELECT '${schema}.events'::regclass
    LOOP
        EXECUTE format(
            'CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON %s'
            || ' FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.refuse_change()', v_table);
    END LOOP;
END
$$;
