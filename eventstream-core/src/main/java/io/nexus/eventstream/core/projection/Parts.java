package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.StreamId;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** Which part of a rebuild a stream falls to; the same on every node and in every version of Java. */
final class Parts {

    /** More would read the log more often than it saves. */
    static final int MOST = 16;

    private Parts() {}

    static int of(StreamId stream, int parts) {
        CRC32 crc = new CRC32();
        crc.update(stream.toString().getBytes(StandardCharsets.UTF_8));
        return (int) (crc.getValue() % parts);
    }
}
