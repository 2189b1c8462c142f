package io.nexus.eventstream.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.EventStreamException;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SnapshotTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final StreamId CASH = StreamId.of("account", "1000");
    private static final Snapshot SNAPSHOT = new Snapshot(
            ACME, CASH, EventVersion.of(100), "balance", 2, "{\"iban\":\"hunter2\"}", "ab".repeat(32), Instant.EPOCH);

    @Test
    void textNamesWhatItIsOfAndHidesTheState() {
        assertThat(SNAPSHOT).hasToString("Snapshot[account/1000 of tenant acme at version 100 by balance v2]");
    }

    @Test
    @SuppressWarnings("NullAway")
    void missingPartsAreNamed() {
        assertThatThrownBy(() ->
                        new Snapshot(ACME, CASH, EventVersion.of(1), "balance", 1, null, "checksum", Instant.EPOCH))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("state");
    }

    @Test
    void anInvalidSnapshotSaysWhatBecomesOfIt() {
        InvalidSnapshotException invalid = new InvalidSnapshotException(SNAPSHOT, "its checksum is wrong");

        assertThat(invalid)
                .isInstanceOf(EventStreamException.class)
                .hasMessage("Snapshot[account/1000 of tenant acme at version 100 by balance v2] is not valid: its "
                        + "checksum is wrong; it is passed over and replaced: find out who changed it");
        assertThat(invalid.snapshot()).isSameAs(SNAPSHOT);
    }

    @Test
    void aMissingSnapshotSaysWhatToDoWithoutIt() {
        SnapshotNotFoundException missing = new SnapshotNotFoundException(ACME, CASH);

        assertThat(missing)
                .isInstanceOf(EventStreamException.class)
                .hasMessage("stream account/1000 of tenant acme has no snapshot: create one, or load the state from "
                        + "its events");
        assertThat(missing.tenant()).isEqualTo(ACME);
        assertThat(missing.stream()).isEqualTo(CASH);
    }
}
