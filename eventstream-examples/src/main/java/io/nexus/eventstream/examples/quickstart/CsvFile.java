package io.nexus.eventstream.examples.quickstart;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads CSV as RFC 4180 has it: UTF-8, a header, commas, quotes where needed, line breaks inside quotes. A record that is
 * none is handed on with its fault, and reading goes on at the next line.
 */
final class CsvFile {

    /** Stands after the text as a record of its own. If it comes out as anything else, a quote was left open before. */
    private static final String END = "\u0000end";

    private final Source source;
    private final List<String> needed;
    private final Consumer<CsvRow> rows;
    private final DecodedText decoded;
    private final String text;
    private final Map<String, Integer> columns = new HashMap<>();
    private int width;

    private CsvFile(Source source, List<String> needed, Consumer<CsvRow> rows) {
        this.source = source;
        this.needed = needed;
        this.rows = rows;
        this.decoded = new DecodedText(source.bytes());
        this.text = decoded.text() + "\n" + END;
    }

    /**
     * Hands every record after the header to {@code rows}.
     *
     * @param needed the columns that the header must name, in lower case; in any order, among others
     * @return how many lines the file has
     * @throws UsageException if the header is not one, before anything is handed on
     */
    static int read(Source source, List<String> needed, Consumer<CsvRow> rows) {
        CsvFile file = new CsvFile(source, needed, rows);
        long line = 0;
        boolean ended = false;
        while (!ended) {
            Records records = new Records(line);
            ended = file.readFrom(line, records);
            line = records.begin;
        }
        return file.decoded.lines();
    }

    /** Reads until the end or until the first record that cannot be one; returns whether it came to the end. */
    private boolean readFrom(long linesBefore, Records records) {
        try (StringReader in = new StringReader(text)) {
            in.skip(decoded.indexAfter(linesBefore));
            CsvReader<Raw> reader = CsvReader.builder()
                    .allowExtraFields(true)
                    .allowMissingFields(true)
                    .maxBufferSize(text.length() + 1_000_000)
                    .build(records, in);
            for (Raw raw : reader) {
                String last = raw.fields().get(raw.fields().size() - 1);
                if (last.endsWith(END) && raw.lastLine() > decoded.lines()) {
                    boolean closed = raw.fields().size() == 1 && last.equals(END);
                    if (!closed) {
                        accept(raw.with("a quote is never closed"));
                    }
                    return closed;
                }
                accept(raw);
            }
            throw new IllegalStateException("the end was not found");
        } catch (CsvParseException e) {
            Raw raw = new Raw(records.begin, records.fields, Optional.empty());
            accept(raw.with("text follows a closing quote"));
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(Raw raw) {
        if (columns.isEmpty()) {
            readHeader(raw);
        } else {
            rows.accept(
                    new CsvRow(raw.line(), columns, raw.fields(), raw.fault().or(() -> faultOf(raw))));
        }
    }

    private void readHeader(Raw raw) {
        if (faultOf(raw).isPresent() || raw.fault().isPresent()) {
            throw wrongHeader("line %d %s"
                    .formatted(raw.line(), raw.fault().or(() -> faultOf(raw)).orElseThrow()));
        }
        for (String field : raw.fields()) {
            String name = field.strip().toLowerCase(Locale.ROOT);
            if (columns.putIfAbsent(name, width++) != null && needed.contains(name)) {
                throw wrongHeader("it names %s twice".formatted(name));
            }
        }
        List<String> missing =
                needed.stream().filter(name -> !columns.containsKey(name)).toList();
        if (!missing.isEmpty()) {
            throw wrongHeader("it lacks %s".formatted(String.join(", ", missing)));
        }
    }

    private UsageException wrongHeader(String why) {
        return new UsageException("%s: the header must name the columns %s, separated by commas; %s"
                .formatted(source.name(), String.join(",", needed), why));
    }

    private Optional<String> faultOf(Raw raw) {
        if (!decoded.isGood() && decoded.isBad(raw.line(), raw.lastLine())) {
            return Optional.of("not UTF-8 text");
        }
        if (raw.fields().stream().anyMatch(field -> field.indexOf('\0') >= 0)) {
            return Optional.of("holds a NUL character");
        }
        if (width > 0 && raw.fields().size() != width) {
            return Optional.of(
                    "%d columns where the header has %d".formatted(raw.fields().size(), width));
        }
        return Optional.empty();
    }

    /** A record before anybody has looked at what its fields mean. */
    private record Raw(long line, List<String> fields, Optional<String> fault) {

        Raw with(String newFault) {
            return new Raw(line, fields, Optional.of(newFault));
        }

        long lastLine() {
            return line + fields.stream().mapToLong(Raw::lineBreaks).sum();
        }

        private static long lineBreaks(String field) {
            return field.chars().filter(c -> c == '\n').count()
                    + field.replace("\r\n", "").chars().filter(c -> c == '\r').count();
        }
    }

    /** Collects the fields of each record, and still knows them when the record turns out not to be one. */
    private static final class Records extends AbstractBaseCsvCallbackHandler<Raw> {

        private final long linesBefore;
        private long begin;
        private List<String> fields = List.of();

        Records(long linesBefore) {
            this.linesBefore = linesBefore;
        }

        @Override
        protected void handleBegin(long line) {
            begin = linesBefore + line;
            fields = new ArrayList<>();
        }

        @Override
        protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
            fields.add(new String(buffer, offset, length));
        }

        @Override
        protected Raw buildRecord() {
            return new Raw(begin, fields, Optional.empty());
        }
    }
}
