package io.nexus.eventstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.f4b6a3.ulid.Ulid;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventIdTest {

    private static final String ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    private static final String UUID_OF_IT = "01563e3a-b5d3-d676-4c61-efb99302bd5b";

    @Test
    void ulidAndUuidAreTwoSpellingsOfOneId() {
        assertThat(EventId.of(ULID)).isEqualTo(EventId.of(UUID_OF_IT)).hasSameHashCodeAs(EventId.of(UUID_OF_IT));
        assertThat(EventId.of(ULID).value()).isEqualTo(UUID.fromString(UUID_OF_IT));
        assertThat(EventId.of(UUID_OF_IT)).hasToString(ULID);
    }

    @ParameterizedTest
    @CsvSource({
        "01arz3ndektsv4rrffq69g5fav, 01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "OiArz3ndektsv4rrffq69g5fav, 01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "0LARZ3NDEKTSV4RRFFQ69G5FAV, 01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "01563E3A-B5D3-D676-4C61-EFB99302BD5B, 01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "00000000000000000000000000, 00000000000000000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff, 7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
    })
    void spellingsThatCrockfordAllowsAreRead(String text, String ulid) {
        assertThat(EventId.of(text)).hasToString(ulid);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "JE-1",
                "01ARZ3NDEKTSV4RRFFQ69G5FA",
                "01ARZ3NDEKTSV4RRFFQ69G5FAVX",
                "01ARZ3NDEKTSV4RRFFQ69G5FAU",
                "80000000000000000000000000",
                "-1ARZ3NDEKTSV4RRFFQ69G5FAV",
                "01ARZ3NDEKTSV4RRFFQ69G5FA\u0131",
                "01ARZ3NDEKTSV4RRFFQ69G5FA\uFF11",
                "{01563e3a-b5d3-d676-4c61-efb99302bd5b}",
            })
    void textThatIsNeitherIsRefused(String text) {
        assertRefused(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "123456789-123-1234-1234-123456789012",
                "+0000000-0000-0001-0000-000000000001",
                "1-1-1-1-0000000000000000000000000001",
                "00000000-0000-0001-0000-0000000000-1",
                "zzzzzzzz-0000-0001-0000-000000000001",
                "000000000000000000000000000000000000",
            })
    void textThatJavaWouldBendIntoAUuidIsRefused(String text) {
        assertRefused(text);
    }

    @ParameterizedTest
    @CsvSource({
        "journal/JE-1/line/2, 0QPQNJTGC6HC6XCAXXMWD3FY5N",
        "ñ🏦, 3QYVFMSQDR6W7ADGSD5TH5GSJV",
        "'', 73P324567W3GA9NYZMS2CPZE94",
    })
    void aNameGivesTheFirstHalfOfItsSha256OnEveryMachine(String name, String ulid) {
        assertThat(EventId.fromName(name)).hasToString(ulid);
    }

    @ParameterizedTest
    @ValueSource(strings = {"JE-1\uD83C", "JE-1\uDFE6", "JE-1\uDFE6\uD83C"})
    void aNameWithHalfACharacterIsRefusedBecauseOthersWouldGiveTheSameId(String name) {
        assertThatThrownBy(() -> EventId.fromName(name.substring(4) + "JE-1"))
                .hasMessage("event name must not contain half of a surrogate pair (not a character), found at index 0");
        assertThatThrownBy(() -> EventId.fromName(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("event name must not contain half of a surrogate pair (not a character), found at index 4");
    }

    @Test
    void aNameMayUseNulToKeepItsPartsApart() {
        assertThat(EventId.fromName("JE-1\0002")).isNotEqualTo(EventId.fromName("JE-12"));
    }

    @Test
    void idsAreOrderedAsTheirTextIs() {
        long seed = 20260331;
        Random random = new Random(seed);
        List<EventId> ids = new ArrayList<>(IntStream.range(0, 2_000)
                .mapToObj(i -> new EventId(new UUID(random.nextLong(), random.nextLong())))
                .toList());
        // Ids that agree in their first half and differ in the sign of a half are where a signed comparison goes wrong.
        ids.add(new EventId(new UUID(1, Long.MIN_VALUE)));
        ids.add(new EventId(new UUID(1, Long.MAX_VALUE)));
        ids.add(new EventId(new UUID(Long.MIN_VALUE, 1)));
        ids.add(new EventId(new UUID(Long.MAX_VALUE, 1)));

        List<String> byId = ids.stream().sorted().map(EventId::toString).toList();

        assertThat(byId).as("seed %d", seed).isSorted();
        assertThat(EventId.of(ULID)).isEqualByComparingTo(EventId.of(UUID_OF_IT));
    }

    @Test
    void newIdsGrowWithinAMillisecondToo() {
        List<EventId> ids = Stream.generate(EventId::generate).limit(10_000).toList();

        assertThat(ids).isSorted().doesNotHaveDuplicates();
        long milliseconds = ids.stream().mapToLong(EventIdTest::time).distinct().count();
        assertThat(milliseconds).as("some ids share a millisecond").isLessThan(10_000);
    }

    @Test
    void aNewIdCarriesThePresentMillisecond() {
        long before = System.currentTimeMillis();
        long time = time(EventId.generate());

        assertThat(time).isBetween(before, System.currentTimeMillis());
    }

    @Test
    void sixteenThreadsNeverMakeTheSameIdAndEachSeesItsOwnGrow() throws Exception {
        int threads = 16;
        EventId earlier = EventId.generate();
        CountDownLatch together = new CountDownLatch(threads);
        Callable<List<EventId>> maker = () -> {
            together.countDown();
            together.await();
            return Stream.generate(EventId::generate).limit(5_000).toList();
        };
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<List<EventId>>> made = IntStream.range(0, threads)
                    .mapToObj(i -> pool.submit(maker))
                    .toList();
            Set<EventId> all = new HashSet<>();
            for (Future<List<EventId>> each : made) {
                assertThat(each.get()).isSorted();
                all.addAll(each.get());
            }
            assertThat(all).hasSize(threads * 5_000).allMatch(id -> id.compareTo(earlier) > 0);
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    @SuppressWarnings("NullAway")
    void nothingIsNoId() {
        assertThatThrownBy(() -> new EventId(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("event id");
        assertThatThrownBy(() -> EventId.of(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("event id");
        assertThatThrownBy(() -> EventId.fromName(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("event name");
    }

    private static long time(EventId id) {
        return Ulid.from(id.value()).getTime();
    }

    private static void assertRefused(String text) {
        assertThatThrownBy(() -> EventId.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "\"%s\" is not an event id: expected a ULID of 26 characters or a UUID of 36".formatted(text));
    }
}
