package io.nexus.eventstream.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventStreamException;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import org.junit.jupiter.api.Test;

class ProjectionExceptionTest {

    @Test
    void aFailedProjectionSaysWhereItStandsAndHowToGoOn() {
        IllegalStateException cause = new IllegalStateException("no such account");
        ProjectionException failed = new ProjectionException("balances", TenantId.of("acme"), Position.of(7), cause);

        assertThat(failed)
                .isInstanceOf(EventStreamException.class)
                .hasMessage("projection balances of tenant acme failed at position 7, its read model is unchanged "
                        + "since the event before: mend what the cause says and resume it")
                .hasCause(cause);
        assertThat(failed.projection()).isEqualTo("balances");
        assertThat(failed.tenant()).isEqualTo(TenantId.of("acme"));
        assertThat(failed.position()).isEqualTo(Position.of(7));
    }
}
