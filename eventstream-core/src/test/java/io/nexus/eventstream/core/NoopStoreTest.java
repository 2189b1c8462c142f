package io.nexus.eventstream.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.tck.StoreOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The contract's tests are no decoration: a store that does nothing passes hardly any of them. */
class NoopStoreTest {

    @Test
    void aStoreThatDoesNothingFailsTheContract() {
        ContractRun run = ContractRun.of(NoopContract.class);

        assertThat(run.failed()).hasSizeGreaterThan(100);
        assertThat(run.passed())
                .containsExactlyInAnyOrder(
                        // The values refuse these names when they are made; no store is asked.
                        "whatIsNoCharacterIsRefusedInNamesAndMetadataWithThePlaceNamed",
                        // Two events written by hand, hashed by the library without a store.
                        "theChainOfTwoEventsWrittenByHandIsKnown");
    }

    @ExtendWith(OnlyInContractRun.class)
    static class NoopContract extends InMemoryContractTest {

        @Override
        public EventStore open(StoreOptions options) {
            return new NoopStore();
        }
    }
}
