package dev.muster.dev;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.muster.config.Position;
import dev.muster.config.Problem;
import dev.muster.config.ProblemsException;
import dev.muster.config.Sizes;
import io.vertx.core.Vertx;
import io.vertx.mysqlclient.MySQLException;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The SQL statements of a file that fill a Postgres or MySQL database. */
final class SqlFill implements EmbeddedDatabases.Fill {
    private static final int MAX_BYTES = 64 << 20;
    private static final Pattern COPY =
            Pattern.compile("copy\\b.*\\bfrom\\s+stdin\\b.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern LINE = Pattern.compile(" at line (\\d+)$");

    /** The format in which the client wraps messages of a MySQL server. */
    private static final Pattern SAID = Pattern.compile("\\{errorMessage=(.*), errorCode=.*}", Pattern.DOTALL);

    private final String file;
    private final String text;
    private final boolean postgres;
    private final List<SqlScript.Statement> statements;

    private SqlFill(String file, String text, boolean postgres) {
        this.file = file;
        this.text = text;
        this.postgres = postgres;
        this.statements = SqlScript.split(file, text, postgres);
    }

    /** Reads a UTF-8 file of at most 64 MiB. */
    static SqlFill read(Path path, boolean postgres) throws ProblemsException {
        String file = path.toString();
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        } catch (IOException e) {
            throw problem(Position.start(file), "the file cannot be read: " + e);
        }
        if (bytes.length > MAX_BYTES) {
            throw problem(Position.start(file), "the file is larger than " + Sizes.format(MAX_BYTES));
        }
        try {
            var fill = new SqlFill(
                    file, UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString(), postgres);
            fill.check();
            return fill;
        } catch (CharacterCodingException e) {
            throw problem(Position.start(file), "the file is not UTF-8");
        }
    }

    @Override
    public void run(Vertx vertx, String uri) throws InterruptedException {
        try (SqlLink link = SqlLink.connect(vertx, uri)) {
            for (SqlScript.Statement statement : statements) {
                try {
                    link.run(statement.sql());
                } catch (ExecutionException e) {
                    throw failure(statement, Objects.requireNonNull(e.getCause()));
                }
            }
        }
    }

    private void check() {
        for (SqlScript.Statement statement : statements) {
            if (postgres && COPY.matcher(statement.sql()).matches()) {
                throw problem(at(statement, 0), "COPY … FROM STDIN is not supported here: use INSERT");
            }
        }
    }

    private ProblemsException failure(SqlScript.Statement statement, Throwable failure) {
        if (failure instanceof PgException pg) {
            String detail = pg.getDetail() == null ? "" : "; " + pg.getDetail();
            String position = pg.getPosition();
            int index = position == null
                    ? 0
                    : statement.sql().offsetByCodePoints(0, Math.max(0, Integer.parseInt(position) - 1));
            return problem(at(statement, index), pg.getErrorMessage() + " (" + pg.getSqlState() + ")" + detail);
        }
        if (failure instanceof MySQLException my) {
            Matcher said = SAID.matcher(String.valueOf(my.getMessage()));
            String message = said.matches() ? said.group(1) : String.valueOf(my.getMessage());
            Matcher line = LINE.matcher(message);
            return problem(
                    at(statement, line.find() ? lineStart(statement.sql(), Integer.parseInt(line.group(1))) : 0),
                    message + " (" + my.getErrorCode() + "/" + my.getSqlState() + ")");
        }
        return problem(at(statement, 0), String.valueOf(failure.getMessage()));
    }

    private Position at(SqlScript.Statement statement, int index) {
        return SqlScript.position(file, text, statement.from() + index);
    }

    private static int lineStart(String sql, int line) {
        int start = 0;
        for (int passed = 1; passed < line; passed++) {
            start = sql.indexOf('\n', start) + 1;
        }
        return start;
    }

    private static ProblemsException problem(Position at, String message) {
        return new ProblemsException(List.of(new Problem(at, message)));
    }
}
