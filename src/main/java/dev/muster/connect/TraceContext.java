package dev.muster.connect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The trace of a run (W3C Trace Context, level 1): the caller's, or a new one. Runs on the loop of its run.
 *
 * <p>Without a trace of the caller, the 128 bits of the run's id are the trace id and no flag is set. The caller's sampled flag is
 * passed on; flags that level 1 does not define are not.
 */
public final class TraceContext {

    /** The name of the {@code traceparent} header. */
    public static final String HEADER = "traceparent";

    /** The name of the header with vendor-specific trace state. */
    public static final String STATE_HEADER = "tracestate";

    private static final int LENGTH = 55;
    private static final int TRACE = 3;
    private static final int SPAN = 36;
    private static final int FLAGS = 53;
    private static final String BASE_32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final byte[] HEX = "0123456789abcdef".getBytes(ISO_8859_1);

    private final @Nullable String given;
    private final @Nullable String givenState;
    private final String run;
    private byte @Nullable [] header;
    private @Nullable String state;

    private TraceContext(@Nullable String given, @Nullable String givenState, String run) {
        this.given = given;
        this.givenState = givenState;
        this.run = run;
    }

    /**
     * Creates the trace of a run. Nothing is computed yet.
     *
     * @param traceparent the caller's header as received; null or malformed counts as none
     * @param run the run's id, a ULID
     */
    public static TraceContext of(@Nullable String traceparent, String run) {
        return of(traceparent, null, run);
    }

    /**
     * Creates the trace of a run, with the caller's trace state. Nothing is computed yet.
     *
     * @param tracestate the caller's header as received, several joined by commas; null for none. It is dropped if
     *     {@code traceparent} is missing or malformed
     */
    public static TraceContext of(@Nullable String traceparent, @Nullable String tracestate, String run) {
        return new TraceContext(traceparent, tracestate, run);
    }

    /** Returns the {@code traceparent} header for one request, with a new random span id. */
    public String next() {
        byte[] text = header().clone();
        long span;
        do {
            span = ThreadLocalRandom.current().nextLong();
        } while (span == 0);
        for (int i = FLAGS - 2; i >= SPAN; i--) {
            text[i] = HEX[(int) (span & 15)];
            span >>>= 4;
        }
        return new String(text, ISO_8859_1);
    }

    /** The trace id: 32 hexadecimal digits. */
    public String traceId() {
        return new String(header(), TRACE, SPAN - 1 - TRACE, ISO_8859_1);
    }

    /** The header {@value #STATE_HEADER} for requests, at most 512 characters; null if there is none. */
    public @Nullable String state() {
        header();
        return state;
    }

    private byte[] header() {
        byte[] made = header;
        if (made == null) {
            made = made().getBytes(ISO_8859_1);
            header = made;
        }
        return made;
    }

    private String made() {
        String noSpan = "-0000000000000000-0";
        if (given == null || !isWellFormed(given)) {
            return "00-" + bitsOf(run) + noSpan + '0';
        }
        state = givenState == null ? null : TraceState.passedOn(givenState);
        return "00-" + given.substring(TRACE, SPAN - 1) + noSpan + (Character.digit(given.charAt(FLAGS + 1), 16) & 1);
    }

    /**
     * Whether a header is well-formed. Of a later version only the fields of this one are read, as section 4.3 of the specification
     * requires.
     */
    private static boolean isWellFormed(String text) {
        if (text.length() < LENGTH
                || !isHex(text, 0, 2)
                || text.charAt(TRACE - 1) != '-'
                || !isHex(text, TRACE, SPAN - 1)
                || text.charAt(SPAN - 1) != '-'
                || !isHex(text, SPAN, FLAGS - 1)
                || text.charAt(FLAGS - 1) != '-'
                || !isHex(text, FLAGS, LENGTH)) {
            return false;
        }
        boolean ends = text.length() == LENGTH || !text.startsWith("00") && text.charAt(LENGTH) == '-';
        return ends && !text.startsWith("ff") && !isZero(text, TRACE, SPAN - 1) && !isZero(text, SPAN, FLAGS - 1);
    }

    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isZero(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) != '0') {
                return false;
            }
        }
        return true;
    }

    /** The lower 128 bits of a ULID as hexadecimal digits. Its 26 digits hold 130 bits, of which the first two are always 0. */
    private static String bitsOf(String ulid) {
        long high = 0;
        long low = 0;
        for (int i = 0; i < 26; i++) {
            int digit = ulid.length() == 26 ? BASE_32.indexOf(ulid.charAt(i)) : -1;
            if (digit < 0) {
                throw new IllegalArgumentException("not the id of a run: " + ulid);
            }
            high = high << 5 | low >>> 59;
            low = low << 5 | digit;
        }
        return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
}
