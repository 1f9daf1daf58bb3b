package dev.muster.cli.queue;

import dev.muster.cli.Options;
import dev.muster.cli.Session;
import dev.muster.cli.TerminalStyle;
import dev.muster.json.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The output of the queue commands: tables on a terminal, one JSON value a line elsewhere. JSON values are complete and
 * unmasked, because scripts process the job bodies.
 */
final class QueueOutput {

    private static final String JSON = "--json";

    private QueueOutput() {}

    /** The flag that prints JSON lines on a terminal too. */
    static OptionSpec json() {
        return Options.flag(JSON, "Prints JSON, one value per line, on a terminal too.");
    }

    static void queues(ParseResult parsed, Session session, List<Map<String, @Nullable Object>> queues) {
        if (isForPeople(parsed, session)) {
            QueueTable.queues(queues, TerminalStyle.terminal(session.io().env()))
                    .forEach(session::print);
        } else {
            queues.forEach(queue -> line(session, queue));
        }
    }

    static void jobs(ParseResult parsed, Session session, List<Map<String, @Nullable Object>> jobs) {
        if (!isForPeople(parsed, session)) {
            jobs.forEach(job -> line(session, job));
        } else if (!jobs.isEmpty()) {
            QueueTable.jobs(jobs, TerminalStyle.terminal(session.io().env())).forEach(session::print);
        }
    }

    /** Prints one value, indented on a terminal. */
    static void value(ParseResult parsed, Session session, Object value) {
        if (isForPeople(parsed, session)) {
            session.printLines(Json.pretty(value));
        } else {
            line(session, value);
        }
    }

    /** Prints one value on one line. */
    static void line(Session session, Object value) {
        session.print(Json.write(value));
    }

    private static boolean isForPeople(ParseResult parsed, Session session) {
        return session.io().outIsTerminal() && !Options.has(parsed, JSON);
    }
}
