package io.nexus.eventstream.privacy;

import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.spi.DecodedEvent;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An event with personal data, which is decrypted when somebody asks for what it says and not before; to print it masked needs no
 * person's key. Thread-safe.
 */
final class OpenedEvent implements DecodedEvent {

    private final EventType type;
    private final Supplier<DecodedEvent> opened;
    private final Supplier<String> masked;

    // Written by whichever thread comes first; another one would come to an equal value.
    private volatile @Nullable DecodedEvent clear;

    /**
     * Creates it.
     *
     * @param type the type after upcasting
     * @param opened decrypts and decodes
     * @param masked decodes without the values of anybody
     */
    OpenedEvent(EventType type, Supplier<DecodedEvent> opened, Supplier<String> masked) {
        this.type = type;
        this.opened = opened;
        this.masked = masked;
    }

    /** Returns the part of that number of what an event was decoded to. */
    static DecodedEvent part(StoredEvent stored, List<DecodedEvent> parts, int part) {
        if (part >= parts.size()) {
            throw new EventSerializationException(
                    stored.type().name(),
                    "an upcaster makes fewer events of %s when its personal data are masked: let it decide by other values"
                            .formatted(stored));
        }
        return parts.get(part);
    }

    @Override
    public EventType type() {
        return type;
    }

    @Override
    public Object payload() {
        return clear().payload();
    }

    @Override
    public EventMetadata metadata() {
        return clear().metadata();
    }

    @Override
    public String json() {
        return clear().json();
    }

    @Override
    public String maskedJson() {
        return masked.get();
    }

    private DecodedEvent clear() {
        DecodedEvent known = clear;
        if (known == null) {
            known = opened.get();
            clear = known;
        }
        return known;
    }
}
