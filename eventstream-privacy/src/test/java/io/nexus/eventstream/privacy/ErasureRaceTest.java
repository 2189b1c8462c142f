package io.nexus.eventstream.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.SubjectErasedException;
import io.nexus.eventstream.privacy.CustomerEvent.Renamed;
import io.nexus.eventstream.spi.ProjectingEventStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Appends about a person who is being erased are before it, and erased with the rest, or are refused. */
class ErasureRaceTest {

    private static final int WRITERS = 6;
    private static final int MOST = 1_000_000;

    @Test
    void nobodyReadsWhatWasAppendedAroundAnErasureAndNobodyAppendsAfterIt() throws Exception {
        try (Shop shop = new Shop()) {
            List<ProjectingEventStore> nodes = List.of(shop.store, shop.storeOf(shop.otherNode()));
            CountDownLatch underWay = new CountDownLatch(WRITERS * 3);
            ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
            List<Callable<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                ProjectingEventStore node = nodes.get(i % nodes.size());
                writers.add(() -> appended(node, underWay));
            }
            List<Future<Integer>> running = new ArrayList<>();
            writers.forEach(writer -> running.add(threads.submit(writer)));
            underWay.await();

            ErasureReport report = shop.subjects.erase(Shop.ACME, "ann", "asked");
            int appended = 0;
            for (Future<Integer> each : running) {
                appended += each.get();
            }
            threads.shutdown();

            // The other node looks a person up again after a second, so its writers end, too.
            assertThat(report.streams()).isEqualTo(1);
            List<Object> payloads = Shop.payloads(shop.store, Shop.ACME, Shop.customer("ann"));
            assertThat(payloads).hasSize(appended).containsOnly(new Renamed("ann", "[erased]"));
            ErasureReport second = shop.subjects.erase(Shop.ACME, "ann", "asked");
            assertThat(shop.subjects.erase(Shop.ACME, "ann", "asked")).isEqualTo(second);
            assertThat(Shop.chainHolds(shop.store, Shop.ACME)).isTrue();
        }
    }

    /** Appends until it is refused; returns how many were accepted. */
    private static int appended(ProjectingEventStore store, CountDownLatch underWay) {
        for (int i = 0; i < MOST; i++) {
            try {
                Shop.append(store, Shop.ACME, Shop.customer("ann"), new Renamed("ann", "Ann"));
                underWay.countDown();
            } catch (SubjectErasedException e) {
                return i;
            }
        }
        throw new IllegalStateException("it is never refused");
    }
}
