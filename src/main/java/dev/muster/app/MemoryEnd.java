package dev.muster.app;

import dev.muster.loop.OutOfMemory;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The end of a process whose memory is exhausted: a line on standard error, and exit code {@value ExitCode#OUT_OF_MEMORY}. A thread of its own waits
 * for it, and all that it needs is there before memory is short. Safe on every thread.
 */
final class MemoryEnd extends Thread {

    private static final byte[] HEAP = line("the heap is exhausted; give the process more by -Xmx");
    private static final byte[] DIRECT =
            line("the memory for direct buffers is exhausted; give the process more by -XX:MaxDirectMemorySize");

    private static final int RESERVE_BYTES = 1 << 20;

    /** For the message and the last acts: a reader who does not read holds no process up. */
    private static final long MOST_MILLIS = 1_000;

    private final FileOutputStream err = new FileOutputStream(FileDescriptor.err);
    private final CountDownLatch exhausted = new CountDownLatch(1);
    private final CountDownLatch never = new CountDownLatch(1);
    private final Runnable last;
    /** Let go when memory is short. */
    @SuppressWarnings("UnusedVariable")
    private byte @Nullable [] reserve = new byte[RESERVE_BYTES];

    private volatile byte[] text = HEAP;

    private MemoryEnd(Runnable last) {
        super("muster-memory");
        this.last = last;
        setDaemon(true);
    }

    /**
     * From now on memory that is exhausted ends the process, on whichever thread; once a process.
     *
     * @param last done before the end, in a second at most; it may fail
     */
    static void watch(Runnable last) {
        var end = new MemoryEnd(last);
        end.start();
        OutOfMemory.onExhausted(end::now);
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((failed, thrown) -> {
            OutOfMemory.check(thrown);
            if (before != null) {
                before.uncaughtException(failed, thrown);
            } else {
                failed.getThreadGroup().uncaughtException(failed, thrown);
            }
        });
    }

    /** Ends it; does not return. */
    private void now(OutOfMemoryError error) {
        try {
            reserve = null;
            text = isDirect(error) ? DIRECT : HEAP;
            exhausted.countDown();
            never.await(MOST_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException | RuntimeException | Error e) {
            // There is no time for anything else.
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
            // Nobody is there to be told.
        } finally {
            Runtime.getRuntime().halt(ExitCode.OUT_OF_MEMORY);
        }
    }

    /** By Netty's own error, or the JDK's words, which are in no language but English. */
    private static boolean isDirect(OutOfMemoryError error) {
        String message = error.getMessage();
        return error.getClass() != OutOfMemoryError.class || message != null && message.contains("direct");
    }

    private static byte[] line(String what) {
        return ("muster: out of memory: " + what + ", or bound its work by server.limits; exit code "
                        + ExitCode.OUT_OF_MEMORY + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }
}
