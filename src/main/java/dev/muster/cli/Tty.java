package dev.muster.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Terminal detection for file descriptors of this process. {@code System.console()} does not suffice: it considers
 * standard input and output together, and since JDK 22 exists without a terminal too.
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

    /** The width of the terminal in columns; 0 if unknown. */
    static int columns(Function<String, @Nullable String> env) {
        String said = env.apply("COLUMNS");
        if (said != null && said.matches("[1-9][0-9]{0,3}")) {
            return Integer.parseInt(said);
        }
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String size = new String(stty.getInputStream().readNBytes(64), StandardCharsets.US_ASCII);
            return size.matches("\\d+ \\d{1,4}\\s*")
                    ? Integer.parseInt(size.trim().replaceFirst("\\d+ ", ""))
                    : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    /** Without /proc, asks a child process that inherits the descriptor. */
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
