package dev.muster.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;

/** A stream whose reader never reads: every write waits, until it is released. */
public final class Unread extends OutputStream {
    private final CountDownLatch writing = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    /** Waits until somebody writes. */
    public void awaitWrite() throws InterruptedException {
        writing.await();
    }

    public void release() {
        released.countDown();
    }

    @Override
    public void write(int b) throws IOException {
        writing.countDown();
        try {
            released.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
