package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.debited;
import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.Fold;
import io.nexus.eventstream.NamedFold;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.snapshot.InvalidSnapshotException.Reason;
import io.nexus.eventstream.snapshot.Snapshot;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** Whatever stands in the place of a snapshot: the answer is that of the events, and somebody hears of it. */
class SnapshotTrustTest {

    private static final SnapshotPolicy ON_DEMAND =
            SnapshotPolicy.everyEvents(10).onDemand();
    private static final SecretKey KEY = key("a secret that only the application has");

    private final TalliedStore store = TalliedStore.of(12);
    private final Snapshot good = store.manager(ON_DEMAND).create(ACME, CASH, Tally.FOLD);

    /** An event after the snapshot, so that an answer from the snapshot differs from the snapshot. */
    SnapshotTrustTest() {
        store.append(1);
        store.news.created.clear();
    }

    @Test
    void anyChangedByteOfStateOrChecksumIsFoundReportedAndReplaced() {
        for (int i = 0; i < good.state().length(); i++) {
            foundAndReplaced(changed(good, flipped(good.state(), i), good.checksum()));
        }
        for (int i = 0; i < good.checksum().length(); i++) {
            foundAndReplaced(changed(good, good.state(), flipped(good.checksum(), i)));
        }
        foundAndReplaced(changed(good, good.state() + " ", good.checksum()));
        foundAndReplaced(changed(good, good.state(), ""));
        foundAndReplaced(changed(good, good.state(), good.checksum() + "0"));
    }

    @Test
    void anyChangedBitOfTheHashOrTheTimesIsFoundReportedAndReplaced() {
        for (int bit = 0; bit < EventHash.LENGTH * 8; bit++) {
            byte[] hash = good.eventHash().bytes();
            hash[bit / 8] ^= (byte) (1 << bit % 8);
            foundAndReplaced(changed(good, EventHash.of(hash), good.recordedAt(), good.latestOccurredAt()));
        }
        for (Instant moment : List.of(
                good.recordedAt().plusNanos(1_000), good.recordedAt().minusNanos(1_000), Instant.MIN, Instant.EPOCH)) {
            foundAndReplaced(changed(good, good.eventHash(), moment, good.latestOccurredAt()));
            foundAndReplaced(changed(good, good.eventHash(), good.recordedAt(), moment));
        }
    }

    @Test
    void aSnapshotInAnothersPlaceIsFound() {
        TenantId other = TenantId.of("other");
        StreamId bank = StreamId.of("account", "bank");
        store.whole.append(other, StreamAppend.of(CASH, ExpectedVersion.any(), postings(12)));
        store.whole.append(ACME, StreamAppend.of(bank, ExpectedVersion.any(), postings(12)));
        NamedFold<Tally> renamed =
                Fold.of(Tally.NONE, Samples.AccountEvent.class, Tally::after).named("tallz", 1, Tally.class);

        store.repository.delete(ACME, good.info());

        placed(moved(other, CASH, 12, "tally", 1), other, CASH, Tally.FOLD);
        placed(moved(ACME, bank, 12, "tally", 1), ACME, bank, Tally.FOLD);
        placed(moved(ACME, CASH, 11, "tally", 1), ACME, CASH, Tally.FOLD);
        placed(moved(ACME, CASH, 13, "tally", 1), ACME, CASH, Tally.FOLD);
        placed(moved(ACME, CASH, 12, "tallz", 1), ACME, CASH, renamed);
        placed(moved(ACME, CASH, 12, "tally", 2), ACME, CASH, Tally.NEWER);
    }

    @Test
    void aRewrittenSnapshotWithAChecksumOfItsOwnIsCaughtByTheKey() {
        SnapshotManager sealed = store.manager(ON_DEMAND, builder -> builder.key(KEY));
        store.repository.delete(ACME, good.info());
        Snapshot made = sealed.create(ACME, CASH, Tally.FOLD);
        assertThat(sealed.isValid(made)).isTrue();
        assertThat(store.load(sealed)).isEqualTo(store.expected());
        assertThat(store.news.invalid).isEmpty();
        store.repository.delete(ACME, made.info());

        store.repository.save(rewritten(new SnapshotCodec(null)));
        assertThat(store.load(sealed)).isEqualTo(store.expected());
        assertThat(store.news.onlyReason()).isEqualTo(Reason.CHECKSUM);

        store.news.invalid.clear();
        store.repository.save(rewritten(new SnapshotCodec(key("a guess of somebody who has not got it"))));
        assertThat(store.load(sealed)).isEqualTo(store.expected());
        assertThat(store.news.onlyReason()).isEqualTo(Reason.CHECKSUM);
    }

