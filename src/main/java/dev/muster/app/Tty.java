package dev.muster.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Whether a file descriptor of this process is a terminal. {@code System.console()} cannot tell: it looks at standard
 * input and output together, and from JDK 22 on it is there without a terminal too.
 */
final class Tty {

    private static final Pattern DEVICE = Pattern.compile("/dev/(pts/\\d+|tty\\w*|console)");

    private Tty() {}

    static boolean isTerminal(int descriptor) {
        Path link = Path.of("/proc/self/fd/" + descriptor);
        if (Files.isSymbolicLink(link)) {
            try {
                return DEVICE.matcher(Files.readSymbolicLink(link).toString()).matches();
            } catch (IOException e) {
                return false;
            }
        }
        return !Files.isDirectory(Path.of("/proc/self/fd")) && asksShell(descriptor);
    }

    /** Where there is no /proc, a child that inherits the descriptor knows. */
    private static boolean asksShell(int descriptor) {
        var builder = new ProcessBuilder("/bin/sh", "-c", "test -t " + descriptor).inheritIO();
        try {
            return builder.start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
