package dev.muster.connect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The trace that a run belongs to (W3C Trace Context, level 1): its caller's, or one of its own. On the loop of its run.
 *
 * <p>A run without a caller's trace has the 128 bits of its id as the id of its trace, and no flag. The flag of a caller's
 * trace, whether somebody records it, is passed on; flags that level 1 does not know are not.
 */
public final class TraceContext {

    /** The name of the header. */
    public static final String HEADER = "traceparent";

    /** The name of the header with what tracing systems have noted. */
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
     * Of a run. Nothing is computed yet.
     *
     * @param traceparent the caller's header as it came; null, and whatever is malformed, for none
     * @param run the run's id, a ULID
     */
    public static TraceContext of(@Nullable String traceparent, String run) {
        return of(traceparent, null, run);
    }

    /**
     * Of a run, with what tracing systems have noted. Nothing is computed yet.
     *
     * @param tracestate the caller's header as it came, several joined by commas; null for none. It is of no use without a
     *     well-formed {@code traceparent}, and is dropped then
     */
    public static TraceContext of(@Nullable String traceparent, @Nullable String tracestate, String run) {
        return new TraceContext(traceparent, tracestate, run);
    }

    /** The header for one request; each has a span of its own. */
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

    /** The id of the trace: 32 hexadecimal digits. */
    public String traceId() {
        return new String(header(), TRACE, SPAN - 1 - TRACE, ISO_8859_1);
    }

    /** The header {@value #STATE_HEADER} for requests, of 512 characters at most; null for none. */
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

    /** A version that is not known yet is read as far as this one goes, as the specification asks (section 4.3). */
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

    /** Its 26 digits hold 130 bits, of which the first two are always 0. */
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
