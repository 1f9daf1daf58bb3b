package dev.muster.app;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The command line of {@code target/muster.jar}, and with another edition that of {@code target/muster-dev.jar}. */
public final class Main {
    private static final int DONE = 0;
    private static final int USAGE = 2;

    private Main() {}

    /**
     * Runs one command and ends the process with its exit code.
     *
     * @param args the words of the command line
     */
    public static void main(String[] args) {
        main(Edition.PRODUCTION, args);
    }

    /** As {@link #main(String[])}, of another edition. */
    public static void main(Edition edition, String[] args) {
        System.exit(run(edition, List.of(args), Shell.ofProcess()));
    }

    /**
     * Runs one command and waits for its end. Nothing of it is left running then; signals are not handled here.
     *
     * @return the exit code, as the commands document it
     */
    public static int run(Edition edition, List<String> args, Shell shell) {
        if (args.equals(List.of("--version"))) {
            new PrintStream(shell.out(), true, StandardCharsets.UTF_8).println("muster " + version());
            return DONE;
        }
        new PrintStream(shell.err(), true, StandardCharsets.UTF_8).println("usage: muster --version");
        return USAGE;
    }

    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(not from a jar)" : version;
    }
}
