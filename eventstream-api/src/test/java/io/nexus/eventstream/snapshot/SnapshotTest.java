package io.nexus.eventstream.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventStreamException;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SnapshotTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final StreamId CASH = StreamId.of("account", "1000");
    private static final Snapshot SNAPSHOT = snapshot("{\"iban\":\"hünter2\"}");

    @Test
    void textNamesWhatItIsOfAndHidesTheState() {
        assertThat(SNAPSHOT).hasToString("Snapshot[account/1000 of tenant acme at version 100 by balance v2]");
    }

    @Test
    @SuppressWarnings("NullAway")
    void missingPartsAreNamed() {
        assertThatThrownBy(() -> snapshot(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("state");
    }

    @Test
    void sizeIsThatOfTheStoredBytesAndAgeIsNeverNegative() {
        SnapshotInfo info = SNAPSHOT.info();

        assertThat(info.sizeBytes()).isEqualTo(19);
        assertThat(info.age(Instant.EPOCH.plusSeconds(90))).isEqualTo(Duration.ofSeconds(90));
        assertThat(info.age(Instant.EPOCH.minusSeconds(90))).isZero();
    }

    @Test
    void anInvalidSnapshotSaysWhichItIsAndWhatToDo() {
        InvalidSnapshotException invalid =
                new InvalidSnapshotException(ACME, SNAPSHOT.info(), InvalidSnapshotException.Reason.CHECKSUM);

        assertThat(invalid)
                .isInstanceOf(EventStreamException.class)
                .hasMessage("the snapshot of stream account/1000 of tenant acme at version 100 by fold balance v2 is "
                        + "passed over: its checksum does not fit what is stored, so somebody changed it or the key: "
                        + "find out who");
        assertThat(invalid.tenant()).isEqualTo(ACME);
        assertThat(invalid.snapshot()).isEqualTo(SNAPSHOT.info());
        assertThat(invalid.reason()).isEqualTo(InvalidSnapshotException.Reason.CHECKSUM);
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

    private static Snapshot snapshot(String state) {
        return new Snapshot(
                ACME,
                CASH,
                EventVersion.of(100),
                "balance",
                2,
                EventHash.NONE,
                Instant.EPOCH,
                Instant.EPOCH,
                state,
                "ab".repeat(32),
                Instant.EPOCH);
    }
}
