package io.nexus.eventstream.jdbc;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds every SQL text that stands in compiled classes, and the statements in the bodies of functions. */
final class SqlTexts {

    private static final Pattern SQL = Pattern.compile(
            "\\s*\\(?(SELECT|INSERT|UPDATE|DELETE|WITH|MERGE|COPY|TRUNCATE|LOCK|TABLE)\\b[^:].*", Pattern.DOTALL);

    private static final Pattern STATEMENT =
            Pattern.compile("\\b(SELECT|PERFORM|INSERT INTO|UPDATE|DELETE FROM|WITH)\\b");

    /** Where a PL/pgSQL statement puts what it has selected. */
    private static final Pattern INTO =
            Pattern.compile("(?<!INSERT )\\bINTO\\s+(STRICT\\s+)?[a-z_.]+(\\s*,\\s*[a-z_.]+)*");

    private SqlTexts() {}

    /** Returns the SQL among the constants of all classes below a folder. */
    static List<String> ofClasses(Path folder) {
        List<String> texts = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".class"))
                    .sorted()
                    .toList()) {
                texts.addAll(ofClass(Files.readAllBytes(file)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return texts;
    }

    /** Reads the table of constants that a class file begins with (JVM Specification, 4.4). */
    static List<String> ofClass(byte[] file) throws IOException {
        List<String> texts = new ArrayList<>();
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(file));
        in.skipBytes(8);
        int constants = in.readUnsignedShort();
        for (int i = 1; i < constants; i++) {
            int tag = in.readUnsignedByte();
            switch (tag) {
                case 1 -> {
                    String text = in.readUTF();
                    if (SQL.matcher(text).matches()) {
                        texts.add(text);
                    }
                }
                case 7, 8, 16, 19, 20 -> in.skipBytes(2);
                case 15 -> in.skipBytes(3);
                case 5, 6 -> {
                    in.skipBytes(8);
                    // A long or a double takes two places.
                    i++;
                }
                default -> in.skipBytes(4);
            }
        }
        return texts;
    }

    /** Returns the statements of a function's body that name a table, as plain SQL. */
    static List<String> ofBody(String language, String body) {
        String text = body.replaceAll("--[^\n]*", "");
        if (language.equals("sql")) {
            return List.of(text);
        }
        List<String> statements = new ArrayList<>();
        for (String part : text.split(";", -1)) {
            Matcher begin = STATEMENT.matcher(part);
            if (begin.find()) {
                String statement = part.substring(begin.start());
                if (begin.start() > 0 && part.charAt(begin.start() - 1) == '(') {
                    statement = upToItsBracket(statement);
                }
                statement = statement.replaceFirst("\\bLOOP\\b.*", "").replaceFirst("(?s)\\sLOOP\\s.*", "");
                statements.add(INTO.matcher(statement).replaceFirst("").replaceFirst("^PERFORM\\b", "SELECT"));
            }
        }
        return statements;
    }

    private static String upToItsBracket(String text) {
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            depth += text.charAt(i) == '(' ? 1 : text.charAt(i) == ')' ? -1 : 0;
            if (depth < 0) {
                return text.substring(0, i);
            }
        }
        return text;
    }
}
