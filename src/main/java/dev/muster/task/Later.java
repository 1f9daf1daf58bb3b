package dev.muster.task;

/** Keeps what failed after the first failure: it is suppressed in that one. */
final class Later {

    private Later() {}

    /** Attaches the failure of a task that ended later; of one that was stopped, what went wrong while it stopped. */
    static void attach(Throwable first, Task<?> ended) {
        if (ended.state() == State.FINISHED) {
            return;
        }
        Throwable failure = ended.failure();
        if (ended.state() == State.FAILED) {
            attach(first, failure);
            return;
        }
        for (Throwable suppressed : failure.getSuppressed()) {
            attach(first, suppressed);
        }
    }

    private static void attach(Throwable first, Throwable later) {
        if (first != later && !(later instanceof CancelledException)) {
            first.addSuppressed(later);
        }
    }
}
