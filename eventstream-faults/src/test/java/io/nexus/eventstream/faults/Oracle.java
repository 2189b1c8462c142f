package io.nexus.eventstream.faults;

import io.nexus.eventstream.faults.Book.Entry;
import io.nexus.eventstream.faults.Book.Fact;
import io.nexus.eventstream.faults.Book.Place;
import io.nexus.eventstream.faults.Book.Told;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Compares the tables with a book. It reads them by SQL of its own and computes hashes from what docs/hash-chain.md says, and
 * shares no line with the library: what that gets wrong in writing and again in reading shows here.
 *
 * <p>Positions 1, 2, 3 … and versions 1, 2, 3 … without gaps; moments that grow from append to append, and are one inside of
 * an append; appends whole, and in one piece; every acknowledged event once, where the caller was told; nothing that was
 * refused, nothing that was never sent, nothing twice; an unbroken chain.
 */
final class Oracle {

    private static final long POSTGRES_EPOCH_MICROS = 946_684_800_000_000L;
    private static final int MOST_FINDINGS = 20;

    private static final String LOG = """
            SELECT tenant_id, position, version, schema_version, event_id, stream_category, stream_id, event_type,
                payload::text AS payload, metadata::text AS metadata, hash,
                (extract(epoch FROM occurred_at) * 1000000)::bigint AS occurred,
                (extract(epoch FROM recorded_at) * 1000000)::bigint AS recorded
            FROM eventstream.events
            ORDER BY tenant_id, position
            """;

    private final List<String> findings = new ArrayList<>();
    private final Map<UUID, Entry> known = new HashMap<>();
    private final Map<UUID, String> texts = new HashMap<>();
    private final Map<UUID, Row> rows = new HashMap<>();
    private final Map<String, Long> heads = new HashMap<>();
    private final Map<String, Long> versions = new HashMap<>();
    private long checked;

    private Oracle() {}

    /** Checks a log that must hold all that the book says. */
    static long check(String url, Book book) {
        return check(url, book, book);
    }

    /**
     * Checks a log that must hold what one book says and may hold what another says.
     *
     * @return how many facts were checked
     */
    static long check(String url, Book required, Book allowed) {
        Oracle oracle = new Oracle();
        for (Book book : List.of(required, allowed)) {
            for (Entry entry : book.entries()) {
                for (Fact fact : entry.facts) {
                    oracle.known.put(fact.id(), entry);
                    oracle.texts.put(fact.id(), fact.text());
                }
            }
        }
        oracle.readLog(url);
        required.entries().forEach(oracle::compare);
        Book others = allowed == required ? new Book() : allowed;
        others.entries().stream()
                .filter(entry -> oracle.rows.containsKey(entry.facts.get(0).id()))
                .forEach(oracle::compare);
        if (!oracle.findings.isEmpty()) {
            throw new AssertionError(
                    "the log is not what callers were told:\n  " + String.join("\n  ", oracle.findings));
        }
        return oracle.checked;
    }

    /** Returns the largest position of a tenant. */
    static Map<String, Long> heads(String url) {
        Oracle oracle = new Oracle();
        oracle.readLog(url);
        return oracle.heads;
    }

