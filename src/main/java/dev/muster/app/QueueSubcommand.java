package dev.muster.app;

import dev.muster.app.desk.QueueDesk;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** One of the commands behind {@code muster queue}. */
interface QueueSubcommand {

    /** The word that asks for it. */
    String name();

    /** Its name, options and help, but those of all of them; made anew for each call. */
    CommandSpec spec();

    /**
     * Checks its words, before anything is reached.
     *
     * @throws UsageException if they do not go together
     */
    default void check(ParseResult given) {}

    /**
     * Does it, on the main thread, which may wait.
     *
     * @return the exit code
     * @throws UsageException if the words of the command line are wrong
     * @throws dev.muster.plan.MusterException with what failed
     */
    int run(ParseResult given, Session session, QueueDesk desk) throws InterruptedException;
}
