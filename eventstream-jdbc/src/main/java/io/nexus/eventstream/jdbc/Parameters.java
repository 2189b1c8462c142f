package io.nexus.eventstream.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Binds the parameters of a statement one after the other, so that nobody counts them. */
final class Parameters {

    private final PreparedStatement statement;
    private int index;

    Parameters(PreparedStatement statement) {
        this(statement, 0);
    }

    /** Begins after the first parameters, which are bound already. */
    Parameters(PreparedStatement statement, int bound) {
        this.statement = statement;
        this.index = bound;
    }

    Parameters add(String text) throws SQLException {
        statement.setString(++index, text);
        return this;
    }

    Parameters add(long number) throws SQLException {
        statement.setLong(++index, number);
        return this;
    }

    Parameters add(boolean flag) throws SQLException {
        statement.setBoolean(++index, flag);
        return this;
    }

    Parameters add(Instant moment) throws SQLException {
        statement.setObject(++index, utc(moment));
        return this;
    }

    /** Adds a bigint, or NULL. */
    Parameters addNumber(@Nullable Long number) throws SQLException {
        statement.setObject(++index, number, Types.BIGINT);
        return this;
    }

    /** Adds a timestamptz, or NULL. */
    Parameters addMoment(Optional<Instant> moment) throws SQLException {
        statement.setObject(++index, moment.map(Parameters::utc).orElse(null), Types.TIMESTAMP_WITH_TIMEZONE);
        return this;
    }

    /** Adds a value that the driver knows the type of, or NULL. */
    Parameters addNullable(Optional<?> value) throws SQLException {
        statement.setObject(++index, value.orElse(null));
        return this;
    }

    Parameters add(byte[] bytes) throws SQLException {
        statement.setBytes(++index, bytes);
        return this;
    }

    Parameters add(Object value) throws SQLException {
        statement.setObject(++index, value);
        return this;
    }

    /** Returns the moment in the form that JDBC takes. */
    static OffsetDateTime utc(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC);
    }

    Parameters addTexts(Collection<String> texts) throws SQLException {
        return addArray("text", texts.toArray(String[]::new));
    }

    Parameters addArray(String elementType, @Nullable Object[] elements) throws SQLException {
        statement.setArray(++index, statement.getConnection().createArrayOf(elementType, elements));
        return this;
    }
}
