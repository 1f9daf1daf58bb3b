package dev.muster.loop;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The end of a process whose memory is exhausted, be it the heap or direct buffers: a line on standard error, and exit code {@value #EXIT_CODE}.
 * After such a failure nobody knows what was left half done, and a node that goes on may answer nothing; so it ends at once, and whoever
 * watches it starts it anew.
 *
 * <p>The JVM can do this by an option of its own for the heap only, and an option is no part of a jar. So whoever catches anything that may
 * have been thrown shows it to {@link #check}. That does nothing where the process is not ours to end: only a program's main
 * method says {@link #endsProcess}. Safe on every thread.
 */
public final class OutOfMemory {

    /** What the process ends with, which is that of the JVM's own option too. */
    public static final int EXIT_CODE = 3;

    private static final int MOST_CAUSES = 20;
    private static final int RESERVE_BYTES = 1 << 20;

    /** For the message and the last acts: a reader who does not read holds no process up. */
    private static final long MOST_MILLIS = 1_000;

    private static volatile @Nullable Ender ender;

    private OutOfMemory() {}

    /**
     * From now on memory that is exhausted ends the process, on whichever thread. The second call does nothing.
     *
     * @param last done before the end, in a second at most; it may fail
     */
    public static synchronized void endsProcess(Runnable last) {
        if (ender == null) {
            var thread = new Ender(last);
            thread.start();
            ender = thread;
            Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
            Thread.setDefaultUncaughtExceptionHandler((failed, thrown) -> {
                check(thrown);
                if (before != null) {
                    before.uncaughtException(failed, thrown);
                } else {
                    failed.getThreadGroup().uncaughtException(failed, thrown);
                }
            });
        }
    }

    /** Ends the process if this says, itself or by a cause, that memory is exhausted; returns in every other case. */
    public static void check(@Nullable Throwable thrown) {
        Ender end = ender;
        if (end == null) {
            return;
        }
        Throwable cause = thrown;
        for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
            if (cause instanceof OutOfMemoryError error && isOfMemory(error)) {
                end.now(error);
            }
            cause = cause.getCause();
        }
    }

    /** A thread that the system does not give is another matter: others may end meanwhile. */
    private static boolean isOfMemory(OutOfMemoryError error) {
        String message = error.getMessage();
        return message == null || !message.startsWith("unable to create native thread");
    }

    /** Waits for the end of the process. All that it needs is there before memory is short. */
    private static final class Ender extends Thread {
        private static final byte[] HEAP = line("the heap is exhausted; give the process more by -Xmx");
        private static final byte[] DIRECT =
                line("the memory for direct buffers is exhausted; give the process more by -XX:MaxDirectMemorySize");

        private final FileOutputStream err = new FileOutputStream(FileDescriptor.err);
        private final Runnable last;
        private byte @Nullable [] reserve = new byte[RESERVE_BYTES];
        private byte @Nullable [] text;

        Ender(Runnable last) {
            super("muster-memory");
            this.last = last;
            setDaemon(true);
        }

        /** Ends it; does not return. */
        void now(OutOfMemoryError error) {
            try {
                synchronized (this) {
                    reserve = null;
                    if (text == null) {
                        text = isDirect(error) ? DIRECT : HEAP;
                    }
                    notifyAll();
                    wait(MOST_MILLIS);
                }
            } catch (InterruptedException | RuntimeException | Error e) {
                // There is no time for anything else.
            } finally {
                Runtime.getRuntime().halt(EXIT_CODE);
            }
        }

        @Override
        public void run() {
            try {
                byte[] told = awaited();
                err.write(told);
                last.run();
            } catch (IOException | InterruptedException | RuntimeException | Error e) {
                // Nobody is there to be told.
            } finally {
                Runtime.getRuntime().halt(EXIT_CODE);
            }
        }

        private synchronized byte[] awaited() throws InterruptedException {
            while (text == null) {
                wait();
            }
            return text;
        }

        /** By Netty's own error, or the JDK's words, which are in no language but English. */
        private static boolean isDirect(OutOfMemoryError error) {
            String message = error.getMessage();
            return error.getClass() != OutOfMemoryError.class || message != null && message.contains("direct");
        }

        private static byte[] line(String what) {
            return ("muster: out of memory: " + what + ", or bound its work by server.limits; exit code " + EXIT_CODE
                            + "\n")
                    .getBytes(StandardCharsets.UTF_8);
        }
    }
}
