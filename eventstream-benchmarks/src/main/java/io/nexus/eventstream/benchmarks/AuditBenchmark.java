package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.Actor;
import io.nexus.eventstream.access.ActorContext;
import io.nexus.eventstream.access.SinkFailure;
import io.nexus.eventstream.benchmarks.BenchmarkDatabase.AccountDebited;
import io.nexus.eventstream.core.access.AccessGuard;
import io.nexus.eventstream.core.access.RolePolicy;
import io.nexus.eventstream.jdbc.PostgresAuditSink;
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

/**
 * What a guard costs: an append of one event and a read of a stream of 100, by one thread, with a policy alone and with an audit in
 * the same database, beside the same calls of the plain store.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class AuditBenchmark {

    static final int EVENTS = 100;

    private static final TenantId TENANT = TenantId.of("acme");
    private static final StreamId READ = StreamId.of("account", "read");

    private BenchmarkDatabase database;
    private EventStore plain;
    private EventStore guarded;
    private EventStore audited;
    private EventStore auditedHastily;
    private EventStore auditedGoingOn;
    private long next;

    /** Makes one stream of 100 events. */
    @Setup
    public void open() {
        database = new BenchmarkDatabase(4);
        plain = database.store();
        List<NewEvent> events = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            events.add(NewEvent.of(AccountDebited.number(i)));
        }
        plain.append(TENANT, new StreamAppend(READ, ExpectedVersion.noStream(), events));
        PostgresAuditSink sink = PostgresAuditSink.of(database.pool());
        guarded = guard().build().store(plain);
        audited = guard().audit(sink).build().store(plain);
        auditedHastily = guard().audit(sink.synchronousCommit(false)).build().store(plain);
        auditedGoingOn = guard().audit(sink, SinkFailure.GO_ON).build().store(plain);
    }

    private static AccessGuard.Builder guard() {
        return AccessGuard.builder(ActorContext.fixed(Actor.of("u-17", "clerk")))
                .policy(RolePolicy.builder()
                        .role("clerk", "append:account", "read_payload:account")
                        .build());
    }

    /** Drops the database. */
    @TearDown
    public void close() {
        database.close();
    }

    /** The plain store. */
    @Benchmark
    public AppendResult append() {
        return append(plain);
    }

    /** A policy, no audit. */
    @Benchmark
    public AppendResult appendGuarded() {
        return append(guarded);
    }

    /** Announced before and told after, each on the disk. */
    @Benchmark
    public AppendResult appendAudited() {
        return append(audited);
    }

    /** Announced before and told after; the append's own commit brings the announcement to the disk. */
    @Benchmark
    public AppendResult appendAuditedHastily() {
        return append(auditedHastily);
    }

    /** Told after, on the disk. */
    @Benchmark
    public AppendResult appendAuditedGoingOn() {
        return append(auditedGoingOn);
    }

    /** The plain store. */
    @Benchmark
    public EventPage read() {
        return read(plain);
    }

    /** A policy, no audit. */
    @Benchmark
    public EventPage readGuarded() {
        return read(guarded);
    }

    /** Told before it is handed out, on the disk. */
    @Benchmark
    public EventPage readAudited() {
        return read(audited);
    }

    /** Told before it is handed out. */
    @Benchmark
    public EventPage readAuditedHastily() {
        return read(auditedHastily);
    }

    private AppendResult append(EventStore store) {
        StreamId account = StreamId.of("account", Long.toString(++next));
        return store.append(
                TENANT, StreamAppend.of(account, ExpectedVersion.noStream(), NewEvent.of(AccountDebited.number(next))));
    }

    private static EventPage read(EventStore store) {
        EventPage page = store.read(TENANT, EventQuery.stream(READ).pageSize(EVENTS));
        if (page.events().size() != EVENTS) {
            throw new IllegalStateException(
                    "%d events were read of %d".formatted(page.events().size(), EVENTS));
        }
        return page;
    }
}
