package dev.muster.dev;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Runs blocking tasks concurrently, each on a separate thread: all succeed, or the first failure is thrown. */
final class SideBySide {

    private SideBySide() {}

    /**
     * Runs all tasks and waits for their end. After a failure or an interrupt the others are interrupted and waited for.
     *
     * @return the results, in the order of the tasks
     */
    static <T> List<T> all(String what, List<Callable<T>> works) throws InterruptedException {
        if (works.isEmpty()) {
            return List.of();
        }
        ExecutorService threads = Executors.newFixedThreadPool(works.size(), work -> {
            var thread = new Thread(work, "muster-" + what);
            thread.setDaemon(true);
            return thread;
        });
        try {
            CompletionService<T> ended = new ExecutorCompletionService<>(threads);
            List<Future<T>> started = works.stream().map(ended::submit).toList();
            for (int i = 0; i < started.size(); i++) {
                ended.take().get();
            }
            List<T> results = new ArrayList<>();
            for (Future<T> one : started) {
                results.add(one.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } finally {
            end(threads);
        }
    }

    /** Waits for the end of all threads, even if interrupted. Every task has a time limit and ends soon after its interrupt. */
    private static void end(ExecutorService threads) {
        boolean interrupted = false;
        threads.shutdownNow();
        while (!threads.isTerminated()) {
            try {
                threads.awaitTermination(1, TimeUnit.HOURS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