    private void readLog(String url) {
        try (Connection connection = DriverManager.getConnection(url)) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(1_000);
                try (ResultSet row = statement.executeQuery(LOG)) {
                    Row before = null;
                    while (row.next()) {
                        before = read(row, before);
                    }
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Row read(ResultSet columns, Row last) throws SQLException {
        Row row = new Row(
                columns.getString("tenant_id"),
                columns.getLong("position"),
                columns.getLong("version"),
                columns.getObject("event_id", UUID.class),
                columns.getString("stream_id"),
                columns.getLong("recorded"),
                HexFormat.of().formatHex(columns.getBytes("hash")));
        Row before = last != null && last.tenant.equals(row.tenant) ? last : null;
        String link = link(columns, row, before == null ? "00".repeat(32) : before.hash);
        expect(row.hash.equals(link), row, "the chain is broken");
        expect(row.position == (before == null ? 1 : before.position + 1), row, "positions have a gap");
        long version = versions.merge(row.tenant + "/" + row.stream, 1L, Long::sum);
        expect(row.version == version, row, "versions have a gap: " + row.version + " in place of " + version);
        if (before != null) {
            boolean sameAppend = known.containsKey(row.id) && known.get(row.id) == known.get(before.id);
            expect(
                    sameAppend ? row.recorded == before.recorded : row.recorded > before.recorded,
                    row,
                    "recorded_at does not grow from append to append");
        }
        expect(rows.put(row.id, row) == null, row, "the event is there twice");
        if (!known.isEmpty()) {
            expect(known.containsKey(row.id), row, "nobody has sent this event");
            String text = texts.getOrDefault(row.id, "");
            expect(columns.getString("payload").contains('"' + text + '"'), row, "the payload is another");
        }
        heads.put(row.tenant, row.position);
        return row;
    }

    private void compare(Entry entry) {
        Set<Boolean> there = new HashSet<>();
        entry.facts.forEach(fact -> there.add(rows.containsKey(fact.id())));
        String what = entry.tenant + " " + entry.facts.get(0).id();
        expect(there.size() == 1, what, "an append is there by half");
        Row first = rows.get(entry.facts.get(0).id());
        expect(entry.told != Told.REFUSED || first == null, what, "it was refused and is there");
        expect(
                !entry.alreadyRecorded || entry.wasInDoubt || !entry.wasRefused,
                what,
                "it was told that nothing was written, and then that it was recorded already");
        if (entry.told != Told.ACKNOWLEDGED) {
            return;
        }
        for (int i = 0; i < entry.facts.size(); i++) {
            Place place = entry.places.get(i);
            Row row = rows.get(place.id());
            if (row == null) {
                expect(false, what, "it was acknowledged and is lost: position " + place.position());
                continue;
            }
            expect(row.position == place.position(), row, "the caller was told position " + place.position());
            expect(row.version == place.version(), row, "the caller was told version " + place.version());
            expect(row.stream.equals(entry.facts.get(i).stream()), row, "it stands in another stream");
            expect(row.id.equals(entry.facts.get(i).id()), row, "it stands in another order");
            expect(first != null && row.position == first.position + i, row, "its append is torn");
            expect(
                    row.recorded == ChronoUnit.MICROS.between(Instant.EPOCH, entry.recordedAt),
                    row,
                    "the caller was told another moment");
        }
    }

    private void expect(boolean holds, Row row, String finding) {
        checked++;
        if (!holds && findings.size() < MOST_FINDINGS) {
            findings.add("%s position %d version %d of %s, %s: %s"
                    .formatted(row.tenant, row.position, row.version, row.stream, row.id, finding));
        }
    }

    private void expect(boolean holds, String what, String finding) {
        checked++;
        if (!holds && findings.size() < MOST_FINDINGS) {
            findings.add(what + ": " + finding);
        }
    }

    private static String link(ResultSet columns, Row row, String before) throws SQLException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update("eventstream.event.v1".getBytes(StandardCharsets.US_ASCII));
            digest.update(HexFormat.of().parseHex(before));
            digest.update(ByteBuffer.allocate(52)
                    .putLong(row.position)
                    .putLong(row.version)
                    .putInt(columns.getInt("schema_version"))
                    .putLong(columns.getLong("occurred") - POSTGRES_EPOCH_MICROS)
                    .putLong(row.recorded - POSTGRES_EPOCH_MICROS)
                    .putLong(row.id.getMostSignificantBits())
                    .putLong(row.id.getLeastSignificantBits())
                    .array());
            for (String text : new String[] {
                row.tenant,
                columns.getString("stream_category"),
                row.stream,
                columns.getString("event_type"),
                columns.getString("payload"),
                columns.getString("metadata")
            }) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                digest.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
                digest.update(bytes);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private record Row(
            String tenant, long position, long version, UUID id, String stream, long recorded, String hash) {}
}
