package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.nexus.eventstream.AggregateId;
import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.tck.LedgerEvent.Noted;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Texts: every character of Unicode everywhere, and what is none nowhere. */
abstract class TextContract extends StoreContract {

    /** Each is a name that something between a Java string and a row of a table could take for something else. */
    private static final List<String> ODD_NAMES = List.of(
            "NULL",
            "null",
            "{}",
            "{a,b}",
            "a,b",
            "\"quoted\"",
            "it's",
            "back\\slash",
            "\\x00",
            "\\u0000",
            "%s ${schema} $1 ?",
            "a/b",
            " leading and trailing ",
            "tab\tand\nline\r\nends",
            "controls \u0001\u001f\u007f\u0085",
            "line and paragraph separator \u2028\u2029",
            "\ufeffbyte order mark",
            "noncharacters \ufffe\uffff\ufdd0\ud83f\udffe\udbff\udfff",
            "private use \ue000\udb80\udc00",
            "composed \u00e9",
            "decomposed e\u0301",
            "Zalgo z\u0337\u0321\u0353\u0356\u0301",
            "עברית and العربية \u202emirrored\u202c",
            "👩‍👩‍👧‍👦 🇲🇾 ☂️",
            "中文 日本語 한국어 ไทย हिन्दी",
            "𝒻𝒶𝓃𝒸𝓎 𐍈 𠜎",
            "İıſß ǆ");

    private static final List<String> UNSTORABLE =
            List.of("NUL \u0000 inside", "half \ud83d of a pair", "other half \ude00 first", "at the end \ud83d");

    TextContract(StoreFixture fixture) {
        super(fixture);
    }

    @Test
    final void everyCharacterOfUnicodeIsKeptInAPayload() {
        StringBuilder all = new StringBuilder();
        for (int codePoint = 1; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
                all.appendCodePoint(codePoint);
            }
        }
        append(cash, NewEvent.of(new Noted(all.toString(), Map.of())));

        assertThat(stream(cash))
                .singleElement()
                .satisfies(event -> assertThat(
                                ((Noted) event.payload()).narrative().contentEquals(all))
                        .as("all %d characters come back", all.codePointCount(0, all.length()))
                        .isTrue());
    }

    @Test
    final void oddTextsAreKeptInPayloadAndMetadata() {
        Map<String, String> tags = new LinkedHashMap<>();
        Map<String, String> entries = new LinkedHashMap<>();
        for (String odd : ODD_NAMES) {
            tags.put(odd, "tag " + odd);
            entries.put(odd, "entry " + odd);
        }
        NewEvent given = NewEvent.of(new Noted("", tags)).withMetadata(EventMetadata.of(entries));
        append(cash, given, NewEvent.of(new Noted(String.join("|", ODD_NAMES), Map.of("", ""))));

        List<RecordedEvent> events = stream(cash);
        assertThat(events).hasSize(2);
        assertThat(events.get(0).payload()).isEqualTo(given.payload());
        assertThat(events.get(0).metadata().entries()).isEqualTo(entries);
        assertThat(events.get(1).payload()).isEqualTo(new Noted(String.join("|", ODD_NAMES), Map.of("", "")));
        assertThat(append(cash, given).alreadyRecorded()).isTrue();
    }

    @Test
    final void oddNamesOfStreamsAreDifferentStreams() {
        StreamAppend[] appends = ODD_NAMES.stream()
                .map(odd -> StreamAppend.of(StreamId.of(odd, odd), ExpectedVersion.noStream(), posted(odd)))
                .toArray(StreamAppend[]::new);
        AppendResult all = store.appendAll(tenant, List.of(appends));
        assertThat(all.events()).hasSize(ODD_NAMES.size());

        for (String odd : ODD_NAMES) {
            StreamId stream = StreamId.of(odd, odd);
            AppendResult next = append(stream, ExpectedVersion.exactly(1), posted(odd + " again"));
            assertThat(next.version(stream).value()).isEqualTo(2);
            assertThat(entries(stream(stream))).containsExactly(odd, odd + " again");
            assertThat(entries(read(EventQuery.log().ofCategories(odd)))).containsExactly(odd, odd + " again");
            assertThat(stream(stream)).extracting(RecordedEvent::stream).containsOnly(stream);
        }
    }

    @Test
    final void oddNamesOfTenantsAreDifferentTenants() {
        for (String odd : ODD_NAMES) {
            TenantId owner = TenantId.of(tenant + odd);
            store.append(owner, StreamAppend.of(cash, ExpectedVersion.noStream(), posted(odd)));
            store.append(owner, StreamAppend.of(cash, ExpectedVersion.exactly(1), posted(odd), posted(odd)));

            assertThat(store.walk(owner, EventQuery.log()))
                    .hasSize(3)
                    .allSatisfy(event -> assertThat(event.tenant()).isEqualTo(owner));
            assertThat(store.positionAt(owner, store.head(owner).orElseThrow().recordedAt())
                            .value())
                    .isEqualTo(3);
        }
        assertThat(log()).isEmpty();
    }

    @Test
    final void theLongestNamesAreKept() {
        String emoji = "😀";
        TenantId owner = TenantId.of(
                tenant + emoji.repeat(TenantId.MAX_LENGTH - tenant.value().length()));
        StreamId stream = StreamId.of(emoji.repeat(StreamId.MAX_CATEGORY_LENGTH), emoji.repeat(AggregateId.MAX_LENGTH));
        store.append(owner, StreamAppend.of(stream, ExpectedVersion.noStream(), posted("JE-1")));

        assertThat(store.walk(owner, EventQuery.stream(stream))).singleElement().satisfies(event -> {
            assertThat(event.tenant()).isEqualTo(owner);
            assertThat(event.stream()).isEqualTo(stream);
        });
    }

    @Test
    final void whatIsNoCharacterIsRefusedInAPayloadWithThePlaceNamed() {
        for (String bad : UNSTORABLE) {
            assertThat(refusedPayload(new Noted(bad, Map.of()))).hasMessageContaining("narrative");
            assertThat(refusedPayload(new Noted("good", Map.of("city", bad)))).hasMessageContaining("city");
            assertThat(refusedPayload(new Noted("good", Map.of(bad, "city")))).hasMessageContaining("tags");
        }
        assertThat(append(cash, NewEvent.of(new Noted("six characters: \\u0000", Map.of())))
                        .version(cash)
                        .value())
                .isEqualTo(1);
    }

    @Test
    final void whatIsNoCharacterIsRefusedInNamesAndMetadataWithThePlaceNamed() {
        for (String bad : UNSTORABLE) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> StreamId.of("account", bad))
                    .withMessageContaining("aggregate id");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> StreamId.of(bad, "1000"))
                    .withMessageContaining("stream category");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TenantId.of(bad))
                    .withMessageContaining("tenant id");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> EventMetadata.none().with("reason", bad))
                    .withMessageContaining("\"reason\"");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> EventMetadata.none().with(bad, "reason"))
                    .withMessageContaining("metadata key");
        }
    }

    private EventSerializationException refusedPayload(Noted payload) {
        EventSerializationException refusal =
                refused(EventSerializationException.class, () -> append(cash, posted("JE-1"), NewEvent.of(payload)));
        assertThat(refusal.type()).isEqualTo("remark");
        return refusal;
    }
}
