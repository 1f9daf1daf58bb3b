package dev.muster.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** A command of the command line: its words and its execution. */
public interface Command {

    /** The name of the command. */
    String name();

    /** The name, options and help; created anew for each call. */
    CommandSpec spec();

    /**
     * Runs the command on the main thread, which can block.
     *
     * @return the exit code
     * @throws UsageException if the command line is wrong: exit code 2
     * @throws dev.muster.config.ProblemsException with every problem of the files: exit code 2
     * @throws dev.muster.plan.MusterException with the failure: exit code 1
     */
    int run(ParseResult parsed, Session session) throws InterruptedException;
}
