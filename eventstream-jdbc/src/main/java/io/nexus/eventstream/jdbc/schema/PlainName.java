package io.nexus.eventstream.jdbc.schema;

import java.util.Set;
import java.util.regex.Pattern;

/** Names that are put into SQL text, and mean the same with and without quotes. */
final class PlainName {

    private static final Pattern PLAIN = Pattern.compile("(?!pg_)[a-z_][a-z0-9_]{0,62}");

    /** What PostgreSQL takes for a name in some places only or in none: {@code pg_get_keywords()}, all but category U. */
    private static final Set<String> WORDS_OF_SQL = Set.of("""
            all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both
            case cast char character check coalesce collate collation column concurrently constraint create cross
            current_catalog current_date current_role current_schema current_time current_timestamp current_user dec
            decimal default deferrable desc distinct do else end except exists extract false fetch float for foreign
            freeze from full grant greatest group grouping having ilike in initially inner inout int integer intersect
            interval into is isnull join json json_array json_arrayagg json_exists json_object json_objectagg json_query
            json_scalar json_serialize json_table json_value lateral leading least left like limit localtime
            localtimestamp merge_action national natural nchar none normalize not notnull null nullif numeric offset on
            only or order out outer overlaps overlay placing position precision primary real references returning right
            row select session_user setof similar smallint some substring symmetric system_user table tablesample then
            time timestamp to trailing treat trim true union unique user using values varchar variadic verbose when
            where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi
            xmlroot xmlserialize xmltable
            """.strip().split("\\s+"));

    private PlainName() {}

    /** Refuses a name that is not plain, or is a word of SQL; the message proposes one with the ending. */
    static void require(String name, String what, String ending) {
        if (!PLAIN.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "\"%s\" cannot be %s: use 1 to 63 of a-z, 0-9 and _, not beginning with a digit or pg_"
                            .formatted(name, what));
        }
        if (WORDS_OF_SQL.contains(name)) {
            throw new IllegalArgumentException("\"%s\" cannot be %s: it is a word of SQL; add to it, as in %s%s"
                    .formatted(name, what, name, ending));
        }
    }
}
