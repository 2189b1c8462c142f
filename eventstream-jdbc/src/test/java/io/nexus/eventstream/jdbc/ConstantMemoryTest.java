package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.proof.LogExport;
import io.nexus.eventstream.core.proof.LogVerifier;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Reading, verifying and exporting a log of any length takes the memory of a page. {@code -Pfaults} takes a million events. */
class ConstantMemoryTest {

    /** More than the reader's memory holds, each event having half a kilobyte. */
    private static final int EVENTS = Integer.getInteger("eventstream.test.events", 150_000);

    @Test
    void aLogThatDoesNotFitIntoMemoryIsReadToItsEnd() throws IOException, InterruptedException {
        try (FreshDatabase database = FreshDatabase.migrated()) {
            database.store().ensureTenant(TenantId.of("acme"));
            database.execute("""
                    DO $do$
                    DECLARE
                        v_link    bytea := decode(repeat('00', 32), 'hex');
                        v_id      uuid;
                        v_payload text;
                        v_moment  timestamptz;
                    BEGIN
                        FOR n IN 1 .. %d LOOP
                            v_id := gen_random_uuid();
                            v_payload := '{"text":"' || repeat(md5(n::text), 12) || '"}';
                            v_moment := timestamptz '2026-01-01 00:00Z' + n * interval '1 microsecond';
                            v_link := eventstream.link_v1(
                                v_link, n, n, 1, v_moment, v_moment, v_id,
                                eventstream.stream_bytes_v1('acme', 'note', '1'), 'noted',
                                convert_to(v_payload, 'UTF8'), '{}');
                            INSERT INTO eventstream.events (
                                position, version, occurred_at, recorded_at, schema_version, event_id, tenant_id,
                                stream_category, stream_id, event_type, hash, payload, metadata)
                            VALUES (
                                n, n, v_moment, v_moment, 1, v_id, 'acme', 'note', '1', 'noted', v_link,
                                v_payload::json, '{}');
                        END LOOP;
                    END
                    $do$
                    """.formatted(EVENTS));

            Process reader = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx64m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            ConstantMemoryTest.class.getName(),
                            database.url())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                String read = new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

                assertThat(read.strip()).isEqualTo("%1$d %2$d %1$d %1$d".formatted(EVENTS, EVENTS * 384L));
                assertThat(reader.waitFor(1, TimeUnit.MINUTES)).isTrue();
            } finally {
                reader.destroyForcibly();
            }
        }
    }

    /** Reads and decodes the whole log, verifies it and exports it, and prints how many events and characters it had. */
    public static void main(String... arguments) {
        long events = 0;
        long characters = 0;
        long verified;
        long exported;
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(arguments[0]);
            PostgresEventStore store = PostgresEventStore.create(pool, FreshDatabase.TYPES);
            for (RecordedEvent event : store.walk(TenantId.of("acme"), EventQuery.log())) {
                events++;
                characters += ((FreshDatabase.Noted) event.payload()).text().length();
            }
            verified = LogVerifier.of(store).verify(TenantId.of("acme")).events();
            exported = LogExport.of(store).write(TenantId.of("acme"), OutputStream.nullOutputStream());
        }
        System.out.println(events + " " + characters + " " + verified + " " + exported);
    }
}
