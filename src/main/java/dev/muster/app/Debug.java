package dev.muster.app;

import dev.muster.task.Diagnostics;
import dev.muster.task.Tasks;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParseResult;

/** What {@code --debug} adds: names of slow steps, failures that nobody looked at with their origin, and the log. */
final class Debug {

    private Debug() {}

    /** Sets the level of the log, which reads it when it is first used: before anything logs. */
    static void start(List<String> words) {
        if (words.contains(Options.DEBUG) && System.getProperty(Log.LEVEL) == null) {
            System.setProperty(Log.LEVEL, "DEBUG");
        }
    }

    /** Task trees that tell the session what a programmer should know. */
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
            var lines = new ArrayList<>(List.of("nobody looked at the failure of " + task + ": " + failure));
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
