package io.nexus.eventstream;

/**
 * A setting is unknown, has a value that cannot be used, or belongs to a part that is not available.
 *
 * <p><strong>What to do:</strong> mend the setting that {@link #key()} names, as the message says.
 */
public final class ConfigurationException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    private final String key;

    /** Creates the exception; the key is put in front of the message. */
    public ConfigurationException(String key, String message) {
        super(key + ": " + message, null);
        this.key = key;
    }

    /** Returns the key of the setting as it was given. */
    public String key() {
        return key;
    }
}
