package dev.muster.connect.sql;

import dev.muster.config.Problems;
import dev.muster.config.Suggest;
import dev.muster.connect.sql.QueryFile.NamedQuery;
import dev.muster.plan.Option;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import dev.muster.text.Utf8;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The words of an SQL verb and the checks between them. */
final class SqlOptions {
    static final String SQL = "sql";
    static final String QUERY = "query";
    static final String PARAMS = "params";
    static final String ROWS = "rows";

    private SqlOptions() {}

    /**
     * The specification of the words. The check covers named queries of the sources given.
     *
     * @param dialect the syntax of the database's statements
     * @param sources the settings of the known sources by name
     */
    static VerbSpec of(
            String verb, String about, String example, SqlText.Dialect dialect, Map<String, SqlSettings> sources) {
        return VerbSpec.of(
                        verb,
                        VerbSpec.Target.SOURCE,
                        about,
                        Option.of(SQL, Option.Type.TEXT, "One statement, with the database's own placeholders."),
                        Option.of(
                                QUERY,
                                Option.Type.TEXT,
                                "The name of a statement in the source's file of named queries."),
                        Option.of(PARAMS, Option.Type.LIST, "The values of the placeholders, in their order."),
                        Option.oneOf(
                                ROWS,
                                "The form of the result: one row or null, a list of many rows (the default), the value of one"
                                        + " row or null, nothing, or a stream of rows into an each.",
                                Rows.Mode.words()))
                .exactlyOneOf(SQL, QUERY)
                .checked((call, problems) -> check(call, sources.get(call.target()), dialect, problems))
                .withEffects(call ->
                        !SqlText.isQuery(dialect, statement(call, sources).orElse("")))
                .onlyFlowing(SqlOptions::isStream)
                .summarized(call -> summary(call))
                .example(example);
    }

    /** The statement of a call, written in the step or found by name; empty if no query has the name. */
    static Optional<String> statement(VerbCall call, Map<String, SqlSettings> sources) {
        Optional<String> written = call.text(SQL);
        return written.isPresent()
                ? written.map(SqlText::withoutSemicolon)
                : call.text(QUERY)
                        .flatMap(name -> Optional.ofNullable(sources.get(call.target()))
                                .map(source -> source.queries().get(name)))
                        .map(NamedQuery::sql);
    }

    private static boolean isStream(VerbCall call) {
        return call.text(ROWS).filter("stream"::equals).isPresent();
    }

    private static String summary(VerbCall call) {
        String text = call.text(SQL).orElseGet(() -> "query " + call.text(QUERY).orElse(""));
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= 80 ? line : Utf8.beginning(line, 79) + "…";
    }

    private static void check(VerbCall call, @Nullable SqlSettings source, SqlText.Dialect dialect, Problems problems) {
        Optional<String> name = call.text(QUERY);
        if (source != null && name.isPresent() && !source.queries().containsKey(name.get())) {
            var known = source.queries().keySet();
            String hint = Suggest.didYouMean(name.get(), known);
            String there = known.isEmpty() ? "; queries/" + source.name() + ".sql has no queries" : "";
            problems.add(
                    call.at(),
                    "there is no query \"" + name.get() + "\" of the source " + source.name()
                            + (hint.isEmpty() && known.size() <= 10 && !known.isEmpty()
                                    ? "; there is " + String.join(", ", known)
                                    : hint + there));
        }
        String sql = call.text(SQL).orElse("");
        if (sql.indexOf('\0') >= 0 || Utf8.hasHalf(sql)) {
            problems.add(call.at(), "sql has U+0000 or an unpaired surrogate, which statements cannot have");
        } else if (call.text(SQL).filter(text -> SqlText.isEmpty(dialect, text)).isPresent()) {
            problems.add(call.at(), "sql is empty: there is no statement in it");
        }
    }
}
