package dev.muster.app;

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
 * The standard streams of this process, unbuffered, whose failures say what has happened: the reader of an output has left
 * ({@link ReaderGoneException}), a stream is closed, or a disk is full. Decided by what kind of file the stream is, not by the system's words for it,
 * which are those of the user's language.
 *
 * <p>A stream that was closed when the process began ({@code <&-}) has no file. The JVM's own first file then gets its number, so that a
 * read would give the JDK's classes and a write might end up anywhere: such a stream fails at once.
 */
final class StandardStreams {

    private static final Pattern FLAGS = Pattern.compile("flags:\\s*([0-7]+)");
    private static final int ACCESS_MODE = 3;
    private static final int FILE_TYPE = 0170000;
    private static final int PIPE = 0010000;
    private static final int SOCKET = 0140000;

    private StandardStreams() {}

    /** Standard input. */
    static InputStream in() {
        return isClosed(0) ? new ClosedInput() : System.in;
    }

    /** Standard output. */
    static OutputStream out() {
        return new Output(1, "standard output", new FileOutputStream(FileDescriptor.out));
    }

    /** Standard error; who has closed it wants none of it. */
    static OutputStream err() {
        return isClosed(2)
                ? OutputStream.nullOutputStream()
                : new Output(2, "standard error", new FileOutputStream(FileDescriptor.err));
    }

    /** Whether a stream has no file, one of the JVM's own, or an output one that is open for reading only. */
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

    /** As a shell's own script is, which it may hand on under the number of a stream that is closed. */
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

    /** A stream to which every write goes as one. */
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
                throw readerHasLeft() ? new ReaderGoneException(String.valueOf(e.getMessage()), e) : failure(e);
            }
        }

        private IOException failure(IOException e) {
            return new IOException(name + " cannot be written: " + e.getMessage(), e);
        }

        /** A pipe, a socket and a terminal fail when nobody is at their other end; files and other devices for themselves. */
        private boolean readerHasLeft() {
            try {
                Path file = Path.of("/dev/fd/" + descriptor);
                int type = (Integer) Files.getAttribute(file, "unix:mode") & FILE_TYPE;
                return type == PIPE || type == SOCKET || Tty.isTerminal(descriptor);
            } catch (IOException | UnsupportedOperationException e) {
                // The other end of a terminal that is gone has no file any more.
                return true;
            }
        }
    }
}