    @Test
    void aPlainChecksumIsNoLongerAcceptedOnceThereIsAKey() {
        SnapshotManager sealed = store.manager(ON_DEMAND, builder -> builder.key(KEY));

        assertThat(store.load(sealed)).isEqualTo(store.expected());

        assertThat(store.news.faults()).containsExactly("12 CHECKSUM");
    }

    @Test
    void aRewrittenSnapshotIsCaughtByAReplayWithoutAKey() {
        SnapshotManager manager = store.manager(ON_DEMAND);
        store.repository.save(rewritten(new SnapshotCodec(null)));
        assertThat(store.load(manager))
                .as("this is what a replay or a key is for")
                .isNotEqualTo(store.expected());

        assertThat(manager.verify(ACME, CASH, Tally.FOLD))
                .singleElement()
                .satisfies(wrong -> assertThat(wrong.reason()).isEqualTo(Reason.DIFFERENT_STATE));

        assertThat(store.news.onlyReason()).isEqualTo(Reason.DIFFERENT_STATE);
        assertThat(store.stored()).isEmpty();
        assertThat(store.load(manager)).isEqualTo(store.expected());
    }

    @Test
    void aRewrittenTimeOrHashIsCaughtByAReplayToo() {
        SnapshotManager manager = store.manager(ON_DEMAND);
        SnapshotCodec codec = new SnapshotCodec(null);
        Instant earlier = good.recordedAt().minusSeconds(1);

        for (Snapshot forged : List.of(
                changed(good, good.eventHash(), good.recordedAt(), earlier),
                changed(good, good.eventHash(), earlier, good.latestOccurredAt()),
                changed(good, EventHash.NONE, good.recordedAt(), good.latestOccurredAt()))) {
            store.repository.save(signed(codec, forged));
            assertThat(manager.verify(ACME, CASH, Tally.FOLD)).hasSize(1);
            assertThat(store.stored()).isEmpty();
        }
        assertThat(store.news.faults()).containsExactly("12 DIFFERENT_STATE", "12 DIFFERENT_STATE", "12 OTHER_HISTORY");
    }

    @Test
    void aReplayFindsNothingWrongWithWhatWasSaved() {
        SnapshotManager manager = store.manager(ON_DEMAND);
        store.append(5);
        manager.create(ACME, CASH, Tally.FOLD);

        assertThat(manager.verify(ACME, CASH, Tally.FOLD)).isEmpty();
        assertThat(store.stored()).containsExactly(18L, 12L);
    }

    @Test
    void aSnapshotThatIsNewerThanTheLogIsFound() {
        TalliedStore restored = TalliedStore.of(5);
        restored.repository.save(good);

        assertThat(restored.load(restored.manager(ON_DEMAND))).isEqualTo(restored.expected());
        assertThat(restored.news.faults()).containsExactly("12 OTHER_HISTORY");
        assertThat(restored.stored()).isEmpty();

        restored.repository.save(good);
        assertThat(restored.manager(ON_DEMAND).verify(ACME, CASH, Tally.FOLD)).hasSize(1);
    }

    @Test
    void aSnapshotOfALogThatWasSetBackAndWentOnIsFoundAndAnOlderOneServes() {
        TalliedStore restored = TalliedStore.of(4);
        SnapshotManager manager = restored.manager(ON_DEMAND);
        manager.create(ACME, CASH, Tally.FOLD);
        restored.append(20);
        restored.repository.save(good);

        restored.store.eventsRead();
        assertThat(manager.load(ACME, CASH, Tally.FOLD, AsOf.version(EventVersion.of(20)))
                        .state())
                .isEqualTo(restored.expected(20));
        assertThat(restored.news.faults()).containsExactly("12 OTHER_HISTORY");
        assertThat(manager.use().fromSnapshot()).isEqualTo(1);
        assertThat(restored.stored()).containsExactly(4L);
    }

