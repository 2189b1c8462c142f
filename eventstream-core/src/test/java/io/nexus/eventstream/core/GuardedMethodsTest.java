package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACCOUNT_EVENTS;
import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.BALANCE;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.MOMENT;
import static io.nexus.eventstream.core.Samples.debited;
import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AppendedEvent;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.Fold;
import io.nexus.eventstream.NamedFold;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.AccessDeniedException;
import io.nexus.eventstream.access.AccessPolicy;
import io.nexus.eventstream.access.Actor;
import io.nexus.eventstream.access.ActorContext;
import io.nexus.eventstream.access.AuditEntry;
import io.nexus.eventstream.access.AuditEntry.Outcome;
import io.nexus.eventstream.core.access.AccessGuard;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.core.proof.Ed25519Signer;
import io.nexus.eventstream.core.proof.LogExport;
import io.nexus.eventstream.core.proof.LogImport;
import io.nexus.eventstream.core.proof.LogVerifier;
import io.nexus.eventstream.core.proof.Seals;
import io.nexus.eventstream.projection.EventListener;
import io.nexus.eventstream.projection.Overflow;
import io.nexus.eventstream.projection.Projections;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.projection.RebuildOptions;
import io.nexus.eventstream.proof.Seal;
import io.nexus.eventstream.proof.SealKeys;
import io.nexus.eventstream.snapshot.Snapshot;
import io.nexus.eventstream.snapshot.SnapshotInfo;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import io.nexus.eventstream.spi.ProjectingEventStore;
import io.nexus.eventstream.spi.ProofStorage;
import io.nexus.eventstream.spi.ProvingEventStore;
import io.nexus.eventstream.spi.SealSigner;
import io.nexus.eventstream.spi.SnapshottingEventStore;
import io.nexus.eventstream.spi.StatisticsStorage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every public method of every guarded part is found by reflection and called: none is left open, today and tomorrow. */
class GuardedMethodsTest {

    /** What asks nobody, and why. */
    private static final Map<String, String> OPEN = Map.ofEntries(
            Map.entry("Projections.wake", "a hint after a commit; it tells nothing and changes nothing"),
            Map.entry("StreamReader.masks", "says of the store that it is guarded, and of nothing in it"),
            Map.entry("Snapshots.appended", "a hint after an append, which was asked for"),
            Map.entry("Snapshots.repository", "returns a guarded repository, which is tried itself"),
            Map.entry("ProvingEventStore.proofs", "returns guarded proofs, which are tried themselves"),
            Map.entry("LogImport.keys", "returns an import, which is tried itself"),
            Map.entry("LogImport.listener", "returns an import, which is tried itself"),
            Map.entry("SnapshottingEventStore.snapshots", "returns a guarded repository, which is tried itself"),
            Map.entry("SnapshottingEventStore.statistics", "returns guarded statistics, which are tried themselves"),
            Map.entry("EventStreamManager.store", "returns a guarded store, which is tried itself"),
            Map.entry("EventStreamManager.snapshots", "returns guarded snapshots, which are tried themselves"),
            Map.entry("EventStreamManager.projections", "returns guarded projections, which are tried themselves"),
            Map.entry("EventStreamManager.with", "returns a guarded manager, which is tried itself"),
            Map.entry("EventStreamManager.withSnapshots", "returns a guarded manager, which is tried itself"),
            Map.entry("EventStreamManager.withProjections", "returns a guarded manager, which is tried itself"),
            Map.entry("EventStreamManager.guard", "returns the guard"),
            Map.entry("EventStreamManager.tenant", "says whose call it is, which the caller's own context says"));

    private final InMemoryEventStore plain = InMemoryEventStore.create(ACCOUNT_EVENTS);
    private final AppendResult appended =
            plain.append(ACME, StreamAppend.of(CASH, ExpectedVersion.noStream(), NewEvent.of(debited("1"))));
    private final ProjectionEngine engine =
            ProjectionEngine.builder(plain).projector(new Balances()).build();
    private final SnapshotManager snapshots =
            SnapshotManager.builder(plain).snapshot("account", Tally.FOLD).build();
    private final Snapshot snapshot = snapshots.create(ACME, CASH, Tally.FOLD);
    private final KeyPair pair = pair();
    private final SealSigner signer = Ed25519Signer.of("k1", pair.getPrivate());
    private final SealKeys keys = SealKeys.of("k1", pair.getPublic());
    private final Seal seal = Seals.of(plain, signer, keys).seal(ACME).orElseThrow();
    private final byte[] export = export();
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    private final List<AuditEntry> audit = new ArrayList<>();

