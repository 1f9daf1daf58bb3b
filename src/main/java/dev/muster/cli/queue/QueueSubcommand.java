package dev.muster.cli.queue;

import dev.muster.cli.Session;
import dev.muster.cli.UsageException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** A subcommand of {@code muster queue}. */
interface QueueSubcommand {

    /** The name of the subcommand. */
    String name();

    /** The name, options and help, without the options shared by all subcommands; created anew for each call. */
    CommandSpec spec();

    /**
     * Checks the command line before any connection is made.
     *
     * @throws UsageException if the command line is wrong
     */
    default void check(ParseResult given) {}

    /**
     * Runs the subcommand on the main thread, which can block.
     *
     * @return the exit code
     * @throws UsageException if the command line is wrong
     * @throws dev.muster.plan.MusterException with the failure
     */
    int run(ParseResult given, Session session, QueueAdmin desk) throws InterruptedException;
}
