package dev.muster.connect;

import dev.muster.json.Utf8;
import dev.muster.loop.Nanos;
import dev.muster.task.CancelReason;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of a cancel: who asked for it, why, what it stopped, and how that ended. Immutable.
 *
 * @param by who
 * @param why in plain words, {@value #MOST_OF_WHY} characters at most
 * @param source the target of the step's verb: the name of a source, a function, an address, a queue; null where nothing
 *     was at work outside of the run's own steps
 * @param state how it ended
 * @param nanos from the request to that end
 * @param sent whether something of the call may have reached its source before
 */
public record Receipt(By by, String why, @Nullable String source, State state, long nanos, boolean sent) {

    /** The most characters of a reason that are kept. */
    public static final int MOST_OF_WHY = 500;

    /** Who asks for a cancel: a closed set of words. */
    public enum By {
        /** The caller left: its connection closed, its stream was reset, a person pressed Ctrl-C. */
        CALLER("caller"),
        /** Somebody asked for it by the run's id or by its job; the reason says who. */
        REQUEST("request"),
        /** A time was up: the step's, the plan's, the run's. */
        DEADLINE("deadline"),
        /** A step beside it, or above it, failed. */
        SIBLING("sibling"),
        /** The result is not needed: another step won the race, or the output is ready. */
        NOT_NEEDED("notNeeded"),
        /** The result passed a bound of the source's settings. */
        LIMIT("limit"),
        /** The node stops. */
        NODE("node");

        private final String word;

        By(String word) {
            this.word = word;
        }

        /** The word of events and reports. */
        public String word() {
            return word;
        }

        /** Who cancels for this reason. */
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

    /** How a cancel ended, the best first. */
    public enum State {
        /** Nothing of the call is at work any more, and the cancel itself cannot act any more either. */
        CONFIRMED("confirmed"),
        /** It was not confirmed in time; the connection is closed. */
        CLOSED("closed"),
        /** The work still goes on although nobody wants it: a fault. */
        ABANDONED("abandoned");

        private final String word;

        State(String word) {
            this.word = word;
        }

        /** The word of events and reports. */
        public String word() {
            return word;
        }
    }

    /** Cuts the reason. */
    public Receipt {
        why = why.length() <= MOST_OF_WHY ? why : Utf8.beginning(why, MOST_OF_WHY - 1) + "…";
    }

    /** Of a cancel that found nothing at work but steps of the run: these had ended at once. */
    public static Receipt of(CancelReason reason) {
        return new Receipt(By.of(reason), reason.why(), null, State.CONFIRMED, 0, false);
    }

    /**
     * The two of one step as one: it has the worse end of the two, with its source, and the longer time; who and why are those
     * of this one.
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

    /** This one, which names no source, with the end and the time of those inside it. */
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

    /** In a few words for people: {@code catalog confirmed in 4.1 ms}. */
    public String inWords() {
        String what = source == null ? "" : source + " ";
        return what + state.word() + " in " + Nanos.toMillis(nanos) + " ms";
    }
}
