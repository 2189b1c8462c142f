package io.nexus.eventstream.privacy;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.Fold;
import io.nexus.eventstream.NamedFold;
import io.nexus.eventstream.core.InMemoryEventStore;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.core.SnapshotManager;
import io.nexus.eventstream.privacy.CustomerEvent.Renamed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** Knows a person, forgets them, and shows its memory before and after. */
final class RememberingProcess {

    /** The file with the person's key, which is random. */
    static final String KEY = "key";

    private static final InMemorySubjectKeyStore KEYS;
    private static final InMemoryEventStore STORE;
    private static final EncryptingEventSerializer SERIALIZER;
    private static final SnapshotManager SNAPSHOTS;

    static {
        KEYS = new InMemorySubjectKeyStore();
        SERIALIZER = EncryptingEventSerializer.of(
                JsonEventSerializer.of(CustomerEvent.TYPES), SubjectKeys.of(KEYS, Shop.MASTER));
        STORE = InMemoryEventStore.builder(SERIALIZER).build();
        SNAPSHOTS =
                SnapshotManager.builder(STORE).snapshot("customer", Name.fold()).build();
    }

    private RememberingProcess() {}

    record Name(String name) {
        static NamedFold<Name> fold() {
            return Fold.of(new Name(""), CustomerEvent.class, (state, event) -> new Name(((Renamed) event).name()))
                    .named("name", 1, Name.class);
        }
    }

    /** Returns a text that is written down nowhere. */
    static String marker() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 24; i++) {
            text.append((char) ('A' + (i * i + 7 * i) % 26));
        }
        return text.toString();
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        // The buffers in which JSON was made, and the cipher with the last key, belong to the thread and go with it.
        run(RememberingProcess::work);
        run(() -> writeKey(folder.resolve(KEY)));
        dump(folder.resolve("before.hprof"));
        run(() -> DataSubjects.of(STORE, SERIALIZER, SNAPSHOTS).erase(Shop.ACME, "c-1", "asked"));
        dump(folder.resolve("after.hprof"));
    }

    private static void work() {
        Shop.append(STORE, Shop.ACME, Shop.customer("c-1"), new Renamed("c-1", marker()));
        STORE.walk(Shop.ACME, EventQuery.log())
                .forEach(event -> require(event.payload().toString()));
        require(SNAPSHOTS
                .load(Shop.ACME, Shop.customer("c-1"), Name.fold(), AsOf.now())
                .state()
                .name());
        SNAPSHOTS.create(Shop.ACME, Shop.customer("c-1"), Name.fold());
    }

    private static void writeKey(Path file) {
        StoredKey key = KEYS.current(Shop.ACME, "c-1").orElseThrow();
        try {
            Files.write(
                    file,
                    Shop.MASTER.unwrap(
                            key.wrapped().orElseThrow().bytes(),
                            SubjectKeys.context(key.tenant(), key.id(), key.subject())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void require(String text) {
        if (!text.contains(marker())) {
            throw new IllegalStateException("it is not there");
        }
    }

    private static void run(Runnable work) throws InterruptedException {
        Thread thread = new Thread(work);
        thread.start();
        thread.join();
    }

    private static void dump(Path file) throws IOException {
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(file.toString(), true);
    }
}
