/**
 * Personal data in an append-only log: fields encrypted with a key for each person, erasure by destroying that key, masking,
 * and an export of what is stored. It alone knows Google Tink.
 */
@org.jspecify.annotations.NullMarked
module io.nexus.eventstream.privacy {
    requires com.github.benmanes.caffeine;
    requires com.google.crypto.tink;
    requires transitive io.nexus.eventstream;
    requires transitive io.nexus.eventstream.core;
    requires transitive java.sql;
    requires static transitive org.jspecify;
    requires tools.jackson.core;
    requires tools.jackson.databind;

    exports io.nexus.eventstream.privacy;
}
