package dev.muster.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The standard streams of this process, unbuffered, with failures that name their cause: the reader of an output has
 * left ({@link ProcessIo.ReaderGoneException}), a stream is closed, or a disk is full. The cause is derived from the type of the
 * file, because the system's messages depend on the user's language.
 *
 * <p>A stream that was closed at process start ({@code <&-}) has no file. The JVM's first own file then gets its
 * descriptor, so that a read would return the JDK's classes and a write could damage any file. Such a stream therefore
 * fails at once.
 */
final class StandardStreams {

    private static final Pattern FLAGS = Pattern.compile("flags:\\s*([0-7]+)");
    private static final int ACCESS_MODE = 3;
    private static final int FILE_TYPE = 0170000;
    private static final int PIPE = 0010000;
    private static final int SOCKET = 0140000;

    private StandardStreams() {}

    static InputStream in() {
        return isClosed(0) ? new ClosedInput() : System.in;
    }

    static OutputStream out() {
        return new Output(1, "standard output", new FileOutputStream(FileDescriptor.out));
    }

    /** Standard error; if it is closed, its output is discarded. */
    static OutputStream err() {
        return isClosed(2)
                ? OutputStream.nullOutputStream()
                : new Output(2, "standard error", new FileOutputStream(FileDescriptor.err));
    }

    /** Whether a descriptor has no file, a file of the JVM's own, or, for an output, a file open only for reading. */
    private static boolean isClosed(int descriptor) {
        if (!Files.isDirectory(Path.of("/proc/self/fd"))) {
            return false;
        }
        try {
            String file = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return file.startsWith(System.getProperty("java.home") + "/")
                    || descriptor > 0 && isForReading(Files.readString(Path.of("/proc/self/fdinfo/" + descriptor)));
        } catch (IOException e) {
            return true;
        }
    }

    /** True for a shell's own script file, which a shell can pass on under the descriptor of a closed stream. */
    private static boolean isForReading(String info) {
        Matcher flags = FLAGS.matcher(info);
        return flags.find() && (Long.parseLong(flags.group(1), 8) & ACCESS_MODE) == 0;
    }

    private static final class ClosedInput extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("standard input is closed");
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            throw new IOException("standard input is closed");
        }
    }

    /** An output that passes on each write undivided. */
    private static final class Output extends OutputStream {
        private final int descriptor;
        private final String name;
        private final OutputStream to;
        private final boolean closed;

        Output(int descriptor, String name, OutputStream to) {
            this.descriptor = descriptor;
            this.name = name;
            this.to = to;
            this.closed = isClosed(descriptor);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            if (closed) {
                throw new IOException(name + " is closed");
            }
            try {
                to.write(bytes, from, length);
            } catch (IOException e) {
                throw readerHasLeft()
                        ? new ProcessIo.ReaderGoneException(String.valueOf(e.getMessage()), e)
                        : failure(e);
            }
        }

        private IOException failure(IOException e) {
            return new IOException(name + " cannot be written: " + e.getMessage(), e);
        }

        /** Pipes, sockets and terminals fail when their other end is closed; files and other devices fail for reasons of their own. */
        private boolean readerHasLeft() {
            try {
                Path file = Path.of("/dev/fd/" + descriptor);
                int type = (Integer) Files.getAttribute(file, "unix:mode") & FILE_TYPE;
                return type == PIPE || type == SOCKET || Tty.isTerminal(descriptor);
            } catch (IOException | UnsupportedOperationException e) {
                // The file of a terminal disappears when its other end is closed.
                return true;
            }
        }
    }
}
