package io.nexus.eventstream.privacy;

import io.nexus.eventstream.EventMetadata;
import java.util.Optional;

/**
 * What makes a value personal data.
 *
 * @param of where the person's id stands, as in {@link io.nexus.eventstream.PersonalData#of}
 * @param erased what takes the value's place, as JSON
 */
record PersonalField(String of, String erased) {

    static final String METADATA = "metadata:";

    /** Returns the id of the person, empty if there is none. */
    Optional<String> subject(JsonSpan event, JsonSpan owner, EventMetadata metadata) {
        if (of.startsWith(METADATA)) {
            return metadata.get(of.substring(METADATA.length())).filter(id -> !id.isBlank());
        }
        JsonSpan found = of.startsWith("/") ? event.at(of) : owner.at("/" + of);
        return Optional.ofNullable(found)
                .filter(id -> !id.isNull() && !id.isObject() && !id.isArray())
                .map(JsonSpan::text)
                .filter(id -> !id.isBlank());
    }
}