    @Test
    void aStateOfAnotherShapeIsFoundThoughItsChecksumFits() {
        record Total(BigDecimal sum, String currency) {}
        NamedFold<Total> reshaped = Fold.of(
                        new Total(BigDecimal.ZERO, "MYR"),
                        Samples.AccountEvent.class,
                        (total, event) -> new Total(total.sum().add(event.amount()), total.currency()))
                .named("tally", 1, Total.class);
        SnapshotManager manager = SnapshotManager.builder(store.store, store.repository)
                .snapshot("account", reshaped, ON_DEMAND)
                .listener(store.news)
                .build();

        Total total = manager.load(ACME, CASH, reshaped, AsOf.now()).state();

        assertThat(total).isEqualTo(new Total(new BigDecimal("84.50"), "MYR"));
        assertThat(store.news.onlyReason()).isEqualTo(Reason.UNREADABLE);
        assertThat(store.stored()).isEmpty();
    }

    @Test
    void anotherSchemaVersionIsPassedOverAndReplacedByTheFirstOfAHigherOne() {
        SnapshotManager newer = SnapshotManager.builder(store.store, store.repository)
                .snapshot("account", Tally.NEWER, ON_DEMAND)
                .listener(store.news)
                .build();

        assertThat(newer.load(ACME, CASH, Tally.NEWER, AsOf.now()).state().events())
                .isEqualTo(26);
        assertThat(newer.use().fromEvents()).isEqualTo(1);
        assertThat(store.repository.list(ACME, CASH)).containsExactly(good.info());

        newer.create(ACME, CASH, Tally.NEWER);

        assertThat(store.news.faults()).containsExactly("12 OUTDATED");
        assertThat(store.repository.list(ACME, CASH))
                .singleElement()
                .satisfies(each -> assertThat(each.schemaVersion()).isEqualTo(2));
        assertThat(store.load(store.manager(ON_DEMAND)))
                .as("the version before, which still runs")
                .isEqualTo(store.expected());
    }

    @Test
    void olderSnapshotsServeWhereNewerOnesAreBroken() {
        SnapshotManager manager = store.manager(ON_DEMAND);
        for (int i = 0; i < 3; i++) {
            store.append(10);
            manager.create(ACME, CASH, Tally.FOLD);
        }
        store.news.created.forEach(each -> store.repository.save(each.withChecksum("0".repeat(64))));

        assertThat(store.load(manager)).isEqualTo(store.expected());

        assertThat(store.news.faults()).containsExactly("43 CHECKSUM", "33 CHECKSUM", "23 CHECKSUM");
        assertThat(store.stored()).containsExactly(12L);
    }

    @Test
    void whoMayNotDeleteStillAnswersRight() {
        BrokenRepository readOnly = new BrokenRepository(store.repository);
        readOnly.readOnly = true;
        store.repository.save(good.withChecksum("0".repeat(64)));
        SnapshotManager manager = SnapshotManager.builder(store.store, readOnly)
                .snapshot("account", Tally.FOLD, ON_DEMAND)
                .listener(store.news)
                .build();

        assertThat(store.load(manager)).isEqualTo(store.expected());

        assertThat(store.news.onlyReason()).isEqualTo(Reason.CHECKSUM);
        assertThat(store.news.failures).hasSize(1);
    }

    @Test
    void aRepositoryThatFailsHarmsNeitherLoadNorAppend() {
        for (RuntimeException failure :
                List.of(new StorageException("broken", new Exception()), new IllegalStateException("foreign"))) {
            store.news.failures.clear();
            BrokenRepository broken = new BrokenRepository(store.repository);
            broken.brokenFor = CASH;
            broken.failure = failure;
            for (UnaryOperator<SnapshotPolicy> made :
                    List.<UnaryOperator<SnapshotPolicy>>of(SnapshotPolicy::onLoad, SnapshotPolicy::afterAppend)) {
                EventStreamManager ledger = store.ledger(SnapshotManager.builder(store.store, broken)
                        .snapshot("account", Tally.FOLD, made.apply(SnapshotPolicy.everyEvents(1)))
                        .listener(store.news)
                        .build());

                store.append(ledger, 1);

                assertThat(ledger.state(CASH, Tally.FOLD)).isEqualTo(store.expected());
            }
            assertThat(store.news.failures)
                    .isNotEmpty()
                    .allSatisfy(each -> assertThat(each).isSameAs(failure));
        }
    }

