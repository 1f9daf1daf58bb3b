package dev.muster.connect.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Problems;
import dev.muster.connect.sql.QueryFile.NamedQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of named queries. */
class QueryFileTest {
    @TempDir
    private Path conf;

    private final Problems problems = new Problems();

    @Test
    void statements_standUnderTheirNames() throws IOException {
        Map<String, NamedQuery> queries = read("""
                -- What the shop asks.

                -- name: by_id
                select *
                  from product -- all of it
                 where id = $1;

                --name:all
                select 1
                """);
        assertThat(problems.list()).isEmpty();
        assertThat(queries).containsOnlyKeys("by_id", "all");
        assertThat(queries.get("by_id").sql()).isEqualTo("select *\n  from product -- all of it\n where id = $1");
        assertThat(queries.get("by_id").at().line()).isEqualTo(3);
    }

    @Test
    void noFile_hasNoQueries() {
        assertThat(QueryFile.read(conf, "db", problems)).isEmpty();
        assertThat(problems.list()).isEmpty();
    }

    @Test
    void nameThatIsTaken_isAProblemAtItsLine() throws IOException {
        read("-- name: a\nselect 1\n-- name: a\nselect 2\n");
        assertThat(problems.list().toString())
                .contains("db.sql:3:1")
                .contains("the name \"a\" is taken by the query in line 1");
    }

    @Test
    void whatIsNoQuery_isAProblemAtItsLine() throws IOException {
        read("select 1\n");
        read("-- name: two words\nselect 1\n-- name: nothing\n;\n");
        assertThat(problems.list().toString())
                .contains("db.sql:1:1: a statement must follow a line such as \"-- name: by_id\"")
                .contains("db.sql:1:1: a query cannot be named \"two words\"")
                .contains("db.sql:3:1: the query \"nothing\" has no statement");
    }

    @Test
    void statementWithANul_isAProblem() throws IOException {
        read("-- name: a\nselect '\u0000'\n");
        assertThat(problems.list().toString()).contains("db.sql:1:1: the query \"a\" has U+0000");
    }

    @Test
    void fileThatIsNoText_isAProblem() throws IOException {
        Files.createDirectories(conf.resolve("queries"));
        Files.write(conf.resolve("queries/db.sql"), new byte[] {'-', (byte) 0xff});
        QueryFile.read(conf, "db", problems);
        assertThat(problems.list().toString()).contains("the file is not text in UTF-8");
    }

    private Map<String, NamedQuery> read(String text) throws IOException {
        Files.createDirectories(conf.resolve("queries"));
        Files.writeString(conf.resolve("queries/db.sql"), text);
        return QueryFile.read(conf, "db", problems);
    }
}
