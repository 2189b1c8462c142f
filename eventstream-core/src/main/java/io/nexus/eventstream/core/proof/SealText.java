package io.nexus.eventstream.core.proof;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.proof.Seal;
import io.nexus.eventstream.spi.LogRow;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Seals as text, a line of JSON each, to be kept outside the database. {@code docs/hash-chain.md} specifies it. */
public final class SealText {

    static final String BEGIN = "{\"seal\":\"eventstream.seal.v1\",\"tenant\":";

    private SealText() {}

    /** Returns a seal as one line, without its end. */
    public static String write(Seal seal) {
        LineWriter line = new LineWriter();
        write(seal, line);
        return line.text();
    }

    /**
     * Returns the seal that a line holds. Nothing about it has been verified.
     *
     * @throws IllegalArgumentException if it is none, or is written in any other form than {@link #write} does
     */
    public static Seal read(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        try {
            return read(new LineReader(bytes, 0, bytes.length));
        } catch (UnreadableException e) {
            throw new IllegalArgumentException("no seal: " + e.getMessage(), e);
        }
    }

    static void write(Seal seal, LineWriter line) {
        line.raw(BEGIN).text(seal.tenant().value());
        line.raw(",\"from\":").number(seal.from().value());
        line.raw(",\"to\":").number(seal.to().value());
        line.raw(",\"linkBefore\":").hex(seal.linkBefore().bytes());
        line.raw(",\"link\":").hex(seal.link().bytes());
        line.raw(",\"recordedAt\":").number(LogRow.micros(seal.recordedAt()));
        line.raw(",\"sealedAt\":").number(LogRow.micros(seal.sealedAt()));
        line.raw(",\"keyId\":").text(seal.keyId());
        line.raw(",\"previous\":").hex(seal.previous().bytes());
        line.raw(",\"signature\":").hex(seal.signature()).raw("}");
    }

    static Seal read(LineReader line) throws UnreadableException {
        try {
            Seal seal = new Seal(
                    TenantId.of(text(line.expect(BEGIN))),
                    Position.of(line.expect(",\"from\":").number()),
                    Position.of(line.expect(",\"to\":").number()),
                    line.expect(",\"linkBefore\":").hash(),
                    line.expect(",\"link\":").hash(),
                    LogRow.moment(line.expect(",\"recordedAt\":").number()),
                    LogRow.moment(line.expect(",\"sealedAt\":").number()),
                    text(line.expect(",\"keyId\":")),
                    line.expect(",\"previous\":").hash(),
                    line.expect(",\"signature\":").hex());
            line.expect("}").end();
            return seal;
        } catch (IllegalArgumentException e) {
            throw new UnreadableException(String.valueOf(e.getMessage()));
        }
    }

    static String text(LineReader line) throws UnreadableException {
        byte[] utf8 = line.text();
        String text = new String(utf8, StandardCharsets.UTF_8);
        if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), utf8)) {
            throw new UnreadableException("a string is not UTF-8");
        }
        return text;
    }
}
