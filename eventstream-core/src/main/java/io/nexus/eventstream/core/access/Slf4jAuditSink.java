package io.nexus.eventstream.core.access;

import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.access.AuditEntry;
import io.nexus.eventstream.access.AuditEntry.Outcome;
import io.nexus.eventstream.access.AuditSink;
import java.util.StringJoiner;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the audit to the logger {@value #LOGGER}, a line an entry: INFO, and WARN for what was refused. Control characters in ids
 * are written as {@code ?}, so that nobody makes up a line by his name. How safely lines are kept is the business of the logging
 * framework, which in general swallows its own failures; so do not count on it to fail closed.
 */
public final class Slf4jAuditSink implements AuditSink {

    /** The name of the logger. */
    public static final String LOGGER = "io.nexus.eventstream.audit";

    private static final Logger log = LoggerFactory.getLogger(LOGGER);

    /** Creates the sink. */
    public Slf4jAuditSink() {}

    @Override
    public void write(AuditEntry entry) {
        String line = line(entry);
        if (entry.outcome() == Outcome.DENIED) {
            log.warn("{}", line);
        } else {
            log.info("{}", line);
        }
    }

    private static String line(AuditEntry entry) {
        StringJoiner line = new StringJoiner(" ");
        line.add(entry.outcome().name());
        add(line, "call", entry.call());
        add(line, "right", entry.operation().word());
        add(line, "actor", entry.actor().id());
        add(line, "roles", new TreeSet<>(entry.actor().roles()));
        entry.tenant().ifPresent(tenant -> add(line, "tenant", tenant));
        if (entry.streams().isEmpty()) {
            add(line, "categories", entry.categories().isEmpty() ? "every" : new TreeSet<>(entry.categories()));
        } else {
            add(
                    line,
                    "streams",
                    entry.streams().stream().map(StreamId::toString).toList());
        }
        entry.event().ifPresent(event -> add(line, "event", event));
        if (entry.events() > 0) {
            add(line, "events", entry.events());
        }
        entry.first().ifPresent(first -> add(line, "first", first));
        entry.last().ifPresent(last -> add(line, "last", last));
        entry.detail().ifPresent(detail -> add(line, "detail", detail));
        add(line, "id", entry.callId());
        return line.toString();
    }

    private static void add(StringJoiner line, String name, Object value) {
        line.add(name + "=\"" + value.toString().replaceAll("[\\p{Cntrl}\\u2028\\u2029\"]", "?") + "\"");
    }
}