    /** Saves what was changed, and has a state loaded whose reading makes a new snapshot. */
    private void foundAndReplaced(Snapshot changed) {
        store.news.invalid.clear();
        store.repository.save(changed);
        SnapshotManager manager = store.manager(SnapshotPolicy.everyEvents(1));

        assertThat(store.load(manager)).as("%s", changed).isEqualTo(store.expected());

        assertThat(store.news.onlyReason()).as("%s", changed).isEqualTo(Reason.CHECKSUM);
        assertThat(store.stored()).as("%s", changed).containsExactly(13L);
        assertThat(manager.isValid(
                        store.repository.latest(ACME, CASH, "tally", 1).orElseThrow()))
                .isTrue();
        store.repository.delete(ACME, store.repository.list(ACME, CASH).get(0));
    }

    private void placed(Snapshot moved, TenantId tenant, StreamId stream, NamedFold<Tally> fold) {
        store.news.invalid.clear();
        store.repository.save(moved);
        SnapshotManager manager = SnapshotManager.builder(store.store, store.repository)
                .snapshot("account", fold, ON_DEMAND)
                .listener(store.news)
                .build();
        Tally plain = EventStreamManager.builder()
                .store(store.whole)
                .tenant(tenant)
                .build()
                .state(stream, fold);

        assertThat(manager.load(tenant, stream, fold, AsOf.now()).state())
                .as("%s", moved)
                .isEqualTo(plain);

        assertThat(store.news.invalid).as("%s", moved).singleElement().satisfies(each -> {
            assertThat(each.tenant()).isEqualTo(tenant);
            assertThat(each.snapshot()).isEqualTo(moved.info());
            assertThat(each.reason()).isEqualTo(Reason.CHECKSUM);
        });
    }

    private Snapshot moved(TenantId tenant, StreamId stream, long version, String fold, int schemaVersion) {
        return new Snapshot(
                tenant,
                stream,
                EventVersion.of(version),
                fold,
                schemaVersion,
                good.eventHash(),
                good.recordedAt(),
                good.latestOccurredAt(),
                good.state(),
                good.checksum(),
                good.createdAt());
    }

    private Snapshot rewritten(SnapshotCodec codec) {
        return signed(codec, changed(good, good.state().replace("\"events\":12", "\"events\":99"), ""));
    }

    /** Returns a snapshot with the checksum that somebody who knows the layout would compute. */
    private Snapshot signed(SnapshotCodec codec, Snapshot snapshot) {
        return snapshot.withChecksum(codec.checksum(snapshot));
    }

    private static Snapshot changed(Snapshot of, String state, String checksum) {
        return new Snapshot(
                of.tenant(),
                of.stream(),
                of.version(),
                of.foldName(),
                of.schemaVersion(),
                of.eventHash(),
                of.recordedAt(),
                of.latestOccurredAt(),
                state,
                checksum,
                of.createdAt());
    }

    private static Snapshot changed(Snapshot of, EventHash hash, Instant recorded, Instant occurred) {
        return new Snapshot(
                of.tenant(),
                of.stream(),
                of.version(),
                of.foldName(),
                of.schemaVersion(),
                hash,
                recorded,
                occurred,
                of.state(),
                of.checksum(),
                of.createdAt());
    }

    private static String flipped(String text, int index) {
        StringBuilder changed = new StringBuilder(text);
        changed.setCharAt(index, (char) (text.charAt(index) ^ 1));
        return changed.toString();
    }

    private static NewEvent[] postings(int count) {
        List<NewEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(NewEvent.of(debited(i + ".25")));
        }
        return events.toArray(new NewEvent[0]);
    }

    private static SecretKey key(String secret) {
        return new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    }
}
