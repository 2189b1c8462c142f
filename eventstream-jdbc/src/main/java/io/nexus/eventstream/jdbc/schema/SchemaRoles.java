package io.nexus.eventstream.jdbc.schema;

import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The names of the database roles that privileges on the event log are given to. Nobody logs in as one of them: the
 * application, the engine, an auditor log in as roles of their own, which are members of these.
 *
 * @param owner owns the schema and everything in it, and changes its shape; no member of it should be in daily use
 * @param writer appends and reads
 * @param engine runs projections and keeps snapshots: leases, checkpoints, parked events; reads, and does not append
 * @param reader reads events, projections and snapshots
 * @param auditor reads events, seals and the audit, and so proves that events are unchanged
 * @param maintenance sees who is in the way, deletes snapshots, keeps seals, and imports logs into tenants that have no event
 */
public record SchemaRoles(
        String owner, String writer, String engine, String reader, String auditor, String maintenance) {

    /**
     * Checks the names.
     *
     * @throws IllegalArgumentException if one is not a plain lower-case name as {@link SchemaName} has it, is {@code public},
     *     or stands for two roles
     */
    public SchemaRoles {
        List<String> names = List.of(
                Objects.requireNonNull(owner, "owner"),
                Objects.requireNonNull(writer, "writer"),
                Objects.requireNonNull(engine, "engine"),
                Objects.requireNonNull(reader, "reader"),
                Objects.requireNonNull(auditor, "auditor"),
                Objects.requireNonNull(maintenance, "maintenance"));
        for (String name : names) {
            PlainName.require(name, "a role of the event log", "_role");
            if (name.equals("public")) {
                throw new IllegalArgumentException("\"public\" is everybody and cannot be a role of the event log");
            }
        }
        if (Set.copyOf(names).size() < names.size()) {
            throw new IllegalArgumentException(
                    "one name stands for two roles of the event log: " + String.join(", ", names));
        }
    }

    /** Returns the roles {@code eventstream_owner}, {@code eventstream_writer} and so on. */
    public static SchemaRoles defaults() {
        return prefixed("eventstream_");
    }

    /** Returns the roles {@code PREFIXowner}, {@code PREFIXwriter} and so on, for several logs in one cluster. */
    public static SchemaRoles prefixed(String prefix) {
        Objects.requireNonNull(prefix, "prefix");
        return new SchemaRoles(
                prefix + "owner",
                prefix + "writer",
                prefix + "engine",
                prefix + "reader",
                prefix + "auditor",
                prefix + "maintenance");
    }

    /** Returns all names, the owner's first. */
    List<String> names() {
        return List.of(owner, writer, engine, reader, auditor, maintenance);
    }

    /** Returns the name of a role by what it is for. */
    String named(String purpose) {
        return switch (purpose) {
            case "writer" -> writer;
            case "engine" -> engine;
            case "reader" -> reader;
            case "auditor" -> auditor;
            case "maintenance" -> maintenance;
            default -> throw new IllegalArgumentException("no role is a " + purpose);
        };
    }
}