    @AfterEach
    void close() {
        scheduler.shutdownNow();
        engine.close();
    }

    enum Part {
        STORE(EventStore.class),
        PROJECTING_STORE(ProjectingEventStore.class),
        SNAPSHOTTING_STORE(SnapshottingEventStore.class),
        STATISTICS(StatisticsStorage.class),
        PROVING_STORE(ProvingEventStore.class),
        PROOFS(ProofStorage.class),
        VERIFIER(LogVerifier.class),
        SEALS(Seals.class),
        EXPORT(LogExport.class),
        IMPORT(LogImport.class),
        PROJECTIONS(Projections.class),
        SNAPSHOTS(Snapshots.class),
        REPOSITORY(SnapshotRepository.class),
        MANAGER(EventStreamManager.class),
        MANAGER_WITH_ANOTHER_STORE(EventStreamManager.class),
        STORE_OF_MANAGER(EventStore.class),
        SNAPSHOTS_OF_MANAGER(Snapshots.class),
        PROJECTIONS_OF_MANAGER(Projections.class);

        private final Class<?> type;

        Part(Class<?> type) {
            this.type = type;
        }

        Stream<Method> methods() {
            return Arrays.stream(type.getMethods())
                    .filter(method -> method.getDeclaringClass() != Object.class)
                    .filter(method -> !Modifier.isStatic(method.getModifiers()) && !method.isBridge());
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyMethodRefusesWhoMayDoNothing(Part part) {
        Object guarded = guarded(part, request -> Optional.of("nobody may do anything"));
        List<String> open = new ArrayList<>();
        part.methods().filter(method -> !isOpen(method)).forEach(method -> {
            int entries = audit.size();
            Throwable thrown = thrown(guarded, method);
            boolean refused = thrown instanceof AccessDeniedException;
            boolean recorded =
                    audit.size() > entries && audit.get(audit.size() - 1).outcome() == Outcome.DENIED;
            if (!refused || !recorded) {
                open.add("%s: %s, recorded %s".formatted(method, thrown, recorded));
            }
        });

        assertThat(open).isEmpty();
        assertThat(audit).extracting(AuditEntry::outcome).containsOnly(Outcome.DENIED);
        assertThat(plain.head(ACME).orElseThrow().position().value()).isEqualTo(1);
        assertThat(plain.snapshots().list(ACME, CASH)).hasSize(1);
        assertThat(plain.proofs().newestSeal(ACME)).contains(seal);
    }

    /** The calls that are refused above are ones that would be answered. */
    @ParameterizedTest
    @EnumSource
    void everyMethodAnswersWhoMayDoEverything(Part part) {
        Object guarded = guarded(part, AccessPolicy.allowAll());

        assertThat(part.methods().filter(method -> !isOpen(method)))
                .isNotEmpty()
                .allSatisfy(method -> assertThat(thrown(guarded, method))
                        .as(method.toString())
                        .isNotInstanceOfAny(
                                AccessDeniedException.class, ClassCastException.class, NullPointerException.class));
    }

    @Test
    void whatIsOpenIsThere() {
        List<String> names = Arrays.stream(Part.values())
                .flatMap(Part::methods)
                .map(GuardedMethodsTest::name)
                .toList();

        assertThat(names).containsAll(OPEN.keySet());
    }

    private static boolean isOpen(Method method) {
        return OPEN.containsKey(name(method));
    }

    private static String name(Method method) {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName();
    }

    private Object guarded(Part part, AccessPolicy policy) {
        AccessGuard guard = AccessGuard.builder(ActorContext.fixed(Actor.of("u-17", "clerk")))
                .policy(policy)
                .audit(audit::add)
                .build();
        EventStreamManager manager = EventStreamManager.builder()
                .store(plain)
                .tenant(ACME)
                .guard(guard)
                .build()
                .withSnapshots(snapshots)
                .withProjections(engine);
        return switch (part) {
            case STORE, PROJECTING_STORE, SNAPSHOTTING_STORE, PROVING_STORE -> guard.store(plain);
            case PROOFS -> ((ProvingEventStore) manager.store()).proofs();
            case VERIFIER ->
                LogVerifier.builder((ProvingEventStore) manager.store())
                        .keys(keys)
                        .build();
            case SEALS -> Seals.of((ProvingEventStore) manager.store(), signer, keys);
            case EXPORT -> LogExport.of((ProvingEventStore) manager.store());
            case IMPORT -> LogImport.of((ProvingEventStore) manager.store());
            case STATISTICS -> ((SnapshottingEventStore) guard.store(plain)).statistics();
            case PROJECTIONS -> guard.projections(engine);
            case SNAPSHOTS -> guard.snapshots(snapshots);
            case REPOSITORY -> ((SnapshottingEventStore) guard.store(plain)).snapshots();
            case MANAGER -> manager;
            case MANAGER_WITH_ANOTHER_STORE -> manager.with(plain).withProjections(engine);
            case STORE_OF_MANAGER -> manager.with(plain).store();
            case SNAPSHOTS_OF_MANAGER -> manager.snapshots();
            case PROJECTIONS_OF_MANAGER -> manager.projections();
        };
    }

    /** Returns what a call threw, or a word if it answered. */
    private Throwable thrown(Object guarded, Method method) {
        try {
            method.setAccessible(true);
            Object answer = method.invoke(guarded, arguments(method));
            if (answer instanceof AutoCloseable handle) {
                handle.close();
            }
            return new IllegalStateException("it answered");
        } catch (InvocationTargetException e) {
            return Objects.requireNonNull(e.getCause());
        } catch (Exception e) {
            throw new AssertionError(method + " could not be called: give its parameters in this test", e);
        }
    }

    private Object[] arguments(Method method) {
        EventId id =
                appended.events().stream().map(AppendedEvent::id).findFirst().orElseThrow();
        StreamAppend append = StreamAppend.of(CASH, ExpectedVersion.any(), NewEvent.of(debited("2")));
        Function<Object, List<Object>> nothing = state -> List.of();
        Supplier<List<TenantId>> tenants = List::of;
        Consumer<Object> listener = any -> {};
        EventListener events = event -> {};
        Map<Class<?>, Object> samples = new HashMap<>(Map.ofEntries(
                Map.entry(TenantId.class, ACME),
                Map.entry(StreamId.class, CASH),
                Map.entry(EventQuery.class, EventQuery.stream(CASH)),
                Map.entry(StreamAppend.class, append),
                Map.entry(List.class, List.of(append)),
                Map.entry(EventId.class, id),
                Map.entry(Instant.class, MOMENT),
                Map.entry(Projector.class, new Balances()),
                Map.entry(AppendResult.class, appended),
                Map.entry(Duration.class, Duration.ofMillis(1)),
                Map.entry(AsOf.class, AsOf.now()),
                Map.entry(Function.class, nothing),
                Map.entry(NamedFold.class, Tally.FOLD),
                Map.entry(Fold.class, BALANCE),
                Map.entry(Snapshot.class, snapshot),
                Map.entry(SnapshotInfo.class, snapshot.info()),
                Map.entry(ExpectedVersion.class, ExpectedVersion.any()),
                Map.entry(Object[].class, new Object[] {debited("3")}),
                Map.entry(CommandOptions.class, CommandOptions.defaults()),
                Map.entry(RebuildOptions.class, RebuildOptions.defaults()),
                Map.entry(EventListener.class, events),
                Map.entry(Overflow.class, Overflow.SKIP_OLDEST),
                Map.entry(ScheduledExecutorService.class, scheduler),
                Map.entry(Supplier.class, tenants),
                Map.entry(Consumer.class, listener),
                Map.entry(Position.class, Position.of(1)),
                Map.entry(Collection.class, List.of(seal)),
                Map.entry(Seal.class, seal),
                Map.entry(OutputStream.class, OutputStream.nullOutputStream()),
                Map.entry(InputStream.class, new ByteArrayInputStream(export)),
                Map.entry(String.class, "balances"),
                Map.entry(int.class, 1),
                Map.entry(long.class, 1L)));
        return Arrays.stream(method.getParameterTypes())
                .map(type -> {
                    Object sample = samples.get(type);
                    if (sample == null) {
                        throw new AssertionError("this test has no %s for %s".formatted(type, method));
                    }
                    return sample;
                })
                .toArray();
    }

    private byte[] export() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LogExport.of(plain).write(ACME, out);
        return out.toByteArray();
    }

    private static KeyPair pair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
