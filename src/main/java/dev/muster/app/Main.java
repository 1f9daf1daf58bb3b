package dev.muster.app;

import java.io.PrintStream;
import java.util.List;

/** The command line of {@code target/muster.jar}. */
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
        System.exit(run(List.of(args), System.out, System.err));
    }

    /**
     * Runs one command: {@code --version} is all there is.
     *
     * @return the exit code: 0 done, 2 usage
     */
    public static int run(List<String> args, PrintStream out, PrintStream err) {
        if (args.equals(List.of("--version"))) {
            out.println("muster " + version());
            return DONE;
        }
        err.println("usage: muster --version");
        return USAGE;
    }

    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(not from a jar)" : version;
    }
}
