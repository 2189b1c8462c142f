package io.nexus.eventstream.privacy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Looks for a text in bytes, in every form in which software likes to write texts. */
final class Markers {

    private final Map<String, String> forms = new LinkedHashMap<>();

    Markers(String marker) {
        byte[] utf8 = marker.getBytes(StandardCharsets.UTF_8);
        forms.put("plain", latin(utf8));
        forms.put("UTF-16LE", latin(marker.getBytes(StandardCharsets.UTF_16LE)));
        forms.put("UTF-16BE", latin(marker.getBytes(StandardCharsets.UTF_16BE)));
        forms.put("hex", HexFormat.of().formatHex(utf8));
        forms.put("HEX", HexFormat.of().formatHex(utf8).toUpperCase(Locale.ROOT));
        forms.put("reversed", new StringBuilder(latin(utf8)).reverse().toString());
        for (int offset = 0; offset < 3; offset++) {
            byte[] shifted = new byte[utf8.length + offset];
            System.arraycopy(utf8, 0, shifted, offset, utf8.length);
            String base64 = Base64.getEncoder().encodeToString(shifted);
            // Without the characters at both ends, in which its neighbours have a part.
            forms.put("base64 at " + offset, base64.substring(4, base64.length() - 4));
        }
    }

    /** Returns the forms that some bytes hold it in. */
    List<String> in(byte[] bytes) {
        String text = latin(bytes);
        List<String> found = new ArrayList<>();
        forms.forEach((name, form) -> {
            if (text.contains(form)) {
                found.add(name);
            }
        });
        return found;
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
