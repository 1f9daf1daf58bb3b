package dev.muster.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What a logger and those below it say, in both forms of the log, put together on the threads that log. */
public final class Heard implements AutoCloseable {

    private final Logger logger;
    private final @Nullable Level before;
    private final UnaryOperator<String> mask;
    private final List<Line> lines = new ArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            hear(event);
        }
    };

    /** One line, as text and as JSON. */
    public record Line(String text, String json) {}

    private Heard(String name, Level level, UnaryOperator<String> mask) {
        this.mask = mask;
        logger = (Logger) LoggerFactory.getLogger(name);
        before = logger.getLevel();
        logger.setLevel(level);
        appender.setContext(logger.getLoggerContext());
        appender.start();
        logger.addAppender(appender);
        logger.setAdditive(false);
    }

    public static Heard of(String name) {
        return of(name, UnaryOperator.identity());
    }

    public static Heard of(String name, UnaryOperator<String> mask) {
        return new Heard(name, Level.DEBUG, mask);
    }

    public synchronized List<Line> lines() {
        return List.copyOf(lines);
    }

    /** The first line of which this is true, once there is one. */
    public synchronized Line first(Predicate<Line> wanted) throws InterruptedException {
        while (true) {
            for (Line line : lines) {
                if (wanted.test(line)) {
                    return line;
                }
            }
            wait();
        }
    }

    public Line saying(String words) throws InterruptedException {
        return first(line -> line.text().contains(words));
    }

    private synchronized void hear(ILoggingEvent event) {
        lines.add(new Line(LogFormat.TEXT.line(event, mask), LogFormat.JSON.line(event, mask)));
        notifyAll();
    }

    @Override
    public void close() {
        logger.setAdditive(true);
        logger.detachAppender(appender);
        logger.setLevel(before);
        appender.stop();
    }
}
