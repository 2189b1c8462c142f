package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.AccessRequest;
import io.nexus.eventstream.access.Actor;
import io.nexus.eventstream.access.Operation;
import io.nexus.eventstream.core.access.RolePolicy;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolePolicyTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // right, operation, category, tenant, allowed
                "append:account, APPEND, account, acme, true",
                "append:account, APPEND, payroll, acme, false",
                "append:account, APPEND, -, acme, false",
                "append:account, READ, account, acme, false",
                "append:*, APPEND, payroll, globex, true",
                "append:*, APPEND, -, acme, true",
                "read:account, READ, account, acme, true",
                "read:account, READ_PAYLOAD, account, acme, false",
                "read_payload:account, READ_PAYLOAD, account, acme, true",
                "read_payload:account, READ, account, acme, true",
                "read_payload:account, APPEND, account, acme, false",
                "read_payload:*@acme, READ_PAYLOAD, account, acme, true",
                "read_payload:*@acme, READ_PAYLOAD, account, globex, false",
                "read_payload:*@acme, READ_PAYLOAD, -, -, false",
                "read_payload:*, READ_PAYLOAD, -, -, true",
                "rebuild, REBUILD, -, acme, true",
                "rebuild@acme, REBUILD, -, globex, false",
                "rebuild, ADMINISTER, -, acme, false",
                "verify, VERIFY, account, acme, true",
                "administer, ADMINISTER, -, -, true",
                "administer@acme, ADMINISTER, -, -, false",
                "administer, APPEND, account, acme, false",
                "read:a:b, READ, a:b, acme, true",
                "read:*@ops@acme.com, READ, account, ops@acme.com, true",
                "read:account@ops@acme.com, READ, account, ops@acme.com, true",
                "read:account@ops@acme.com, READ, account, acme.com, false",
                "verify@ops@acme.com, VERIFY, -, ops@acme.com, true",
            })
    void aRightCoversWhatItSays(String right, Operation operation, String category, String tenant, boolean allowed) {
        RolePolicy policy = RolePolicy.builder().role("some", right).build();

        assertThat(policy.refusal(new AccessRequest(
                                Actor.of("u-17", "some", "other"),
                                Optional.ofNullable(tenant).map(TenantId::of),
                                operation,
                                Optional.ofNullable(category),
                                "test"))
                        .isEmpty())
                .isEqualTo(allowed);
    }

    @Test
    void whoHasNoRoleMayDoNothing() {
        RolePolicy policy = RolePolicy.builder().role("some", "read:*").build();
        AccessRequest request =
                new AccessRequest(Actor.nobody(), Optional.of(ACME), Operation.READ, Optional.of("account"), "test");

        assertThat(policy.refusal(request)).contains("there is no role");
        assertThat(RolePolicy.builder().build().refusal(request)).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "apend:account | there is no operation \"apend\", there are [append, read, read_payload, rebuild, verify, administer]",
                "APPEND:account | there is no operation \"APPEND\"",
                "append | a category is missing, write append:account, or append:* for all",
                "read: | a category is missing, write read:account, or read:* for all",
                "rebuild:account | rebuild is a right for every category, write it without one",
                "read:%1$s | stream category has 65 characters",
                "verify@%1$s%1$s | tenant id has 130 characters",
                "read:account@ | a tenant is missing after @, leave both out for all tenants",
            })
    void whatIsNoRightIsRefusedWithWhatIsMeant(String written, String what) {
        String right = written.formatted("x".repeat(65));

        assertThatThrownBy(() -> RolePolicy.builder().role("some", right))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("\"%s\" is not a right: %s".formatted(right, what));
    }
}
