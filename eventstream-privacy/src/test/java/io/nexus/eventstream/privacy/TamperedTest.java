package io.nexus.eventstream.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.privacy.PersonalDataException.Reason;
import io.nexus.eventstream.spi.EncodedEvent;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Whatever was changed, moved or cut off gives an error that says what, where, and what to do; never a value. */
class TamperedTest {

    private static final TenantId ACME = Shop.ACME;
    private static final TenantId OTHER = TenantId.of("other");

    private final InMemorySubjectKeyStore keyStore = new InMemorySubjectKeyStore();
    private final EncryptingEventSerializer serializer = serializer(Shop.MASTER);
    private final EncodedEvent ann = encoded(ACME, "c-1", "Ann");
    private final EncodedEvent annAgain = encoded(ACME, "c-1", "Ann");
    private final EncodedEvent bob = encoded(ACME, "c-2", "Bob");

    @Test
    void aValueOfAnotherEvent() {
        String moved = replaced(ann, value(ann, "name"), value(annAgain, "name"));

        assertThat(fault(ACME, moved))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.NOT_AUTHENTIC))
                .hasMessageContainingAll(
                        "/name in the payload of event " + ann.id(), "tenant acme", "verify the hash chain");
    }

    @Test
    void aValueOfAnotherPerson() {
        assertThat(fault(ACME, replaced(ann, value(ann, "name"), value(bob, "name")))
                        .reason())
                .isEqualTo(Reason.NOT_AUTHENTIC);
        assertThat(fault(ACME, replaced(ann, key("c-1"), key("c-2"))).reason()).isEqualTo(Reason.NOT_AUTHENTIC);
    }

    @Test
    void aValueOfAnotherField() {
        String swapped = replaced(ann, value(ann, "name"), "?");
        swapped =
                swapped.replace(value(ann, "birth"), value(ann, "name")).replace("\"?\"", quoted(value(ann, "birth")));

        assertThat(fault(ACME, swapped).reason()).isEqualTo(Reason.NOT_AUTHENTIC);
    }

    @Test
    void anotherPlaceholder() {
        assertThat(fault(ACME, replaced(ann, "[erased]", "[changed]")).reason()).isEqualTo(Reason.NOT_AUTHENTIC);
    }

    @Test
    void anEventOfAnotherTenant() {
        assertThat(fault(OTHER, text(ann)))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.UNKNOWN_KEY));
        encoded(OTHER, "c-1", "Ann");
        String otherKey = keyStore.current(OTHER, "c-1").orElseThrow().id().toString();
        assertThat(fault(OTHER, replaced(ann, key("c-1"), otherKey)).reason()).isEqualTo(Reason.NOT_AUTHENTIC);
    }

    @Test
    void aValueThatIsCutOff() {
        String name = value(ann, "name");

        assertThat(fault(ACME, replaced(ann, name, "A".repeat(64))).reason()).isEqualTo(Reason.NOT_AUTHENTIC);
        assertThat(fault(ACME, replaced(ann, name, name + "AAAA")).reason()).isEqualTo(Reason.NOT_AUTHENTIC);
        malformed(replaced(ann, name, name.substring(0, name.length() - 4)), "/name in the payload of event");
        malformed(replaced(ann, name, name.substring(0, 8)), "/name in the payload of event");
        malformed(replaced(ann, name, "?" + name.substring(1)), "/name in the payload of event");
        malformed(replaced(ann, quoted(name), "7"), "/name in the payload of event");
        malformed(text(ann).substring(0, 200), "the payload of event");
    }

    @Test
    void aListOfEncryptedValuesThatIsNotAsItIsWritten() {
        String json = text(ann);
        String values = json.substring(json.indexOf("{\"/name\""), json.indexOf("}}}") + 1);
        String person = quoted(key("c-1")) + ":" + values;
        // With the key gone, nothing but the form tells.
        keyStore.destroy(ACME, UUID.fromString(key("c-1")), "asked");
        for (String keys : new String[] {
            "{}",
            "[]",
            "\"\"",
            "null",
            "{\"no-uuid\":" + values + "}",
            "{" + person.replace(values, "{}") + "}",
            "{" + person.replace(values, "[]") + "}",
            "{" + person + ",\"" + UUID.randomUUID() + "\":{}}",
            "{" + person + "," + person + "}"
        }) {
            malformed(json.replace("{" + person + "}", keys), "the payload of event");
        }
        for (String path : new String[] {
            "/nam", "name", "", "/", "/name/0", "/nicknames/7", "/~0personal", "/~0personal/v", "/nam\\q", "/birth"
        }) {
            malformed(replaced(ann, "\"/name\":", quoted(path) + ":"), "the payload of event");
        }
        malformed(replaced(ann, "\"v\":1", "\"v\":2"), "the payload of event");
        malformed(replaced(ann, "\"v\":1,", ""), "the payload of event");
        malformed(replaced(ann, "\"v\":1,", "\"v\":1,\"v\":1,"), "the payload of event");
        malformed(replaced(ann, "\"v\":1,", "\"v\":1,\"more\":1,"), "the payload of event");
        malformed(replaced(ann, "\"[erased]\"", "erased"), "the payload of event");
    }

    @Test
    void valuesThatOverlap() {
        keyStore.destroy(ACME, UUID.fromString(key("c-1")), "asked");
        String json = replaced(ann, "\"limit\":1E+2", "\"limit\":{\"a\":\"AAAA\",\"b\":1}");

        malformed(json.replace("\"/name\":", "\"/limit\":0,\"/limit/a\":0,\"/name\":"), "the payload of event");
        malformed(json.replace("\"/name\":", "\"/limit/a\":0,\"/limit\":0,\"/name\":"), "the payload of event");
    }

    @Test
    void thePayloadAsAWholeUnderTheKeyOfAPersonWhoWasErased() {
        String key = key("c-1");
        keyStore.destroy(ACME, UUID.fromString(key), "asked");

        malformed(
                "{\"~personal\":{\"v\":1,\"whole\":\"" + key + "\"},\"data\":\"" + "A".repeat(64) + "\"}",
                "all in the payload of event");
        malformed("{\"~personal\":{\"v\":1,\"whole\":\"" + key + "\"}}", "the payload of event");
        malformed("{\"~personal\":{\"v\":1,\"whole\":\"" + key + "\",\"keys\":{}},\"data\":\"\"}", "the payload");
    }

    @Test
    void theWrongKeys() {
        MasterKey sameName = MasterKey.of("2026", new byte[32]);
        MasterKey otherName = MasterKey.of("2027", new byte[32]);

        assertThat(fault(serializer(sameName), ACME, text(ann)))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.WRONG_MASTER_KEY));
        assertThat(fault(serializer(otherName), ACME, text(ann)))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.UNKNOWN_MASTER_KEY))
                .hasMessageContainingAll("wrapped by master key 2026", "add it as a former one");
        assertThat(fault(ACME, replaced(ann, key("c-1"), UUID.randomUUID().toString()))
                        .reason())
                .isEqualTo(Reason.UNKNOWN_KEY);
    }

    private void malformed(String payload, String place) {
        assertThat(fault(ACME, payload))
                .as(payload)
                .hasMessageContainingAll(place, "tenant acme")
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.MALFORMED));
    }

    private PersonalDataException fault(TenantId tenant, String payload) {
        return fault(serializer, tenant, payload);
    }

    private PersonalDataException fault(EncryptingEventSerializer reading, TenantId tenant, String payload) {
        StoredEvent stored = Stored.of(tenant, ann, payload.getBytes(StandardCharsets.UTF_8));
        return catchThrowableOfType(
                PersonalDataException.class, () -> reading.decode(stored).get(0).payload());
    }

    private EncryptingEventSerializer serializer(MasterKey master) {
        return EncryptingEventSerializer.of(
                JsonEventSerializer.of(CustomerEvent.TYPES), SubjectKeys.of(keyStore, master));
    }

    private EncodedEvent encoded(TenantId tenant, String customer, String name) {
        return serializer.encode(
                tenant, Shop.customer(customer), NewEvent.of(CustomerEvent.registered(customer, name)));
    }

    private String key(String customer) {
        return keyStore.current(ACME, customer).orElseThrow().id().toString();
    }

    private static String replaced(EncodedEvent event, String part, String by) {
        assertThat(text(event)).contains(part);
        return text(event).replace(part, by);
    }

    private static String text(EncodedEvent event) {
        return new String(event.payload(), StandardCharsets.UTF_8);
    }

    private static String value(EncodedEvent event, String name) {
        String json = text(event);
        return json.substring(json.lastIndexOf("\"" + name + "\":\"")).split("\"", -1)[3];
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }
}
