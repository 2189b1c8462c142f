package io.nexus.eventstream.privacy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Fields one after the other, texts with their lengths in front, so that no two lists of fields give the same bytes. */
final class Bytes {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(160);

    /** Begins with what it is for, so that bytes for one purpose are never those for another. */
    Bytes(String domain) {
        add(domain);
    }

    /** Goes on after bytes that were made before. */
    Bytes(byte[] before) {
        raw(before);
    }

    Bytes add(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return add(utf8.length).raw(utf8);
    }

    Bytes add(int number) {
        return raw(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
    }

    Bytes add(long number) {
        return raw(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    }

    Bytes add(UUID id) {
        return add(id.getMostSignificantBits()).add(id.getLeastSignificantBits());
    }

    Bytes raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    byte[] bytes() {
        return out.toByteArray();
    }
}
