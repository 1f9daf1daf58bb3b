package dev.muster.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A command prefix that gives up root privileges, for programs that refuse to run as root, such as Postgres.
 *
 * @param words the prefix; empty if this process is not root
 * @param owner the required owner of the program's files; empty if the owner need not change
 */
record Demotion(List<String> words, String owner) {
    /** No prefix, because none is needed. */
    static final Demotion NONE = new Demotion(List.of(), "");

    private static final Path NOTHING = Path.of("/dev/null");
    private static final Path NOBODYS = Path.of("");
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String NOBODY = "65534";

    private static final List<String> UNSHARE = List.of("unshare", "-U");
    private static final List<String> SETPRIV =
            List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");

    /** Whether this process is root. */
    static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** The prefix that works here: a user namespace, in which root is unprivileged but still owns its files, else the user nobody. */
    static Demotion find() throws Guarded.FailedException, InterruptedException {
        if (!isRoot()) {
            return NONE;
        }
        if (works(UNSHARE)) {
            return new Demotion(UNSHARE, "");
        }
        if (works(SETPRIV)) {
            return new Demotion(SETPRIV, NOBODY + ":" + NOBODY);
        }
        throw new Guarded.FailedException(
                "Postgres refuses to run as root, and neither unshare -U nor setpriv work here; run as another user");
    }

    /** The command with the prefix. */
    List<String> before(List<String> command) {
        var all = new ArrayList<>(words);
        all.addAll(command);
        return all;
    }

    /** Makes the program the owner of a folder. */
    void give(Path folder) throws Guarded.FailedException, InterruptedException {
        if (!owner.isEmpty()) {
            Guarded.run("chown", List.of("chown", "-R", owner, folder.toString()), NOBODYS, NOTHING, LIMIT);
        }
    }

    private static boolean works(List<String> words) throws InterruptedException {
        var command = new ArrayList<>(words);
        command.add("true");
        try {
            Guarded.run("a trial", command, NOBODYS, NOTHING, LIMIT);
            return true;
        } catch (Guarded.FailedException e) {
            return false;
        }
    }
}
