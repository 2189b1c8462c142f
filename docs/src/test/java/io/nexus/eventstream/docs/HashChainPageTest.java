package io.nexus.eventstream.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AggregateId;
import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.localpostgres.LocalPostgres;
import io.nexus.eventstream.spi.HashChain;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** The test vectors of the page are what Java and PostgreSQL compute. */
class HashChainPageTest {

    private final List<String> page = Sources.lines(Sources.ROOT.resolve("docs/hash-chain.md"));
    private final StoredEvent first = event(1);
    private final StoredEvent second = event(2);

    @Test
    void javaComputesTheVectors() {
        EventHash link = HashChain.link(EventHash.NONE, first);

        assertThat(page).contains(link.toString());
        assertThat(page).contains(HashChain.link(link, second).toString());
    }

    @Test
    void postgresComputesTheVectors() throws SQLException {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(LocalPostgres.server().newDatabase());
        SchemaMigrator.of(dataSource).migrate();
        try (Connection connection = dataSource.getConnection()) {
            byte[] link = linkOf(connection, EventHash.NONE.bytes(), first);

            assertThat(page).contains(HexFormat.of().formatHex(link));
            assertThat(page).contains(HexFormat.of().formatHex(linkOf(connection, link, second)));
        }
    }

    private static byte[] linkOf(Connection connection, byte[] previous, StoredEvent event) throws SQLException {
        try (PreparedStatement call = connection.prepareStatement(
                "SELECT eventstream.link_v1(?, ?, ?, ?, ?, ?, ?, eventstream.stream_bytes_v1(?, ?, ?), ?, ?, ?)")) {
            call.setBytes(1, previous);
            call.setLong(2, event.position().value());
            call.setLong(3, event.version().value());
            call.setInt(4, event.type().schemaVersion());
            call.setObject(5, OffsetDateTime.ofInstant(event.occurredAt(), ZoneOffset.UTC));
            call.setObject(6, OffsetDateTime.ofInstant(event.recordedAt(), ZoneOffset.UTC));
            call.setObject(7, event.id().value());
            call.setString(8, event.tenant().value());
            call.setString(9, event.stream().category());
            call.setString(10, event.stream().aggregateId().value());
            call.setString(11, event.type().name());
            call.setBytes(12, event.payload());
            call.setBytes(13, event.metadata());
            try (ResultSet row = call.executeQuery()) {
                row.next();
                return row.getBytes(1);
            }
        }
    }

    /** Reads an event from the page's table of fields, column 1 or 2. */
    private StoredEvent event(int column) {
        return new StoredEvent(
                TenantId.of(field("tenant id", column)),
                Position.of(Long.parseLong(field("position", column))),
                new StreamId(field("stream category", column), AggregateId.of(field("aggregate id", column))),
                EventVersion.of(Long.parseLong(field("version", column))),
                EventId.of(field("event id", column)),
                EventType.of(field("event type", column), Integer.parseInt(field("schema version", column))),
                field("payload", column).getBytes(StandardCharsets.UTF_8),
                field("metadata", column).getBytes(StandardCharsets.UTF_8),
                Instant.parse(field("occurred at", column)),
                Instant.parse(field("recorded at", column)),
                EventHash.NONE);
    }

    private String field(String name, int column) {
        return page.stream()
                .filter(line -> line.startsWith("| " + name + " | "))
                .map(line -> line.substring(2, line.length() - 2).split(" \\| ", -1))
                .filter(cells -> cells.length == 3)
                .findFirst()
                .orElseThrow()[column]
                .replace("`", "");
    }
}
