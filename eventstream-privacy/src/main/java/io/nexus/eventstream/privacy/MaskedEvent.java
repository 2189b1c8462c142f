package io.nexus.eventstream.privacy;

import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.spi.DecodedEvent;
import org.jspecify.annotations.Nullable;

/** An event as somebody sees it who may not see personal data; what is stored of it is encrypted anyway. */
final class MaskedEvent implements RecordedEvent {

    private final RecordedEvent event;
    private final EncryptingEventSerializer serializer;

    // Written by whichever thread comes first; another one would come to an equal value.
    private volatile @Nullable DecodedEvent masked;

    MaskedEvent(RecordedEvent event, EncryptingEventSerializer serializer) {
        this.event = event;
        this.serializer = serializer;
    }

    @Override
    public StoredEvent stored() {
        return event.stored();
    }

    @Override
    public EventType type() {
        return event.type();
    }

    @Override
    public Object payload() {
        return masked().payload();
    }

    @Override
    public EventMetadata metadata() {
        return masked().metadata();
    }

    @Override
    public int part() {
        return event.part();
    }

    @Override
    public String json() {
        return masked().json();
    }

    @Override
    public String maskedJson() {
        return masked().maskedJson();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RecordedEvent that && part() == that.part() && stored().equals(that.stored());
    }

    @Override
    public int hashCode() {
        return event.hashCode();
    }

    @Override
    public String toString() {
        return event.toString();
    }

    private DecodedEvent masked() {
        DecodedEvent known = masked;
        if (known == null) {
            known = serializer.decodedMasked(event.stored(), event.part());
            masked = known;
        }
        return known;
    }
}
