package dev.muster.connect;

import dev.muster.loop.Nanos;
import dev.muster.task.CancelReason;
import dev.muster.text.Utf8;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The record of one cancel: who requested it, why, what it stopped and how it ended. Immutable.
 *
 * @param by who requested the cancel
 * @param why the reason in plain words, at most {@value #MAX_OF_WHY} characters
 * @param source the target of the step's verb: the name of a source, function, address or queue; null if nothing was running
 *     outside of the run's own steps
 * @param state how the cancel ended
 * @param nanos time from the request to the end, in nanoseconds
 * @param sent whether any part of the call could have reached its source before the cancel
 */
public record Receipt(By by, String why, @Nullable String source, State state, long nanos, boolean sent) {

    /** Maximum number of characters that are kept of a reason. */
    public static final int MAX_OF_WHY = 500;

    /** The origins of a cancel, as a closed set. */
    public enum By {
        /** The caller left: its connection closed, its stream was reset, or a person pressed Ctrl-C. */
        CALLER("caller"),
        /** A request by the run's id or by its job; the reason names who made it. */
        REQUEST("request"),
        /** A deadline of the step, the plan or the run passed. */
        DEADLINE("deadline"),
        /** A sibling or an enclosing step failed. */
        SIBLING("sibling"),
        /** The result is not needed: another step won the race, or the output is complete. */
        NOT_NEEDED("notNeeded"),
        /** The result exceeded a limit in the source's settings. */
        LIMIT("limit"),
        /** The node is shutting down. */
        NODE("node");

        private final String word;

        By(String word) {
            this.word = word;
        }

        /** The name in events and reports. */
        public String word() {
            return word;
        }

        /** The origin of a cancel with this reason. */
        public static By of(CancelReason reason) {
            return switch (reason.kind()) {
                case CALLER -> CALLER;
                case REQUEST -> REQUEST;
                case TIMEOUT -> DEADLINE;
                case FAILURE -> SIBLING;
                case NOT_NEEDED -> NOT_NEEDED;
                case SHUTDOWN -> NODE;
            };
        }
    }

    /** How a cancel ended, from best to worst. */
    public enum State {
        /** Nothing of the call is running, and the cancel itself can no longer act. */
        CONFIRMED("confirmed"),
        /** The cancel was not confirmed in time, and the connection was closed. */
        CLOSED("closed"),
        /** The work still runs although its result is not needed: a fault. */
        ABANDONED("abandoned");

        private final String word;

        State(String word) {
            this.word = word;
        }

        /** The name in events and reports. */
        public String word() {
            return word;
        }
    }

    /** Truncates the reason. */
    public Receipt {
        why = why.length() <= MAX_OF_WHY ? why : Utf8.beginning(why, MAX_OF_WHY - 1) + "…";
    }

    /** The receipt of a cancel that stopped only steps of the run, which end immediately. */
    public static Receipt of(CancelReason reason) {
        return new Receipt(By.of(reason), reason.why(), null, State.CONFIRMED, 0, false);
    }

    /**
     * Merges two receipts of one step. The result has the worse state with its source, the longer time, and the origin and reason
     * of this receipt.
     */
    public Receipt and(Receipt later) {
        boolean isWorse = later.state.compareTo(state) > 0;
        return new Receipt(
                by,
                why,
                isWorse || source == null ? later.source : source,
                isWorse ? later.state : state,
                Math.max(nanos, later.nanos),
                sent || later.sent);
    }

    /** This receipt without a source, with the state, time and {@code sent} of the receipt of the nested steps. */
    public Receipt within(Receipt inside) {
        return new Receipt(by, why, null, inside.state, inside.nanos, inside.sent);
    }

    /** The receipt as a JSON object: {@code {by, why, source, state, ms}}. */
    public Map<String, Object> toValue() {
        var value = new LinkedHashMap<String, Object>();
        value.put("by", by.word());
        value.put("why", why);
        if (source != null) {
            value.put("source", source);
        }
        value.put("state", state.word());
        value.put("ms", Nanos.toMillis(nanos));
        return value;
    }

    /** A short text for people: {@code catalog confirmed in 4.1 ms}. */
    public String inWords() {
        String what = source == null ? "" : source + " ";
        return what + state.word() + " in " + Nanos.toMillis(nanos) + " ms";
    }
}
