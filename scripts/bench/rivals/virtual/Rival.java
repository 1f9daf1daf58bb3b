import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.StructuredTaskScope.Subtask;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * The kernel's works with virtual threads in structured scopes (a preview of JDK 25): a line "WORK UNITS" on standard input, its
 * result on standard output.
 */
public final class Rival {
    private static final int BATCH = 1_000;
    private static final int SPAWNED = 100_000;
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int END = -1;

    public static void main(String[] args) throws Exception {
        var lines = new Scanner(System.in);
        while (lines.hasNext()) {
            String work = lines.next();
            int units = lines.nextInt();
            // In a virtual thread, too: what it forks goes to its own carrier's queue, and needs no hand-over from another thread.
            var result = new FutureTask<>(() -> result(work, units));
            Thread.startVirtualThread(result);
            System.out.println(result.get());
        }
    }

    private static long result(String work, int units) throws Exception {
        return switch (work) {
            case "gather" -> inBatches(units, () -> 1);
            case "timeout" -> inBatches(units, Rival::withinLimit);
            case "queue_5" -> throughQueue(units, 5);
            case "queue_1000" -> throughQueue(units, 1_000);
            case "cancel" -> cancelled(units);
            case "suspended_bytes" -> bytesOfSuspended(units);
            default -> throw new IllegalArgumentException("there is no work " + work);
        };
    }

    private static long inBatches(int units, Callable<Integer> body) throws Exception {
        long sum = 0;
        for (int batch = 0; batch < units / BATCH; batch++) {
            try (var scope = StructuredTaskScope.open()) {
                List<Subtask<Integer>> tasks = new ArrayList<>(BATCH);
                for (int i = 0; i < BATCH; i++) {
                    tasks.add(scope.fork(body));
                }
                scope.join();
                for (Subtask<Integer> task : tasks) {
                    sum += task.get();
                }
            }
        }
        return sum;
    }

    /** A part of the body with a limit of its own is a scope with a time-out, which runs it as its child. */
    private static int withinLimit() throws Exception {
        try (var scope = StructuredTaskScope.open(Joiner.<Integer>awaitAllSuccessfulOrThrow(), made -> made.withTimeout(LIMIT))) {
            Subtask<Integer> part = scope.fork(() -> {
                Thread.yield();
                return 1;
            });
            scope.join();
            return part.get();
        }
    }

    private static long throughQueue(int items, int capacity) throws Exception {
        var queue = new ArrayBlockingQueue<Integer>(capacity);
        try (var all = StructuredTaskScope.open()) {
            List<Subtask<Long>> consumers = new ArrayList<>();
            for (int c = 0; c < 3; c++) {
                consumers.add(all.fork(() -> {
                    long sum = 0;
                    for (int item = queue.take(); item != END; item = queue.take()) {
                        sum += item;
                    }
                    return sum;
                }));
            }
            try (var producers = StructuredTaskScope.open()) {
                for (int p = 0; p < 2; p++) {
                    producers.fork(() -> {
                        for (int i = 0; i < items / 2; i++) {
                            queue.put(1);
                        }
                        return null;
                    });
                }
                producers.join();
            }
            for (int c = 0; c < 3; c++) {
                queue.put(END);
            }
            all.join();
            long sum = 0;
            for (Subtask<Long> consumer : consumers) {
                sum += consumer.get();
            }
            return sum;
        }
    }

    private static long cancelled(int units) throws Exception {
        var ended = new LongAdder();
        for (int round = 0; round < units / SPAWNED; round++) {
            withSuspended(SPAWNED, ended, () -> 0L);
        }
        return ended.sum();
    }

    private static long bytesOfSuspended(int count) throws Exception {
        long before = used();
        return withSuspended(count, new LongAdder(), () -> used() - before) / count;
    }

    private static final class Enough extends RuntimeException {}

    /** Has many threads park, looks at something, and has a sibling's failure interrupt them all. */
    private static long withSuspended(int count, LongAdder ended, Callable<Long> look) throws Exception {
        var started = new CountDownLatch(count);
        try (var scope = StructuredTaskScope.open()) {
            for (int i = 0; i < count; i++) {
                scope.fork(() -> {
                    started.countDown();
                    while (!Thread.interrupted()) {
                        LockSupport.park();
                    }
                    ended.increment();
                    return null;
                });
            }
            started.await();
            long seen = look.call();
            scope.fork(() -> {
                throw new Enough();
            });
            try {
                scope.join();
            } catch (StructuredTaskScope.FailedException e) {
                if (!(e.getCause() instanceof Enough)) {
                    throw e;
                }
            }
            return seen;
        }
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
