package dev.muster.app;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** One command of the command line: its words, and what it does. */
public interface Command {

    /** The word that asks for it. */
    String name();

    /** Its name, options and help; made anew for each call. */
    CommandSpec spec();

    /**
     * Does it, on the main thread, which may wait.
     *
     * @return the exit code
     * @throws UsageException if the words of the command line are wrong: exit code 2
     * @throws dev.muster.config.ProblemsException with what is wrong in files: exit code 2
     * @throws dev.muster.plan.MusterException with what failed: exit code 1
     */
    int run(ParseResult given, Session session) throws InterruptedException;
}
