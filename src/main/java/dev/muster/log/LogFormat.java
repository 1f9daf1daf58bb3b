package dev.muster.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.muster.json.Json;
import dev.muster.text.Printable;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The formats of log lines. Formatting must run on the logging thread. Safe on any thread. */
enum LogFormat {
    /**
     * {@code 21:02:03.004 WARN  dev.muster.run: [run 01J… product-page/sellers of shop] what happened}, in local time,
     * followed by the stack trace if there is one. Only a new event starts at the left edge, and control characters are
     * escaped.
     */
    TEXT {
        @Override
        String line(ILoggingEvent event, UnaryOperator<String> mask) {
            LogEntry entry = LogEntry.of(event, mask);
            var line = new StringBuilder(160);
            line.append(CLOCK.format(LocalTime.ofInstant(at(event), ZoneId.systemDefault())));
            String level = event.getLevel().toString();
            line.append(' ').append(level).append(" ".repeat(Math.max(1, 6 - level.length())));
            line.append(shown(mask.apply(event.getLoggerName()))).append(": ");
            Map<String, Object> fields = entry.fields();
            Object run = fields.get(LogEntry.RUN);
            if (run != null) {
                line.append("[run ").append(shown(run.toString()));
                append(line, " ", fields.get(LogEntry.PLAN));
                append(line, "/", fields.get(LogEntry.STEP));
                if (fields.containsKey(LogEntry.PLAN)) {
                    // A line without a plan is a line of the access log, whose message already names the caller.
                    append(line, " of ", fields.get(LogEntry.CALLER));
                }
                line.append("] ");
            }
            line.append(shown(entry.message())).append('\n');
            if (entry.stack() != null) {
                line.append("  ").append(shown(entry.stack().stripTrailing())).append('\n');
            }
            return line.toString();
        }
    },

    /** A JSON object on one line, in UTC, as described in docs/logging.md. */
    JSON {
        @Override
        String line(ILoggingEvent event, UnaryOperator<String> mask) {
            LogEntry entry = LogEntry.of(event, mask);
            Map<String, Object> fields = entry.fields();
            var line = new LinkedHashMap<String, @Nullable Object>();
            line.put("time", MOMENT.format(at(event).atOffset(ZoneOffset.UTC)));
            line.put("level", event.getLevel().toString().toLowerCase(Locale.ROOT));
            line.put("logger", mask.apply(event.getLoggerName()));
            line.put("message", entry.message());
            for (String name : FIRST) {
                if (fields.containsKey(name)) {
                    line.put(name, fields.get(name));
                }
            }
            line.put("thread", mask.apply(event.getThreadName()));
            fields.forEach(line::putIfAbsent);
            if (event.getThrowableProxy() != null) {
                var error = new LinkedHashMap<String, @Nullable Object>();
                error.put("type", event.getThrowableProxy().getClassName());
                error.put("message", entry.thrown());
                error.put("stack", entry.stack());
                line.put("error", error);
            }
            return Printable.line(Json.write(line)) + "\n";
        }
    };

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);
    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT);
    private static final List<String> FIRST = List.of(LogEntry.RUN, LogEntry.PLAN, LogEntry.STEP, LogEntry.CALLER);

    /** The formatted line of an event, including its line end. */
    abstract String line(ILoggingEvent event, UnaryOperator<String> mask);

    private static Instant at(ILoggingEvent event) {
        return Instant.ofEpochMilli(event.getTimeStamp());
    }

    private static void append(StringBuilder line, String before, @Nullable Object value) {
        if (value != null) {
            line.append(before).append(shown(value.toString()));
        }
    }

    private static String shown(String text) {
        return Printable.lines(text, "\n  ");
    }
}
