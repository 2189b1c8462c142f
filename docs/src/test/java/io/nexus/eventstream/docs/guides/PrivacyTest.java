package io.nexus.eventstream.docs.guides;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.PersonalData;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.SubjectErased;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.privacy.DataSubjects;
import io.nexus.eventstream.privacy.EncryptingEventSerializer;
import io.nexus.eventstream.privacy.ErasureReport;
import io.nexus.eventstream.privacy.MaskingEventStore;
import io.nexus.eventstream.privacy.MasterKey;
import io.nexus.eventstream.privacy.PostgresSubjectKeyStore;
import io.nexus.eventstream.privacy.SubjectKeys;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.Projector;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class PrivacyTest {

    private static final TenantId ACME = TenantId.of("acme");

    private final StreamId ann = StreamId.of("customer", "c-42");
    private final Set<String> roles = Set.of();

    record CustomerRegistered(
            String customerId,
            @PersonalData(of = "customerId") String name,

            @PersonalData(of = "customerId", erased = "\"0001-01-01\"")
            LocalDate birth,

            @PersonalData(of = "customerId") Optional<String> phone,
            String tier) {}

    @Test
    void aPersonIsEncryptedShownToSomeExportedAndErased() {
        DataSource dataSource = GettingStartedTest.freshDatabase();
        DataSource keysDataSource = GettingStartedTest.freshDatabase();
        byte[] masterKeyBytes = new byte[32];
        SchemaMigrator.of(dataSource).migrate();

        PostgresSubjectKeyStore keyStore = PostgresSubjectKeyStore.of(keysDataSource);
        keyStore.migrate();
        SubjectKeys keys = SubjectKeys.of(keyStore, MasterKey.of("2026", masterKeyBytes));
        EncryptingEventSerializer serializer =
                EncryptingEventSerializer.of(JsonEventSerializer.of(EventTypes.of(CustomerRegistered.class)), keys);
        EventStore store = PostgresEventStore.builder(dataSource, serializer).build();

        store.append(
                ACME,
                new StreamAppend(
                        ann,
                        ExpectedVersion.noStream(),
                        List.of(NewEvent.of(new CustomerRegistered(
                                "c-42", "Ann", LocalDate.of(1980, 5, 17), Optional.empty(), "gold")))));
        assertThat(first(store).stored().payloadJson()).doesNotContain("Ann");
        assertThat(payload(store).name()).isEqualTo("Ann");

        EventStore masked = MaskingEventStore.of(store, serializer, tenant -> roles.contains("privacy-officer"));

        assertThat(payload(masked).name()).isEqualTo("***");
        try (ProjectionEngine engine =
                ProjectionEngine.builder(store).projector(new Customers()).build()) {
            engine.run();

            DataSubjects subjects = DataSubjects.of(store, serializer);
            ErasureReport report = subjects.erase(ACME, "c-42", "request of 3 May, ticket 1117");

            assertThat(report.streams()).isEqualTo(1);
            engine.run();
            assertThat(engine.status(ACME, "customers").get(0).failure()).isEmpty();

            List<String> lines = new ArrayList<>();
            long events = subjects.export(ACME, "c-42", lines::add);

            assertThat(events).isEqualTo(1);
            assertThat(lines.get(0)).contains("[erased]");
        }
        assertThat(payload(store))
                .isEqualTo(new CustomerRegistered("c-42", "[erased]", LocalDate.of(1, 1, 1), Optional.empty(), "gold"));

        EncryptingEventSerializer all = EncryptingEventSerializer.builder(
                        JsonEventSerializer.of(EventTypes.of(CustomerRegistered.class)), keys)
                .personalMetadata()
                .encryptPayloads(true)
                .build();

        assertThat(all.decode(first(store).stored()).get(0).payload()).isEqualTo(payload(store));
    }

    private static RecordedEvent first(EventStore store) {
        return store.walk(ACME, EventQuery.log()).iterator().next();
    }

    private static CustomerRegistered payload(EventStore store) {
        return (CustomerRegistered) first(store).payload();
    }

    private static final class Customers implements Projector {

        @Override
        public String name() {
            return "customers";
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public Set<String> eventTypes() {
            return Set.of("customer-registered");
        }

        @Override
        public void project(RecordedEvent event, ProjectionContext context) {
            execute(
                    context,
                    "INSERT INTO %s VALUES (?, ?)",
                    context.tenant().value(),
                    event.stream().aggregateId().value());
        }

        @Override
        public void onErasure(SubjectErased erased, ProjectionContext context) {
            execute(
                    context,
                    "DELETE FROM %s WHERE tenant_id = ? AND customer = ?",
                    context.tenant().value(),
                    erased.subject());
        }

        @Override
        public void prepare(ProjectionContext context) {
            execute(context, "CREATE TABLE IF NOT EXISTS %s (tenant_id text, customer text)");
        }

        @Override
        public void reset(ProjectionContext context) {
            execute(
                    context,
                    "DELETE FROM %s WHERE tenant_id = ?",
                    context.tenant().value());
        }

        private static void execute(ProjectionContext context, String sql, String... values) {
            String table = context.table("customers_v1");
            try (PreparedStatement statement =
                    context.resource(Connection.class).prepareStatement(sql.formatted(table))) {
                for (int i = 0; i < values.length; i++) {
                    statement.setString(i + 1, values[i]);
                }
                statement.execute();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
