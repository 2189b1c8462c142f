package io.nexus.eventstream.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Binds the parameters of a statement one after the other, so that nobody counts them. */
final class Parameters {

    private final PreparedStatement statement;
    private int index;

    Parameters(PreparedStatement statement) {
        this.statement = statement;
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
        statement.setObject(++index, moment.atOffset(ZoneOffset.UTC));
        return this;
    }

    Parameters add(Object value) throws SQLException {
        statement.setObject(++index, value);
        return this;
    }

    Parameters addTexts(Collection<String> texts) throws SQLException {
        return addArray("text", texts.toArray(String[]::new));
    }

    Parameters addArray(String elementType, @Nullable Object[] elements) throws SQLException {
        statement.setArray(++index, statement.getConnection().createArrayOf(elementType, elements));
        return this;
    }
}
