package dev.muster.cli;

import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A live picture of a few lines on standard error that shows progress, redrawn at most ten times a second. Drawn only on
 * a terminal, after a first pause, and erased at the end. Safe on any thread.
 */
public final class LivePicture implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Session session;
    private final Loop loop;
    private final Duration first;
    private @Nullable Supplier<List<String>> lines;
    private @Nullable Timer next;
    private boolean isClosed;

    /**
     * Creates a picture that shows nothing yet.
     *
     * @param first the time from the first {@link #show} to the first drawing
     */
    public LivePicture(Session session, Loop loop, Duration first) {
        this.session = session;
        this.loop = loop;
        this.first = first;
    }

    /** Shows one line of plain text, cut to the width of the terminal. */
    public void showLine(Supplier<String> line) {
        show(() -> List.of(session.style().fit(line.get(), session.style().width() - 1)));
    }

    /** Sets the lines to show, each narrower than the terminal; the supplier is called on the loop for each drawing. */
    synchronized void show(Supplier<List<String>> shown) {
        boolean isFirst = lines == null;
        lines = shown;
        if (isFirst && session.io().canRedraw()) {
            next = loop.schedule(first, this::draw);
        }
    }

    private synchronized void draw() {
        if (isClosed || lines == null) {
            return;
        }
        session.screen().draw(lines.get());
        next = loop.schedule(PAUSE, this::draw);
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        Timer last = next;
        if (last != null) {
            loop.execute(last::cancel);
            session.screen().clear();
        }
    }
}
