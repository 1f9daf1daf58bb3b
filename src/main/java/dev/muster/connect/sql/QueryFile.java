package dev.muster.connect.sql;

import dev.muster.config.Position;
import dev.muster.config.Problems;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the named queries of a source from {@code queries/SOURCE.sql}, in which a line such as {@code -- name: product_by_id}
 * stands above each statement. A missing file means no queries.
 */
public final class QueryFile {
    private static final long MAX_BYTES = 4L << 20;
    private static final Pattern NAME_LINE = Pattern.compile("\\s*--\\s*name\\s*:(.*)");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,99}");

    private final String file;
    private final Problems problems;
    private final Map<String, NamedQuery> queries = new LinkedHashMap<>();
    private final StringBuilder sql = new StringBuilder();
    private @Nullable String name;
    private Position at;

    /**
     * A statement from a file of named queries.
     *
     * @param name the name that steps use
     * @param sql the statement
     * @param at the position of the name in the file
     */
    public record NamedQuery(String name, String sql, Position at) {}

    private QueryFile(String file, Problems problems) {
        this.file = file;
        this.problems = problems;
        this.at = Position.start(file);
    }

    /** The queries of a source by name, in file order. Problems are noted with their line. */
    public static Map<String, NamedQuery> read(Path conf, String source, Problems problems) {
        Path path = conf.resolve("queries").resolve(source + ".sql");
        if (!Files.exists(path)) {
            return Map.of();
        }
        var reader = new QueryFile(path.toString(), problems);
        try {
            if (Files.size(path) > MAX_BYTES) {
                problems.add(reader.at, "a file of queries has at most " + MAX_BYTES + " bytes");
                return Map.of();
            }
            return reader.read(Files.readAllLines(path));
        } catch (CharacterCodingException e) {
            problems.add(reader.at, "the file is not text in UTF-8");
        } catch (IOException e) {
            problems.add(reader.at, "the file cannot be read: " + e.getMessage());
        }
        return Map.of();
    }

    private Map<String, NamedQuery> read(List<String> lines) {
        boolean begun = false;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            Matcher named = NAME_LINE.matcher(line);
            if (named.matches()) {
                end();
                begin(named.group(1).strip(), new Position(file, i + 1, 1));
                begun = true;
            } else if (begun) {
                sql.append(line).append('\n');
            } else if (!line.isBlank() && !line.stripLeading().startsWith("--")) {
                problems.add(new Position(file, i + 1, 1), "a statement must follow a line such as \"-- name: by_id\"");
                return Map.of();
            }
        }
        end();
        return Collections.unmodifiableMap(queries);
    }

    private void begin(String queryName, Position place) {
        at = place;
        name = queryName;
        if (!NAME.matcher(queryName).matches()) {
            problems.add(
                    place,
                    "a query cannot be named \"" + queryName
                            + "\": a name begins with a letter or '_', then has up to 99"
                            + " letters, digits, '_', '.' and '-'");
            name = null;
        } else if (queries.containsKey(queryName)) {
            int line = queries.get(queryName).at().line();
            problems.add(place, "the name \"" + queryName + "\" is taken by the query in line " + line);
            name = null;
        }
    }

    private void end() {
        String statement = SqlText.withoutSemicolon(sql.toString());
        sql.setLength(0);
        if (name == null) {
            return;
        }
        // The dialect is unknown here, so the statement must not be empty in either.
        if (SqlText.isEmpty(SqlText.Dialect.POSTGRES, statement) || SqlText.isEmpty(SqlText.Dialect.MYSQL, statement)) {
            problems.add(at, "the query \"" + name + "\" has no statement");
        } else if (statement.indexOf('\0') >= 0) {
            problems.add(at, "the query \"" + name + "\" has U+0000, which statements cannot have");
        }
        queries.put(name, new NamedQuery(name, statement, at));
        name = null;
    }
}
