package io.nexus.eventstream.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.TenantId;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** No two places have the same associated data, even where one key serves both. */
class PlaceTest {

    private static final TenantId ACME = Shop.ACME;
    private static final EventId ID = EventId.fromName("one");
    private static final EventType TYPE = EventType.of("renamed", 1);

    @Test
    void everythingThatTellsPlacesApartIsPartOfThem() {
        Place place = new Place(ACME, ID, TYPE, Place.PAYLOAD);
        List<byte[]> places = List.of(
                place.at("/name", "0"),
                place.at("/nam", "e0"),
                place.at("/name", "1"),
                place.at("/other", "0"),
                new Place(TenantId.of("other"), ID, TYPE, Place.PAYLOAD).at("/name", "0"),
                new Place(ACME, EventId.fromName("two"), TYPE, Place.PAYLOAD).at("/name", "0"),
                new Place(ACME, ID, EventType.of("rename", 1), Place.PAYLOAD).at("/name", "0"),
                new Place(ACME, ID, EventType.of("renamed", 2), Place.PAYLOAD).at("/name", "0"),
                new Place(ACME, ID, TYPE, Place.METADATA).at("/name", "0"));

        Set<String> different = new HashSet<>();
        places.forEach(each -> different.add(HexFormat.of().formatHex(each)));

        assertThat(different).hasSameSizeAs(places);
    }
}
