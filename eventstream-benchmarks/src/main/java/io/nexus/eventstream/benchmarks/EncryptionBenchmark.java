package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.PersonalData;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.privacy.EncryptingEventSerializer;
import io.nexus.eventstream.privacy.MasterKey;
import io.nexus.eventstream.privacy.PostgresSubjectKeyStore;
import io.nexus.eventstream.privacy.SubjectKeys;
import io.nexus.eventstream.spi.EventSerializer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Events with two personal fields each, about a hundred persons in turn, appended one by one and read as a stream of 1,000; beside the
 * same events in the same store without encryption. Keys are in a schema of the same server.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class EncryptionBenchmark {

    static final int EVENTS = 1_000;

    private static final int PERSONS = 100;
    private static final TenantId TENANT = TenantId.of("acme");
    private static final StreamId ENCRYPTED = StreamId.of("customers", "encrypted");
    private static final StreamId CLEAR = StreamId.of("customers", "clear");

    private BenchmarkDatabase database;
    private EventStore encrypted;
    private EventStore clear;
    private long next;

    /** An event about a person. */
    record AddressChanged(
            String customer,
            @PersonalData(of = "customer") String name,
            @PersonalData(of = "customer") String address,
            String reason) {

        static AddressChanged number(long number) {
            return new AddressChanged(
                    "c-" + number % PERSONS,
                    "Customer Number " + number,
                    number + " Jalan Ampang, Kuala Lumpur",
                    "moved house, told us by telephone");
        }
    }

    /** Makes a key for each person and writes the streams that are read. */
    @Setup
    public void open() {
        database = new BenchmarkDatabase(4);
        PostgresSubjectKeyStore keyStore = PostgresSubjectKeyStore.of(database.pool());
        keyStore.migrate();
        JsonEventSerializer json = JsonEventSerializer.of(EventTypes.of(AddressChanged.class));
        encrypted = store(
                EncryptingEventSerializer.of(json, SubjectKeys.of(keyStore, MasterKey.of("benchmark", new byte[32]))));
        clear = store(json);
        fill(encrypted, ENCRYPTED);
        fill(clear, CLEAR);
    }

    private EventStore store(EventSerializer serializer) {
        return PostgresEventStore.builder(database.pool(), serializer).build();
    }

    private static void fill(EventStore store, StreamId stream) {
        List<NewEvent> events = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            events.add(NewEvent.of(AddressChanged.number(i)));
        }
        store.append(TENANT, new StreamAppend(stream, ExpectedVersion.noStream(), events));
    }

    /** Drops the database. */
    @TearDown
    public void close() {
        database.close();
    }

    /** Two fields of a person encrypted. */
    @Benchmark
    public AppendResult appendEncrypted() {
        return append(encrypted);
    }

    /** The same event as it is. */
    @Benchmark
    public AppendResult appendClear() {
        return append(clear);
    }

    /** A thousand events with two encrypted fields each. */
    @Benchmark
    public void readEncrypted(Blackhole objects) {
        read(encrypted, ENCRYPTED, objects);
    }

    /** The same events as they are. */
    @Benchmark
    public void readClear(Blackhole objects) {
        read(clear, CLEAR, objects);
    }

    private AppendResult append(EventStore store) {
        AddressChanged event = AddressChanged.number(++next);
        StreamId stream = StreamId.of("customer", event.customer());
        return store.append(TENANT, StreamAppend.of(stream, ExpectedVersion.any(), NewEvent.of(event)));
    }

    private static void read(EventStore store, StreamId stream, Blackhole objects) {
        for (RecordedEvent event : store.walk(TENANT, EventQuery.stream(stream))) {
            objects.consume(event.payload());
        }
    }
}
