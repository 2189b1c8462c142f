package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Even the owner of the tables cannot change an event by a plain statement. */
class AppendOnlyTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void changesAreRefusedOnTheTableAndOnEachPartition(int partitions) throws SQLException {
        try (FreshDatabase database = FreshDatabase.empty()) {
            SchemaMigrator.of(database.pool()).partitions(partitions).migrate();
            for (int tenant = 0; tenant < 8; tenant++) {
                database.store()
                        .append(
                                TenantId.of("tenant-" + tenant),
                                FreshDatabase.notes(StreamId.of("note", "1"), ExpectedVersion.any(), "a"));
            }
            List<String> tables = new ArrayList<>(List.of("events"));
            for (int i = 0; i < partitions; i++) {
                tables.add("events_" + i);
            }

            for (String table : tables) {
                for (String change : List.of(
                        "UPDATE eventstream.%s SET version = version + 1",
                        "DELETE FROM eventstream.%s", "TRUNCATE eventstream.%s")) {
                    try (var connection = database.connect();
                            Statement statement = connection.createStatement()) {
                        assertThatThrownBy(() -> statement.execute(change.formatted(table)))
                                .as(change.formatted(table))
                                .isInstanceOf(SQLException.class)
                                .hasMessageContaining("is refused: events are never changed or removed");
                    }
                }
            }
            assertThat(database.query("SELECT count(*) FROM eventstream.events"))
                    .containsExactly("8");
        }
    }
}
