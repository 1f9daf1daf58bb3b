package dev.muster.log;

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
 * A log line before formatting: masked, bounded, and with its run. The run is the one named by the line itself or,
 * failing that, the one whose step runs on the logging thread.
 *
 * @param message the message, at most 16 KiB of UTF-8
 * @param fields {@code run}, {@code plan}, {@code step}, {@code caller} and other fields of the line
 * @param stack the stack trace of the throwable, at most 64 KiB, or null
 * @param thrown the message of the throwable, or null
 */
public record LogEntry(
        String message,
        Map<String, Object> fields,
        @Nullable String stack,
        @Nullable String thrown) {

    public static final String RUN = "run";
    public static final String PLAN = "plan";
    public static final String STEP = "step";
    public static final String CALLER = "caller";

    private static final int MAX_BYTES = 16 << 10;
    private static final int MAX_STACK_BYTES = 64 << 10;

    /** Creates the entry of an event. Must run on the logging thread. */
    static LogEntry of(ILoggingEvent event, UnaryOperator<String> mask) {
        String stack = null;
        String thrown = null;
        if (event.getThrowableProxy() != null) {
            stack = cut(mask.apply(ThrowableProxyUtil.asString(event.getThrowableProxy())), MAX_STACK_BYTES);
            thrown = event.getThrowableProxy().getMessage();
        }
        // Masked before cutting: the mask would not recognize a secret cut in half.
        return new LogEntry(
                cut(mask.apply(String.valueOf(event.getFormattedMessage())), MAX_BYTES),
                fields(event, mask),
                stack,
                thrown == null ? null : cut(mask.apply(thrown), MAX_BYTES));
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
            fields.put(name, cut(mask.apply(value.toString()), MAX_BYTES));
        }
    }

    /** The start of a text that exceeds this number of UTF-8 bytes, with a note of its full length. Never splits a character. */
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
