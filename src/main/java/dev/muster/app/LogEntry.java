package dev.muster.app;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import dev.muster.run.RunStep;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * A line of the log before it has a form: with secrets masked, bounded, and with the run that it belongs to. That is the one
 * it names itself, or that whose step is on the thread which logs.
 *
 * @param message at most 16 KiB in UTF-8
 * @param fields {@code run}, {@code plan}, {@code step}, {@code caller} and whatever else the line names
 * @param stack of what was thrown, at most 64 KiB, or null
 * @param thrown message of what was thrown
 */
record LogEntry(
        String message,
        Map<String, Object> fields,
        @Nullable String stack,
        @Nullable String thrown) {

    static final String RUN = "run";
    static final String PLAN = "plan";
    static final String STEP = "step";
    static final String CALLER = "caller";

    private static final int MOST_BYTES = 16 << 10;
    private static final int MOST_STACK_BYTES = 64 << 10;

    /** Of an event, on the thread that logs it. */
    static LogEntry of(ILoggingEvent event, UnaryOperator<String> mask) {
        String stack = null;
        String thrown = null;
        if (event.getThrowableProxy() != null) {
            stack = cut(mask.apply(ThrowableProxyUtil.asString(event.getThrowableProxy())), MOST_STACK_BYTES);
            thrown = event.getThrowableProxy().getMessage();
        }
        // Masked before it is cut: half a secret would not be known again.
        return new LogEntry(
                cut(mask.apply(String.valueOf(event.getFormattedMessage())), MOST_BYTES),
                fields(event, mask),
                stack,
                thrown == null ? null : cut(mask.apply(thrown), MOST_BYTES));
    }

    private static Map<String, Object> fields(ILoggingEvent event, UnaryOperator<String> mask) {
        var fields = new LinkedHashMap<String, Object>();
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                put(fields, pair.key, pair.value, mask);
            }
        }
        if (!fields.containsKey(RUN)) {
            Optional<RunStep> current = RunStep.current();
            current.ifPresent(at -> {
                put(fields, RUN, at.run(), mask);
                put(fields, PLAN, at.plan(), mask);
                put(fields, STEP, at.step(), mask);
                if (!fields.containsKey(CALLER)) {
                    put(fields, CALLER, at.caller(), mask);
                }
            });
        }
        return fields;
    }

    private static void put(
            Map<String, Object> fields, String name, @Nullable Object value, UnaryOperator<String> mask) {
        if (value instanceof Integer number) {
            fields.put(name, number.longValue());
        } else if (value instanceof Long || value instanceof Double || value instanceof Boolean) {
            fields.put(name, value);
        } else if (value != null) {
            fields.put(name, cut(mask.apply(value.toString()), MOST_BYTES));
        }
    }

    /** The beginning of a text of too many bytes, which says how long it was; never half a character. */
    static String cut(String text, int mostBytes) {
        if (text.length() <= mostBytes / 3) {
            return text;
        }
        int bytes = 0;
        for (int at = 0; at < text.length(); ) {
            int point = text.codePointAt(at);
            bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
            if (bytes > mostBytes) {
                return text.substring(0, at) + "… (cut: " + text.length() + " characters in all)";
            }
            at += Character.charCount(point);
        }
        return text;
    }
}
