package io.nexus.eventstream;

import static io.nexus.eventstream.Samples.ACME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.Samples.Read;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PageWalkTest {

    private final ScriptedReader reader = new ScriptedReader();

    @Test
    void thePagesOfAQueryAreWalkedOverInOrder() {
        reader.page(1, 2).page(3).lastPage(4);

        assertThat(reader.walk(ACME, EventQuery.log()))
                .extracting(RecordedEvent::position)
                .containsExactly(Position.of(1), Position.of(2), Position.of(3), Position.of(4));
        assertThat(reader.asked)
                .containsExactly(
                        "log, in pages of 1000",
                        "log, after position 2, in pages of 1000",
                        "log, after position 3, in pages of 1000");
    }

    @Test
    void nothingIsReadUntilItIsNeeded() {
        reader.page(1, 2).lastPage(3);
        Iterator<RecordedEvent> walk = reader.walk(ACME, EventQuery.log()).iterator();
        assertThat(reader.asked).isEmpty();

        assertThat(walk.next().position()).isEqualTo(Position.of(1));
        assertThat(walk.hasNext()).isTrue();
        assertThat(walk.next().position()).isEqualTo(Position.of(2));
        assertThat(reader.asked).hasSize(1);

        assertThat(walk.hasNext()).isTrue();
        assertThat(reader.asked).hasSize(2);
    }

    @Test
    void emptyPagesInTheMiddleAreNotTheEnd() {
        reader.page().page(1).page().lastPage(2);

        assertThat(reader.walk(ACME, EventQuery.log())).hasSize(2);
    }

    @Test
    void aWalkEndsWhereThePagesEnd() {
        reader.lastPage(1);
        Iterator<RecordedEvent> walk = reader.walk(ACME, EventQuery.log()).iterator();
        walk.next();

        assertThat(walk.hasNext()).isFalse();
        assertThatThrownBy(walk::next)
                .isInstanceOf(NoSuchElementException.class)
                .hasMessage("no more events");
        assertThat(reader.asked).hasSize(1);
    }

    @Test
    void thePageSizeOfTheQueryIsKept() {
        reader.lastPage();

        assertThat(reader.walk(ACME, EventQuery.log().pageSize(7))).isEmpty();
        assertThat(reader.asked).containsExactly("log, in pages of 7");
    }

    @Test
    void everyIteratorReadsAnew() {
        reader.lastPage(1).lastPage(1, 2);
        Iterable<RecordedEvent> walk = reader.walk(ACME, EventQuery.log());

        assertThat(walk).hasSize(1);
        assertThat(walk).hasSize(2);
    }

    @Test
    void aPageThatFailedCanBeReadAgain() {
        reader.page(1).failure(new StorageException("connection refused", null)).lastPage(2);
        Iterator<RecordedEvent> walk = reader.walk(ACME, EventQuery.log()).iterator();
        walk.next();

        assertThatThrownBy(walk::hasNext).isInstanceOf(StorageException.class);
        assertThat(walk.next().position()).isEqualTo(Position.of(2));
    }

    @Test
    void aPageCopiesItsEvents() {
        List<RecordedEvent> events = new ArrayList<>(List.of(Read.at(1)));
        EventPage page = new EventPage(events, Optional.empty());
        events.clear();

        assertThat(page.events()).hasSize(1);
    }

    /** Answers with what a test has laid out, one page after the other, and remembers what it was asked. */
    private static final class ScriptedReader implements StreamReader {

        private final List<String> asked = new ArrayList<>();
        private final List<Object> answers = new ArrayList<>();

        ScriptedReader page(long... positions) {
            long last = positions.length == 0 ? 0 : positions[positions.length - 1];
            return answer(
                    positions,
                    Optional.of(EventQuery.log().after(Position.of(last)).pageSize(1000)));
        }

        ScriptedReader lastPage(long... positions) {
            return answer(positions, Optional.empty());
        }

        ScriptedReader failure(StorageException failure) {
            answers.add(failure);
            return this;
        }

        private ScriptedReader answer(long[] positions, Optional<EventQuery> next) {
            List<RecordedEvent> events = new ArrayList<>();
            for (long position : positions) {
                events.add(Read.at(position));
            }
            answers.add(new EventPage(events, next));
            return this;
        }

        @Override
        public EventPage read(TenantId tenant, EventQuery query) {
            assertThat(tenant).isEqualTo(ACME);
            asked.add(query.toString());
            Object answer = answers.remove(0);
            if (answer instanceof StorageException failure) {
                throw failure;
            }
            return (EventPage) answer;
        }

        @Override
        public EventVersion version(TenantId tenant, StreamId stream) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<LogHead> head(TenantId tenant) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<RecordedEvent> find(TenantId tenant, EventId id) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Position positionAt(TenantId tenant, Instant recordedAt) {
            throw new UnsupportedOperationException();
        }
    }
}
