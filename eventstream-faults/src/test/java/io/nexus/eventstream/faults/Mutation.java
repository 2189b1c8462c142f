package io.nexus.eventstream.faults;

import java.util.Locale;

/**
 * A mechanism that is taken out on purpose, {@code -Dfaults.mutate=NAME}, to see that the oracle finds it. A run with one is
 * expected to fail.
 */
enum Mutation {
    /** Commits do not wait for the disk. */
    ASYNCHRONOUS_COMMIT,
    /** Commits do not wait for the standby, which is a little behind. */
    ASYNCHRONOUS_STANDBY,
    /** What could not be resolved is sent again under new ids. */
    NEW_IDS,
    /** The database does not look for known event ids. */
    NO_IDS,
    /** Whoever is in doubt assumes that nothing was written. */
    DOUBT_IS_FAILURE;

    boolean isOn() {
        return name().toLowerCase(Locale.ROOT)
                .replace('_', '-')
                .equals(System.getProperty("faults.mutate", "none"));
    }

    /** Does to a new schema what the mutation says. */
    static void mutate(Server server) {
        if (NO_IDS.isOn()) {
            replace(server, "judge_ids_v1", "IF v_known = 0 THEN", "IF true THEN");
            replace(server, "append_batch_v1", "i = ANY (v_known)", "false");
            server.execute("ALTER TABLE eventstream.events DROP CONSTRAINT events_event_id_key");
        }
    }

    private static void replace(Server server, String function, String text, String by) {
        String definition = server.query(
                        "SELECT pg_get_functiondef(('eventstream.%s')::regproc)".formatted(function))
                .get(0);
        if (!definition.contains(text)) {
            throw new IllegalStateException("%s has no %s any more".formatted(function, text));
        }
        server.execute(definition.replace(text, by));
    }
}
