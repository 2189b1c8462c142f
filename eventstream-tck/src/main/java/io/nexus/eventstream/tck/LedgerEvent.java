package io.nexus.eventstream.tck;

import io.nexus.eventstream.EventName;
import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The events that the contract tests append. */
public sealed interface LedgerEvent {

    /**
     * Money was posted.
     *
     * @param entry the journal entry
     * @param amount kept with its scale
     */
    record Posted(String entry, BigDecimal amount) implements LedgerEvent {}

    /**
     * Something was written down, under a name and schema version that are not the derived ones.
     *
     * @param narrative any text
     * @param tags any texts by any texts
     */
    @EventName(value = "remark", schemaVersion = 3)
    record Noted(String narrative, Map<String, String> tags) implements LedgerEvent {}

    /**
     * A writer of a race has done its work once more.
     *
     * @param writer which of them
     * @param number for which time
     */
    record Counted(int writer, int number) implements LedgerEvent {}

    /**
     * A payload as deep as one wants it.
     *
     * @param inner the next level, none at the innermost
     */
    record Nested(@Nullable Nested inner) implements LedgerEvent {}
}
