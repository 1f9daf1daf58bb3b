package dev.muster.connect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The trace of a run (W3C Trace Context, level 1): the caller's, or a new one. Runs on the loop of its run.
 *
 * <p>Without a trace of the caller, the 128 bits of the run's id are the trace id and no flag is set. The caller's sampled flag is
 * passed on; flags that level 1 does not define are not. The caller's trace state is passed on within its limits (section 3.3), and
 * Muster adds no member of its own.
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
    private static final int MAX_STATE_MEMBERS = 32;
    private static final int MAX_STATE_CHARS = 512;
    private static final int LONG_MEMBER_CHARS = 128;

    /** Keys follow level 2 of the specification, whose keys are a superset of level 1's. */
    private static final Pattern STATE_MEMBER =
            Pattern.compile("[a-z0-9][a-z0-9_*/@-]{0,255}=[\\x20-\\x2b\\x2d-\\x3c\\x3e-\\x7e]{1,256}");

    private static final String BASE_32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final byte[] HEX = "0123456789abcdef".getBytes(ISO_8859_1);

    private final @Nullable String traceparent;
    private final @Nullable String tracestate;
    private final String run;
    private byte @Nullable [] header;
    private @Nullable String state;

    private TraceContext(@Nullable String traceparent, @Nullable String tracestate, String run) {
        this.traceparent = traceparent;
        this.tracestate = tracestate;
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
        if (traceparent == null || !isWellFormed(traceparent)) {
            return "00-" + bitsOf(run) + noSpan + '0';
        }
        state = tracestate == null ? null : passedOn(tracestate);
        return "00-" + traceparent.substring(TRACE, SPAN - 1) + noSpan
                + (Character.digit(traceparent.charAt(FLAGS + 1), 16) & 1);
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

    /**
     * Limits a trace state to 512 characters. Members longer than 128 characters are removed first, then members from the end.
     *
     * @param text the header as received, several joined by commas
     * @return the header to pass on; null if no member is left or any member is malformed
     */
    private static @Nullable String passedOn(String text) {
        List<String> members = new ArrayList<>();
        int chars = -1;
        for (String part : text.split(",", -1)) {
            String member = trimmed(part);
            if (member.isEmpty()) {
                continue;
            }
            if (members.size() == MAX_STATE_MEMBERS
                    || !STATE_MEMBER.matcher(member).matches()) {
                return null;
            }
            members.add(member);
            chars += member.length() + 1;
        }
        while (chars > MAX_STATE_CHARS) {
            chars -= members.remove(indexToDrop(members)).length() + 1;
        }
        return members.isEmpty() ? null : String.join(",", members);
    }

    private static int indexToDrop(List<String> members) {
        for (int i = members.size() - 1; i >= 0; i--) {
            if (members.get(i).length() > LONG_MEMBER_CHARS) {
                return i;
            }
        }
        return members.size() - 1;
    }

    /** Removes leading and trailing spaces and tabs. */
    private static String trimmed(String part) {
        int from = 0;
        int to = part.length();
        while (from < to && isSpace(part.charAt(from))) {
            from++;
        }
        while (from < to && isSpace(part.charAt(to - 1))) {
            to--;
        }
        return part.substring(from, to);
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }
}
