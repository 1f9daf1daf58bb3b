package dev.muster.cli.queue;

import dev.muster.cli.Options;
import dev.muster.cli.ProcessIo;
import dev.muster.cli.Session;
import dev.muster.cli.TerminalStyle;
import dev.muster.cli.Tty;
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

    static void queues(ParseResult given, Session session, List<Map<String, @Nullable Object>> queues) {
        if (isForPeople(given, session)) {
            QueueTable.queues(queues, look(session)).forEach(session::print);
        } else {
            queues.forEach(queue -> line(session, queue));
        }
    }

    static void jobs(ParseResult given, Session session, List<Map<String, @Nullable Object>> jobs) {
        if (!isForPeople(given, session)) {
            jobs.forEach(job -> line(session, job));
        } else if (!jobs.isEmpty()) {
            QueueTable.jobs(jobs, look(session)).forEach(session::print);
        }
    }

    /** Prints one value, indented on a terminal. */
    static void value(ParseResult given, Session session, Object value) {
        if (isForPeople(given, session)) {
            session.printLines(Json.pretty(value));
        } else {
            line(session, value);
        }
    }

    /** Prints one value on one line. */
    static void line(Session session, Object value) {
        session.print(Json.write(value));
    }

    private static TerminalStyle look(Session session) {
        ProcessIo shell = session.shell();
        return TerminalStyle.terminal(Tty.columns(shell.env()), TerminalStyle.unicode(shell.env()), shell.env());
    }

    private static boolean isForPeople(ParseResult given, Session session) {
        return session.shell().outIsTerminal() && !Options.has(given, JSON);
    }
}
