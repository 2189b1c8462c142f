package io.nexus.eventstream.core;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AppendedEvent;
import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.AppendCommand;
import io.nexus.eventstream.spi.AppendOutcome;
import io.nexus.eventstream.spi.EncodedEvent;
import io.nexus.eventstream.spi.EventStorage;
import io.nexus.eventstream.spi.ForwardingEventStore;
import io.nexus.eventstream.spi.HashChain;
import io.nexus.eventstream.tck.StoreOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract over stores that break one promise each. They are run by {@link BrokenStoresTest}. */
final class BrokenStores {

    private BrokenStores() {}

    /** The contract over the in-memory storage with something in between. */
    @ExtendWith(OnlyInContractRun.class)
    abstract static class BrokenContract extends InMemoryContractTest {

        abstract EventStorage broken(EventStorage whole);

        @Override
        public EventStore open(StoreOptions options) {
            return SerializingEventStore.of(
                    broken(new InMemoryEventStorage(clock, Duration.ofMinutes(5))),
                    JsonEventSerializer.of(options.types()),
                    options.limits(),
                    options.autoCreateTenants());
        }
    }

    /** Takes every append as if it expected nothing. */
    static class ExpectationsSkipped extends BrokenContract {
        @Override
        EventStorage broken(EventStorage whole) {
            return new ForwardingStorage(whole) {
                @Override
                public AppendOutcome append(TenantId tenant, AppendCommand command) {
                    return super.append(tenant, expectingNothing(command));
                }
            };
        }
    }

    /** Judges expectations first and writes afterwards, without a lock over both. */
    static class CheckedBeforeTheLock extends BrokenContract {
        @Override
        EventStorage broken(EventStorage whole) {
            return new ForwardingStorage(whole) {
                @Override
                public AppendOutcome append(TenantId tenant, AppendCommand command) {
                    for (Map.Entry<StreamId, ExpectedVersion> each :
                            command.expectations().entrySet()) {
                        EventVersion actual = version(tenant, each.getKey());
                        if (!each.getValue().isMetBy(actual)) {
                            return super.append(tenant, command);
                        }
                    }
                    LockSupport.parkNanos(5_000_000);
                    return super.append(tenant, expectingNothing(command));
                }
            };
        }
    }

    /** Writes the events one after the other, each as an append of its own. */
    static class WrittenOneByOne extends BrokenContract {
        @Override
        EventStorage broken(EventStorage whole) {
            return new ForwardingStorage(whole) {
                @Override
                public AppendOutcome append(TenantId tenant, AppendCommand command) {
                    List<AppendedEvent> places = new ArrayList<>();
                    Map<StreamId, ExpectedVersion> left = new LinkedHashMap<>(command.expectations());
                    AppendOutcome last = new AppendOutcome.UnknownTenant();
                    for (EncodedEvent event : command.events()) {
                        ExpectedVersion expected = left.getOrDefault(event.stream(), ExpectedVersion.any());
                        left.remove(event.stream());
                        last = super.append(
                                tenant, new AppendCommand(Map.of(event.stream(), expected), List.of(event)));
                        if (!(last instanceof AppendOutcome.Appended one)) {
                            return last;
                        }
                        places.addAll(one.result().events());
                    }
                    AppendResult result = ((AppendOutcome.Appended) last).result();
                    return new AppendOutcome.Appended(
                            new AppendResult(places, result.recordedAt(), result.alreadyRecorded()));
                }
            };
        }
    }

    /** Gives positions by stream and not in the order of the caller. */
    static class SortedByStream extends BrokenContract {
        @Override
        EventStorage broken(EventStorage whole) {
            return new ForwardingStorage(whole) {
                @Override
                public AppendOutcome append(TenantId tenant, AppendCommand command) {
                    List<EncodedEvent> sorted = new ArrayList<>(command.events());
                    sorted.sort(Comparator.comparing(event -> event.stream().toString()));
                    return super.append(tenant, new AppendCommand(command.expectations(), sorted));
                }
            };
        }
    }

    /** Answers whoever brings known ids, without a look at what they stand for. */
    static class ContentNotCompared extends BrokenContract {
        @Override
        EventStorage broken(EventStorage whole) {
            return new ForwardingStorage(whole) {
                @Override
                public AppendOutcome append(TenantId tenant, AppendCommand command) {
                    List<StoredEvent> known = command.events().stream()
                            .flatMap(event -> find(tenant, event.id()).stream())
                            .toList();
                    if (known.size() < command.events().size()) {
                        return super.append(tenant, command);
                    }
                    List<AppendedEvent> places = known.stream()
                            .map(event ->
                                    new AppendedEvent(event.id(), event.stream(), event.version(), event.position()))
                            .toList();
                    return new AppendOutcome.Appended(
                            new AppendResult(places, known.get(0).recordedAt(), true));
                }
            };
        }
    }

