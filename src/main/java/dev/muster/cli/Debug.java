package dev.muster.cli;

import dev.muster.log.Log;
import dev.muster.task.Diagnostics;
import dev.muster.task.Tasks;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParseResult;

/** The additions of {@code --debug}: names of slow steps, unhandled failures with their origin, and the debug log. */
public final class Debug {

    private Debug() {}

    /** Sets the log level. Call before the first log line, because the log reads the level on first use. */
    public static void start(List<String> words) {
        if (words.contains(Options.DEBUG) && System.getProperty(Log.LEVEL) == null) {
            System.setProperty(Log.LEVEL, "DEBUG");
        }
    }

    /** The options of task trees that report diagnostics to the session. */
    static Tasks.Options options(ParseResult given, Session session) {
        boolean debug = Options.isDebug(given);
        return Tasks.Options.defaults().debug(debug).diagnostics(new Told(session, debug));
    }

    private record Told(Session session, boolean debug) implements Diagnostics {
        @Override
        public void droppedFailure(String task, Throwable failure, @Nullable Throwable origin) {
            if (!debug) {
                return;
            }
            var lines = new ArrayList<>(List.of("unobserved failure of " + task + ": " + failure));
            if (origin != null) {
                lines.add("  it was started here:");
                var text = new StringWriter();
                origin.printStackTrace(new PrintWriter(text));
                text.toString().lines().skip(1).forEach(line -> lines.add("  " + line));
            }
            session.say(lines);
        }

        @Override
        public void slowStep(String task, long nanos) {
            session.say("slow: " + task + " held the loop for " + nanos / 1_000_000 + " ms");
        }
    }
}
