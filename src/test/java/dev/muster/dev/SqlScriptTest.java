package dev.muster.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.config.ProblemsException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlScriptTest {

    @Test
    void semicolons_endStatements_andBlanksAndCommentsBetweenAreNone() {
        assertThat(postgres("a;; -- b;\n /* c; */ d ;\n")).containsExactly("a", "d");
        assertThat(mysql("a;; -- b;\n /* c; */ # e;\n d ;\n")).containsExactly("a", "d");
        assertThat(postgres("  \n-- nothing")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select ';', 'it''s;', \";\"",
                "select E'\\';', e'\\\\' || ';'",
                "select '\\' || ';'",
                "select $$;'$$, $a$ $$ ; $a$",
                "select a$b$c || ';'",
                "select 1 /* ; /* ; */ ; */ + 2",
                "select 1 -- ;\n+ 2",
                "create rule r as on insert to t do also (delete from a; delete from b)",
                "create function f() returns int begin atomic select case when a then 1 end; select 2; end",
                "select $1, a[1:2], 5--;\n2"
            })
    void whatPostgresQuotes_endsNothing(String statement) {
        assertThat(postgres(statement + ";\nselect 2")).containsExactly(statement, "select 2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select ';', 'it''s;', \"\\\";\", `;`",
                "select '\\';', '\\\\'",
                "select 1 -- ;\n+ 2",
                "select 1 # ;\n+ 2",
                "/*!50000 create table t (a int) ; */",
                "select 5--2"
            })
    void whatMysqlQuotes_endsNothing(String statement) {
        assertThat(mysql(statement + ";\nselect 2")).containsExactly(statement, "select 2");
    }

    @Test
    void delimiter_endsStatementsOfMysqlFromThereOn() {
        assertThat(mysql("a;\nDELIMITER //\ncreate procedure p() begin b; c; end//\ndelimiter ;\nd;"))
                .containsExactly("a", "create procedure p() begin b; c; end", "d");
    }

    @Test
    void quoteThatIsNotClosed_isAProblemWhereItBegins() {
        for (String open : List.of("'", "\"", "/*", "$x$")) {
            assertThatThrownBy(() -> postgres("a;\nb é " + open + " c;"))
                    .as(open)
                    .isInstanceOf(ProblemsException.class)
                    .hasMessageStartingWith("f.sql:2:5: a quote or comment is not closed");
        }
    }

    private static List<String> postgres(String text) {
        return texts(text, true);
    }

    private static List<String> mysql(String text) {
        return texts(text, false);
    }

    private static List<String> texts(String text, boolean postgres) {
        return SqlScript.split("f.sql", text, postgres).stream()
                .map(SqlScript.Statement::sql)
                .toList();
    }
}
