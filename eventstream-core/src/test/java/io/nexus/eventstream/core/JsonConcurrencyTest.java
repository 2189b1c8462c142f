package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.stored;
import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.spi.DecodedEvent;
import io.nexus.eventstream.spi.EncodedEvent;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class JsonConcurrencyTest {

    private static final int THREADS = 8;
    private static final EventType OLD = EventType.of("booked", 1);
    private static final EventType PRESENT = EventType.of("booked", 2);

    record Booked(String account, BigDecimal amount, String currency) {}

    private final JsonEventSerializer serializer = JsonEventSerializer.builder(
                    EventTypes.of().with(PRESENT, Booked.class))
            .upcasters(Upcaster.of(OLD, PRESENT, payload -> payload.put("currency", "MYR")))
            .build();

    @Test
    void eightThreadsShareASerializer() throws Exception {
        inParallel(thread -> {
            for (int i = 0; i < 2_000; i++) {
                Booked booked = new Booked("a" + thread, new BigDecimal(thread + "." + i + "0"), "MYR");
                EncodedEvent encoded = serializer.encode(
                        ACME,
                        CASH,
                        NewEvent.of(booked).withMetadata(EventMetadata.none().withUserId("u" + i)));
                String json = new String(encoded.payload(), StandardCharsets.UTF_8);
                String metadata = new String(encoded.metadata(), StandardCharsets.UTF_8);

                DecodedEvent present =
                        serializer.decode(stored(PRESENT, json, metadata)).get(0);
                DecodedEvent old =
                        serializer.decode(stored(OLD, json, metadata)).get(0);
                assertThat(present.payload()).isEqualTo(booked);
                assertThat(old.payload()).isEqualTo(booked);
                assertThat(old.json()).isEqualTo(json);
                assertThat(present.metadata().userId()).contains("u" + i);
                assertThat(old.metadata()).isEqualTo(present.metadata());
            }
        });
    }

    @Test
    void eightThreadsShareADecodedEvent() throws Exception {
        String json = "{\"account\":\"1000\",\"amount\":0.10,\"password\":\"x\"}";
        for (EventType type : List.of(OLD, PRESENT)) {
            DecodedEvent event = serializer
                    .decode(stored(type, json, "{\"userId\":\"u-17\"}"))
                    .get(0);
            String currency = type.equals(OLD) ? "MYR" : null;
            inParallel(thread -> {
                for (int i = 0; i < 500; i++) {
                    assertThat(((Booked) event.payload()).amount()).isEqualTo(new BigDecimal("0.10"));
                    assertThat(((Booked) event.payload()).currency()).isEqualTo(currency);
                    assertThat(event.maskedJson()).contains("\"password\":\"***\"");
                    assertThat(event.json()).contains("\"password\":\"x\"");
                    assertThat(event.metadata().userId()).contains("u-17");
                }
            });
        }
    }

    /** What each of the threads does; it is given its number. */
    private interface Work {

        void of(int thread);
    }

    private static void inParallel(Work work) throws Exception {
        CountDownLatch together = new CountDownLatch(THREADS);
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<Void>> tasks = IntStream.range(0, THREADS)
                    .<Callable<Void>>mapToObj(thread -> () -> {
                        together.countDown();
                        together.await();
                        work.of(thread);
                        return null;
                    })
                    .toList();
            for (Future<Void> done : pool.invokeAll(tasks)) {
                done.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }
}
