package dev.muster.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.cli.Unread;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AsyncWriterTest {
    private final Unread unread = new Unread();
    private final CompletableFuture<Throwable> broken = new CompletableFuture<>();
    private final AsyncWriter pen = new AsyncWriter("test", unread, broken::complete);

    @AfterEach
    void release() {
        unread.release();
    }

    @Test
    void offer_whereTooManyTextsWait_saysSoOnceAndDropsWhatFollows() throws InterruptedException {
        pen.offer(() -> new byte[1], 1);
        unread.awaitWrite();
        for (int i = 0; i < AsyncWriter.BOUND_TEXTS; i++) {
            assertThat(pen.offer(() -> new byte[1], 1)).isTrue();
        }
        var made = new AtomicBoolean();
        assertThat(pen.offer(() -> made(made), 1)).isFalse();
        assertThat(pen.offer(() -> made(made), 1)).isTrue();
        unread.release();
        assertThat(pen.whenIdle().join()).isTrue();
        assertThat(pen.offer(() -> made(made), 1)).isTrue();
        assertThat(pen.whenIdle().join()).isTrue();
        assertThat(made).isFalse();
    }

    @Test
    void offer_whereTooManyBytesWait_saysSo() throws InterruptedException {
        pen.offer(() -> new byte[1], 1);
        unread.awaitWrite();
        assertThat(pen.offer(() -> new byte[1], AsyncWriter.BOUND_BYTES + 1)).isTrue();
        assertThat(pen.offer(() -> new byte[1], 1)).isFalse();
    }

    @Test
    void offer_makesTheTextOnThePensThread() {
        var maker = new CompletableFuture<Thread>();
        pen.offer(
                () -> {
                    maker.complete(Thread.currentThread());
                    return new byte[0];
                },
                1);
        assertThat(maker.join().getName()).isEqualTo("muster-test");
    }

    @Test
    void text_thatCannotBeMade_breaksThePen() {
        pen.offer(
                () -> {
                    throw new IllegalArgumentException("no JSON");
                },
                1);
        assertThat(broken.join()).hasMessage("no JSON");
        assertThat(pen.whenIdle().join()).isFalse();
    }

    @Test
    void readerWhoLeaves_breaksThePen() throws InterruptedException {
        var closed = new AsyncWriter("closed", new Closed(), broken::complete);
        closed.write(new byte[1]);
        assertThat(broken.join()).isInstanceOf(IOException.class);
    }

    @Test
    void restingPen_writesWhatWaits_andHasNoThreadUntilTheNextWrite() throws InterruptedException {
        var threads = new LinkedBlockingQueue<Thread>();
        unread.release();
        pen.rest();
        for (int i = 0; i < 2; i++) {
            pen.offer(
                    () -> {
                        threads.add(Thread.currentThread());
                        return new byte[1];
                    },
                    1);
            assertThat(pen.whenIdle().join()).isTrue();
            Thread wrote = threads.take();
            wrote.join(10_000);
            assertThat(wrote.isAlive()).isFalse();
        }
    }

    private static byte[] made(AtomicBoolean made) {
        made.set(true);
        return new byte[1];
    }

    private static final class Closed extends java.io.OutputStream {
        @Override
        public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
        }
    }
}
