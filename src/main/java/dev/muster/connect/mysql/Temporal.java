package dev.muster.connect.mysql;

import io.vertx.core.buffer.Buffer;

/**
 * Converts dates and times of the binary protocol into text that the server accepts as input. The protocol omits trailing zero
 * fields; the text omits trailing zeros of a fraction.
 */
final class Temporal {
    private static final int WITH_TIME = 7;
    private static final int WITH_FRACTION = 11;
    private static final int SPAN_WITH_FRACTION = 12;
    private static final int DATE_BYTES = 4;

    private Temporal() {}

    /** {@code 2024-02-29}; the month, the day or the whole date can be zero. */
    static String date(Buffer bytes) {
        return bytes.length() < DATE_BYTES
                ? "0000-00-00"
                : "%04d-%02d-%02d"
                        .formatted(bytes.getUnsignedShortLE(0), bytes.getUnsignedByte(2), bytes.getUnsignedByte(3));
    }

    /** {@code 2024-02-29T10:11:12.5}. */
    static String dateTime(Buffer bytes) {
        if (bytes.length() < WITH_TIME) {
            return date(bytes) + "T00:00:00";
        }
        long micros = bytes.length() < WITH_FRACTION ? 0 : bytes.getUnsignedIntLE(WITH_TIME);
        return date(bytes) + "T" + clock(bytes.getUnsignedByte(4), bytes, 5) + fraction(micros);
    }

    /** The same with {@code Z}, because the session's time zone is UTC; without it if the month or day is zero, which is not an instant. */
    static String instant(Buffer bytes) {
        boolean isOne = bytes.length() >= DATE_BYTES && bytes.getByte(2) != 0 && bytes.getByte(3) != 0;
        return dateTime(bytes) + (isOne ? "Z" : "");
    }

    /** {@code -838:59:59.5}: hours, which can exceed a day, minutes and seconds. */
    static String time(Buffer bytes) {
        if (bytes.length() == 0) {
            return "00:00:00";
        }
        long hours = bytes.getUnsignedIntLE(1) * 24 + bytes.getUnsignedByte(5);
        long micros = bytes.length() < SPAN_WITH_FRACTION ? 0 : bytes.getUnsignedIntLE(8);
        return (bytes.getByte(0) == 0 ? "" : "-") + clock(hours, bytes, 6) + fraction(micros);
    }

    private static String clock(long hours, Buffer bytes, int minutesAt) {
        return "%02d:%02d:%02d"
                .formatted(hours, bytes.getUnsignedByte(minutesAt), bytes.getUnsignedByte(minutesAt + 1));
    }

    private static String fraction(long micros) {
        return micros == 0 ? "" : "." + "%06d".formatted(micros).replaceAll("0+$", "");
    }
}
