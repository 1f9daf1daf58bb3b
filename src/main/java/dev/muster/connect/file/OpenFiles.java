package dev.muster.connect.file;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Counts open files, for tests and the live page. Safe on any thread. */
final class OpenFiles {
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong opened = new AtomicLong();

    void opened() {
        open.incrementAndGet();
        opened.incrementAndGet();
    }

    void closed() {
        open.decrementAndGet();
    }

    FileConnector.Statistics statistics() {
        return new FileConnector.Statistics(open.get(), opened.get());
    }
}
