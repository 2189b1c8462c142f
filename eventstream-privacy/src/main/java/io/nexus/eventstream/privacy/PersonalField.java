package io.nexus.eventstream.privacy;

import io.nexus.eventstream.EventMetadata;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A component of an event that holds personal data.
 *
 * @param steps the way to it by names, {@code *} for each element of a list or map
 * @param of where the person's id stands, as in {@link io.nexus.eventstream.PersonalData#of}
 * @param erased what takes the value's place, as JSON
 */
record PersonalField(List<String> steps, String of, String erased) {

    static final String EACH = "*";
    static final String METADATA = "metadata:";

    /** Something to do with a value of this field. */
    @FunctionalInterface
    interface Visitor {
        /**
         * Takes a value.
         *
         * @param owner the object that it stands in
         * @param value the value, null if it is missing there
         */
        void value(String path, JsonSpan owner, @Nullable JsonSpan value);
    }

    void visit(JsonSpan event, Visitor visitor) {
        visit("", event, 0, visitor);
    }

    private void visit(String path, JsonSpan owner, int step, Visitor visitor) {
        String name = steps.get(step);
        if (name.equals(EACH)) {
            owner.inner().forEach((each, item) -> visit(JsonSpan.pointer(path, each), item, step + 1, visitor));
            return;
        }
        JsonSpan value = owner.inner(name);
        String valuePath = JsonSpan.pointer(path, name);
        if (step == steps.size() - 1) {
            if (owner.isObject()) {
                visitor.value(valuePath, owner, value);
            }
        } else if (value != null) {
            visit(valuePath, value, step + 1, visitor);
        }
    }

    /** Returns the id of the person, empty if there is none. */
    Optional<String> subject(JsonSpan event, JsonSpan owner, EventMetadata metadata) {
        if (of.startsWith(METADATA)) {
            return metadata.get(of.substring(METADATA.length()));
        }
        JsonSpan found = of.startsWith("/") ? event.at(of) : owner.at("/" + of);
        return Optional.ofNullable(found)
                .filter(id -> !id.isNull() && !id.isObject() && id.inner().isEmpty())
                .map(JsonSpan::text)
                .filter(id -> !id.isBlank());
    }

    @Override
    public String toString() {
        return "/" + String.join("/", steps);
    }
}
