package io.nexus.eventstream;

import java.util.Objects;

/** The one place that says which texts the library accepts, so that ids and metadata are refused for the same reasons. */
final class TextRules {

    private static final String LONE_SURROGATE = "half of a surrogate pair (not a character)";

    private TextRules() {}

    /**
     * Refuses a name that is blank, has more than {@code maxLength} code points, or holds NUL or a lone surrogate. PostgreSQL cannot store NUL in a text, and a lone surrogate has no UTF-8 form.
     */
    static void requireName(String value, String what, int maxLength) {
        requireText(value, what, maxLength);
        if (value.isBlank()) {
            throw new IllegalArgumentException(what + " must not be blank");
        }
    }

    static String requireText(String value, String what, int maxLength) {
        Objects.requireNonNull(value, what);
        int bad = firstUnstorable(value);
        if (bad >= 0) {
            throw new IllegalArgumentException("%s must not contain %s, found at index %d"
                    .formatted(what, value.charAt(bad) == 0 ? "NUL (U+0000)" : LONE_SURROGATE, bad));
        }
        int length = value.codePointCount(0, value.length());
        if (length > maxLength) {
            throw new IllegalArgumentException(
                    "%s has %d characters, at most %d are allowed".formatted(what, length, maxLength));
        }
        return value;
    }

    /** Refuses a value that holds half of a surrogate pair, and accepts every character, NUL included. */
    static void requireCharacters(String value, String what) {
        Objects.requireNonNull(value, what);
        int bad = firstLoneSurrogate(value);
        if (bad >= 0) {
            throw new IllegalArgumentException(
                    "%s must not contain %s, found at index %d".formatted(what, LONE_SURROGATE, bad));
        }
    }

    /** Returns the index of the first char that no UTF-8 text of PostgreSQL can hold, or -1. */
    private static int firstUnstorable(String value) {
        int nul = value.indexOf(0);
        int half = firstLoneSurrogate(value);
        return nul < 0 || half < 0 ? Math.max(nul, half) : Math.min(nul, half);
    }

    private static int firstLoneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                boolean paired = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                if (!paired) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }
}
