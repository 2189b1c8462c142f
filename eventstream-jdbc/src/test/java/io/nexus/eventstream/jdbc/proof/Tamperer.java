package io.nexus.eventstream.jdbc.proof;

import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.jdbc.FreshDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A superuser who changes a log behind the library's back: the triggers do not fire for him. */
final class Tamperer {

    private static final Map<String, String> TRIGGERS = Map.of(
            "events_append_only", "eventstream.events",
            "events_no_truncate", "eventstream.events",
            "seals_append_only", "eventstream.seals",
            "seals_no_truncate", "eventstream.seals");

    private static final AtomicInteger TENANTS = new AtomicInteger();

    private final FreshDatabase database;
    final TenantId tenant = TenantId.of("tenant-" + TENANTS.incrementAndGet());

    Tamperer(FreshDatabase database) {
        this.database = database;
    }

    /** Appends nine events in eight appends to three streams; positions 6 and 7 are of one append. */
    static void fill(EventStore store, TenantId tenant) {
        List<String> streams = List.of("cash", "bank", "cash", "debt", "cash", "bank", "debt", "cash");
        for (int i = 0; i < streams.size(); i++) {
            String[] texts = i == 5 ? new String[] {"6", "7"} : new String[] {"note " + i};
            store.append(
                    tenant, FreshDatabase.notes(StreamId.of("note", streams.get(i)), ExpectedVersion.any(), texts));
        }
    }

    /** Does what SQL can do, with the triggers out of the way; {@code $t} stands for the tenant as a literal. */
    void does(String... statements) {
        List<String> all = new ArrayList<>(List.of("BEGIN"));
        TRIGGERS.forEach((trigger, table) -> all.add("ALTER TABLE %s DISABLE TRIGGER %s".formatted(table, trigger)));
        for (String statement : statements) {
            all.add(filledIn(statement));
        }
        TRIGGERS.forEach(
                (trigger, table) -> all.add("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s".formatted(table, trigger)));
        all.add("COMMIT");
        database.execute(all.toArray(String[]::new));
    }

    List<String> sees(String query) {
        return database.query(filledIn(query));
    }

    /** Puts a NULL where the event at a position has something. */
    void empties(String column, long position) {
        does(
                "ALTER TABLE eventstream.events ALTER %s DROP NOT NULL".formatted(column),
                "UPDATE eventstream.events SET %s = NULL WHERE tenant_id = $t AND position = %d"
                        .formatted(column, position));
    }

    /** Gives the event at one position another one, and whoever stands there that of the first. */
    void swaps(long one, long other) {
        does(
                "UPDATE eventstream.events SET position = -1 WHERE tenant_id = $t AND position = " + one,
                "UPDATE eventstream.events SET position = %d WHERE tenant_id = $t AND position = %d"
                        .formatted(one, other),
                "UPDATE eventstream.events SET position = %d WHERE tenant_id = $t AND position = -1".formatted(other));
    }

    /** Moves all events from a position on by so many positions. */
    void shifts(long from, long by) {
        does(
                "UPDATE eventstream.events SET position = -position WHERE tenant_id = $t AND position >= " + from,
                "UPDATE eventstream.events SET position = %d - position WHERE tenant_id = $t AND position < 0"
                        .formatted(by));
    }

    /** Computes every link from a position on anew, as the library does. */
    void relinks(long from) {
        does("""
                DO $do$
                DECLARE
                    v_link  bytea := decode(repeat('00', 32), 'hex');
                    v_event record;
                BEGIN
                    SELECT e.hash INTO v_link FROM eventstream.events e WHERE e.tenant_id = $t AND e.position = %1$d - 1;
                    v_link := coalesce(v_link, decode(repeat('00', 32), 'hex'));
                    FOR v_event IN
                        SELECT * FROM eventstream.events e
                        WHERE e.tenant_id = $t AND e.position >= %1$d ORDER BY e.position
                    LOOP
                        v_link := eventstream.link_v1(
                            v_link, v_event.position, v_event.version, v_event.schema_version, v_event.occurred_at,
                            v_event.recorded_at, v_event.event_id,
                            eventstream.stream_bytes_v1(v_event.tenant_id, v_event.stream_category, v_event.stream_id),
                            v_event.event_type, convert_to(v_event.payload::text, 'UTF8'),
                            convert_to(v_event.metadata::text, 'UTF8'));
                        UPDATE eventstream.events e SET hash = v_link
                        WHERE e.tenant_id = $t AND e.position = v_event.position;
                    END LOOP;
                END
                $do$
                """.formatted(from));
    }

    private String filledIn(String sql) {
        return sql.replace("$t", "'" + tenant + "'");
    }
}
