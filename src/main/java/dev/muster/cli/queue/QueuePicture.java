package dev.muster.cli.queue;

import dev.muster.cli.Session;
import dev.muster.cli.TerminalStyle;
import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A live picture of one or two lines on standard error that shows the progress of a queue command. Drawn only on a
 * terminal and erased at the end. Safe on any thread.
 */
final class QueuePicture implements AutoCloseable {

    private static final Duration FIRST = Duration.ofMillis(300);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Session session;
    private final Loop loop;
    private final boolean isShown;
    private @Nullable Supplier<List<String>> lines;
    private @Nullable Timer next;
    private boolean isClosed;

    QueuePicture(Session session, Loop loop) {
        this.session = session;
        this.loop = loop;
        this.isShown = session.shell().errIsTerminal()
                && !"dumb".equals(session.shell().env().apply("TERM"));
    }

    /** Sets the lines to show; the supplier is called for each redraw. */
    synchronized void show(Supplier<List<String>> shown) {
        boolean isFirst = lines == null;
        lines = shown;
        if (isShown && isFirst) {
            next = loop.schedule(FIRST, this::draw);
        }
    }

    private synchronized void draw() {
        if (isClosed || lines == null) {
            return;
        }
        TerminalStyle look = session.look();
        session.screen()
                .draw(lines.get().stream()
                        .map(line -> look.fit(line, look.width() - 1))
                        .toList());
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
