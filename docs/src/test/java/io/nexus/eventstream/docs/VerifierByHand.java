package io.nexus.eventstream.docs;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A verifier of exports that was written from {@code docs/hash-chain.md} and shares no code with the library. It stops at the first
 * line that is not as it must be.
 */
final class VerifierByHand {

    private static final String ZEROS = "00".repeat(32);

    private final JsonMapper mapper = new JsonMapper();
    private final byte[] publicKey;

    private String tenant = "";
    private String link = ZEROS;
    private long position;
    private long sealed;
    private int seals;
    private String sealedLink = ZEROS;
    private String previousSeal = ZEROS;

    VerifierByHand(String publicKeyPem) {
        publicKey = Base64.getDecoder()
                .decode(publicKeyPem.replaceAll("-----[A-Z ]+-----", "").strip());
    }

    /** Returns how many events the export has and up to which of them they are sealed. */
    List<Long> verify(List<String> lines) {
        JsonNode header = mapper.readTree(lines.get(0));
        require(header.get("format").asString().equals("eventstream.export.v1"), "the format");
        tenant = header.get("tenant").asString();
        for (String line : lines.subList(1, lines.size() - 1)) {
            JsonNode node = mapper.readTree(line);
            if (node.has("seal")) {
                verifySeal(node);
            } else {
                verifyEvent(node);
            }
        }
        JsonNode last = mapper.readTree(lines.get(lines.size() - 1));
        require(last.get("events").asLong() == position, "the number of events");
        require(last.get("seals").asLong() == seals, "the number of seals");
        require(last.get("link").asString().equals(link), "the last link");
        String before = String.join("\n", lines.subList(0, lines.size() - 1)) + "\n";
        require(last.get("sha256").asString().equals(sha256(before.getBytes(StandardCharsets.UTF_8))), "the bytes");
        return List.of(position, sealed);
    }

    private void verifyEvent(JsonNode event) {
        require(event.get("position").asLong() == ++position, "the position");
        UUID id = UUID.fromString(event.get("eventId").asString());
        byte[] covered = bytes(out -> {
            out.writeBytes("eventstream.event.v1");
            out.write(HexFormat.of().parseHex(link));
            out.writeLong(position);
            out.writeLong(event.get("version").asLong());
            out.writeInt(event.get("schemaVersion").asInt());
            out.writeLong(event.get("occurredAt").asLong());
            out.writeLong(event.get("recordedAt").asLong());
            out.writeLong(id.getMostSignificantBits());
            out.writeLong(id.getLeastSignificantBits());
            writeText(out, tenant);
            for (String field : List.of("category", "aggregateId", "eventType", "payload", "metadata")) {
                writeText(out, event.get(field).asString());
            }
        });
        link = sha256(covered);
        require(event.get("hash").asString().equals(link), "the hash of position " + position);
    }

    private void verifySeal(JsonNode seal) {
        byte[] message = bytes(out -> {
            out.writeBytes("eventstream.seal.v1");
            out.write(HexFormat.of().parseHex(seal.get("previous").asString()));
            out.writeLong(seal.get("from").asLong());
            out.writeLong(seal.get("to").asLong());
            out.write(HexFormat.of().parseHex(seal.get("linkBefore").asString()));
            out.write(HexFormat.of().parseHex(seal.get("link").asString()));
            out.writeLong(seal.get("recordedAt").asLong());
            out.writeLong(seal.get("sealedAt").asLong());
            writeText(out, seal.get("tenant").asString());
            writeText(out, seal.get("keyId").asString());
        });
        byte[] signature = HexFormat.of().parseHex(seal.get("signature").asString());
        require(isSigned(message, signature), "the signature");
        require(seal.get("tenant").asString().equals(tenant), "the seal's tenant");
        require(seal.get("previous").asString().equals(previousSeal), "the seal before");
        require(seal.get("from").asLong() == sealed + 1, "where the seal begins");
        require(seal.get("to").asLong() == position, "where the seal ends");
        require(seal.get("linkBefore").asString().equals(sealedLink), "the link before");
        require(seal.get("link").asString().equals(link), "the link that is sealed");
        sealed = position;
        sealedLink = link;
        seals++;
        previousSeal = sha256(bytes(out -> {
            out.write(message);
            out.writeInt(signature.length);
            out.write(signature);
        }));
    }

    /** Returns the digest of the last seal. */
    String previousSeal() {
        return previousSeal;
    }

    private boolean isSigned(byte[] message, byte[] signature) {
        try {
            Signature ed25519 = Signature.getInstance("Ed25519");
            ed25519.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(publicKey)));
            ed25519.update(message);
            return ed25519.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException(what + " is not as it must be");
        }
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    private static byte[] bytes(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Something that is written. */
    @FunctionalInterface
    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }
}