    /** Leaves out position 4, as a sequence does after a rollback. */
    static class GapAfterTheThirdEvent extends BrokenContract {
        @Override
        EventStorage broken(EventStorage whole) {
            return new ChangedEvents(whole) {
                @Override
                StoredEvent changed(StoredEvent event) {
                    return copy(event, shown(event.position()), event.occurredAt(), event.recordedAt(), event.hash());
                }

                @Override
                Position shown(Position position) {
                    return position.value() > 3 ? position.next() : position;
                }

                @Override
                EventQuery asStored(EventQuery query) {
                    EventQuery stored = query;
                    if (query.after().isPresent()) {
                        stored = stored.after(stored(query.after().get()));
                    }
                    return query.upTo().isPresent()
                            ? stored.upTo(stored(query.upTo().get()))
                            : stored;
                }

                private Position stored(Position shown) {
                    return shown.value() > 3 ? Position.of(shown.value() - 1) : shown;
                }
            };
        }
    }

    /** Keeps business times to the millisecond. */
    static class MillisecondsOnly extends BrokenContract {
        @Override
        EventStorage broken(EventStorage whole) {
            return new ChangedEvents(whole) {
                @Override
                StoredEvent changed(StoredEvent event) {
                    return copy(
                            event,
                            event.position(),
                            event.occurredAt().truncatedTo(ChronoUnit.MILLIS),
                            event.recordedAt(),
                            event.hash());
                }
            };
        }
    }

    /** Hashes every event on its own. */
    static class LinksNotChained extends BrokenContract {
        @Override
        EventStorage broken(EventStorage whole) {
            return new ChangedEvents(whole) {
                @Override
                StoredEvent changed(StoredEvent event) {
                    return event.withHash(HashChain.link(EventHash.NONE, event));
                }
            };
        }
    }

    /** Finds events by id in whichever tenant has them. */
    static class TenantsMixed extends BrokenContract {
        @Override
        EventStorage broken(EventStorage whole) {
            Set<TenantId> tenants = ConcurrentHashMap.newKeySet();
            return new ForwardingStorage(whole) {
                @Override
                public void ensureTenant(TenantId tenant) {
                    tenants.add(tenant);
                    super.ensureTenant(tenant);
                }

                @Override
                public Optional<StoredEvent> find(TenantId tenant, EventId id) {
                    return tenants.stream()
                            .flatMap(each -> super.find(each, id).stream())
                            .findFirst();
                }
            };
        }
    }

    /** Takes the newest position for the position of any moment. */
    static class MomentsIgnored extends BrokenContract {
        @Override
        EventStorage broken(EventStorage whole) {
            return new ForwardingStorage(whole) {
                @Override
                public Position positionAt(TenantId tenant, Instant recordedAt) {
                    return head(tenant).map(LogHead::position).orElse(Position.START);
                }
            };
        }
    }

    /** Believes any clock. */
    static class ClockBelieved extends BrokenContract {
        @Override
        EventStorage broken(EventStorage whole) {
            return new InMemoryEventStorage(clock, Duration.ofDays(36_500));
        }
    }

    /** Cuts its pages wherever they are full. */
    @ExtendWith(OnlyInContractRun.class)
    static class AppendsCut extends InMemoryContractTest {
        @Override
        public EventStore open(StoreOptions options) {
            EventStore whole = super.open(options);
            return new ForwardingEventStore() {
                @Override
                protected EventStore delegate() {
                    return whole;
                }

                @Override
                public EventPage read(TenantId tenant, EventQuery query) {
                    EventPage page = super.read(tenant, query);
                    int size = query.pageSize().orElse(options.limits().pageSize());
                    if (query.stream().isPresent()
                            || query.isBackward()
                            || page.events().size() < 2) {
                        return page;
                    }
                    List<RecordedEvent> cut = page.events()
                            .subList(0, Math.min(size, page.events().size() - 1));
                    return new EventPage(
                            cut, Optional.of(query.after(cut.get(cut.size() - 1).position())));
                }
            };
        }
    }

    private static AppendCommand expectingNothing(AppendCommand command) {
        Map<StreamId, ExpectedVersion> nothing = new LinkedHashMap<>();
        command.expectations().keySet().forEach(stream -> nothing.put(stream, ExpectedVersion.any()));
        return new AppendCommand(nothing, command.events());
    }
}
