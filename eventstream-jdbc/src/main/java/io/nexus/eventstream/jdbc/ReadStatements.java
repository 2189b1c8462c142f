package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.jdbc.schema.SchemaName;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The statements that read events. Each shape of a query is an SQL text of its own: a text with optional filters would
 * get one plan for all of them after a few executions, and it would be the wrong one for most.
 */
final class ReadStatements {

    /** Beyond this many types, a scan that passes over the others is cheaper than merging as many index scans. */
    static final int MAX_MERGED_TYPES = 16;

    private static final String STREAM = """
            SELECT
                ${columns}
            FROM ${schema}.events e
            WHERE e.tenant_id = ?
              AND e.stream_category = ?
              AND e.stream_id = ?
              AND e.version >= ?
              AND e.version <= ?
              AND e.occurred_at <= ?
              ${filters}
            ORDER BY e.version ${direction}
            LIMIT ?
            """;

    private static final String LOG = """
            SELECT
                ${columns}
            FROM ${schema}.events e
            WHERE e.tenant_id = ?
              AND e.position > ?
              AND e.position <= ?
              AND e.occurred_at <= ?
              ${filters}
            ORDER BY e.position ${direction}
            LIMIT ?
            """;

    /** One for each type, so that PostgreSQL merges index scans that are in order and stops at the limit. */
    private static final String LOG_OF_ONE_TYPE = """
            (SELECT
                ${columns}
            FROM ${schema}.events e
            WHERE e.tenant_id = ?
              AND e.position > ?
              AND e.position <= ?
              AND e.occurred_at <= ?
              AND e.event_type = ?
              ${filters}
            ORDER BY e.position ${direction}
            LIMIT ?)
            """;

    private static final String MERGED = """
            ORDER BY position ${direction}
            LIMIT ?
            """;

    private static final String OF_TYPES = "AND e.event_type = ANY (?)";
    private static final String OF_CATEGORIES = "AND e.stream_category = ANY (?)";

    /** What occurs after everything that an event can say, PostgreSQL's {@code infinity} being no Java moment. */
    private static final Instant END_OF_TIME = Instant.parse("9999-12-31T23:59:59.999999Z");

    private final SchemaName schema;
    private final Map<Shape, String> texts = new ConcurrentHashMap<>();

    ReadStatements(SchemaName schema) {
        this.schema = schema;
    }

    /** Binds the parameters of a query's statement; versions and moments of the query have been made bounds already. */
    void bind(Parameters parameters, TenantId tenant, EventQuery query, Bounds bounds, int limit) throws SQLException {
        Shape shape = Shape.of(query);
        if (query.stream().isPresent()) {
            parameters
                    .add(tenant.value())
                    .add(query.stream().get().category())
                    .add(query.stream().get().aggregateId().value());
            bindRange(parameters, query, bounds);
            bindFilters(parameters, query, shape.filtersTypes());
            parameters.add(limit);
        } else if (shape.mergedTypes() == 0) {
            parameters.add(tenant.value());
            bindRange(parameters, query, bounds);
            bindFilters(parameters, query, shape.filtersTypes());
            parameters.add(limit);
        } else {
            for (String type : query.types()) {
                parameters.add(tenant.value());
                bindRange(parameters, query, bounds);
                parameters.add(type);
                bindFilters(parameters, query, false);
                parameters.add(limit);
            }
            if (shape.mergedTypes() > 1) {
                parameters.add(limit);
            }
        }
    }

    /** Returns the statement of a query. */
    String text(EventQuery query) {
        return texts.computeIfAbsent(Shape.of(query), this::text);
    }

    private static void bindRange(Parameters parameters, EventQuery query, Bounds bounds) throws SQLException {
        parameters
                .add(bounds.low())
                .add(bounds.high())
                .add(query.upToOccurredAt().orElse(END_OF_TIME));
    }

    private static void bindFilters(Parameters parameters, EventQuery query, boolean types) throws SQLException {
        if (types) {
            parameters.addTexts(query.types());
        }
        if (!query.categories().isEmpty()) {
            parameters.addTexts(query.categories());
        }
    }

    private String text(Shape shape) {
        String template = shape.stream() ? STREAM : LOG;
        if (shape.mergedTypes() > 0) {
            template = String.join("UNION ALL\n", Collections.nCopies(shape.mergedTypes(), LOG_OF_ONE_TYPE));
        }
        if (shape.mergedTypes() > 1) {
            template += MERGED;
        }
        String filters = (shape.filtersTypes() ? OF_TYPES : "") + (shape.filtersCategories() ? OF_CATEGORIES : "");
        return template.replace("${columns}", EventRows.COLUMNS)
                .replace("${schema}", schema.value())
                .replace("${filters}", filters)
                .replace("${direction}", shape.backward() ? "DESC" : "ASC");
    }

    /**
     * The lowest and the highest number to read: of a stream the versions, both included; of the log the position to begin
     * after and the last one.
     */
    record Bounds(long low, long high) {}

    /** What a query's SQL text depends on. */
    private record Shape(
            boolean stream, boolean backward, boolean filtersTypes, boolean filtersCategories, int mergedTypes) {

        static Shape of(EventQuery query) {
            int types = query.types().size();
            boolean stream = query.stream().isPresent();
            boolean merged = !stream && types > 0 && types <= MAX_MERGED_TYPES;
            return new Shape(
                    stream,
                    query.isBackward(),
                    types > 0 && !merged,
                    !query.categories().isEmpty(),
                    merged ? types : 0);
        }
    }
}
