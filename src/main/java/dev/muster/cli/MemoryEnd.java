package dev.muster.cli;

import dev.muster.loop.OutOfMemory;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The end of a process whose memory is exhausted: writes a line to standard error and exits with
 * {@value ExitCode#OUT_OF_MEMORY}. A thread waits for this case with everything it needs already allocated. Safe on any
 * thread.
 */
public final class MemoryEnd extends Thread {

    private static final byte[] HEAP = line("the heap is exhausted; give the process more by -Xmx");
    private static final byte[] DIRECT =
            line("the memory for direct buffers is exhausted; give the process more by -XX:MaxDirectMemorySize");

    private static final int RESERVE_BYTES = 1 << 20;

    /** The limit for the message and the last actions; a reader of standard error that does not read cannot delay the exit further. */
    private static final long MAX_MILLIS = 1_000;

    private final FileOutputStream err = new FileOutputStream(FileDescriptor.err);
    private final CountDownLatch exhausted = new CountDownLatch(1);
    private final CountDownLatch never = new CountDownLatch(1);
    private final Runnable last;
    /** Released when memory is exhausted. */
    @SuppressWarnings("UnusedVariable")
    private byte @Nullable [] reserve = new byte[RESERVE_BYTES];

    private volatile byte[] text = HEAP;

    private MemoryEnd(Runnable last) {
        super("muster-memory");
        this.last = last;
        setDaemon(true);
    }

    /**
     * Ends the process from now on when memory is exhausted on any thread. Call once a process.
     *
     * @param last runs before the exit, for at most a second; its failures are ignored
     */
    public static void watch(Runnable last) {
        var end = new MemoryEnd(last);
        end.start();
        OutOfMemory.onExhausted(end::now);
        Thread.setDefaultUncaughtExceptionHandler(handler(Thread.getDefaultUncaughtExceptionHandler()));
    }

    /**
     * A default handler of uncaught exceptions that checks for exhausted memory and then calls the earlier one. Without
     * an earlier one it prints the trace as the JVM does.
     */
    static Thread.UncaughtExceptionHandler handler(Thread.@Nullable UncaughtExceptionHandler before) {
        return (failed, thrown) -> {
            OutOfMemory.check(thrown);
            if (before != null) {
                before.uncaughtException(failed, thrown);
            } else {
                // Not by the group of the thread: it calls the default handler, which is this one.
                System.err.print("Exception in thread \"" + failed.getName() + "\" ");
                thrown.printStackTrace(System.err);
            }
        };
    }

    /** Ends the process. Does not return. */
    private void now(OutOfMemoryError error) {
        try {
            reserve = null;
            text = isDirect(error) ? DIRECT : HEAP;
            exhausted.countDown();
            never.await(MAX_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException | RuntimeException | Error e) {
            // The process exits in every case.
        } finally {
            Runtime.getRuntime().halt(ExitCode.OUT_OF_MEMORY);
        }
    }

    @Override
    public void run() {
        try {
            exhausted.await();
            err.write(text);
            last.run();
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            // Nothing can be reported any more.
        } finally {
            Runtime.getRuntime().halt(ExitCode.OUT_OF_MEMORY);
        }
    }

    /** Recognizes exhausted direct memory by Netty's own error class, or by the JDK's message, which is always in English. */
    private static boolean isDirect(OutOfMemoryError error) {
        String message = error.getMessage();
        return error.getClass() != OutOfMemoryError.class || message != null && message.contains("direct");
    }

    private static byte[] line(String what) {
        return ("muster: out of memory: " + what + ", or limit its work by server.limits; exit code "
                        + ExitCode.OUT_OF_MEMORY + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }
}
