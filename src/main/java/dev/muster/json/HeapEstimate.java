package dev.muster.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An estimate of the heap memory of values while they are read, for a heap with compressed references, rounded up. For one thread. */
final class HeapEstimate {

    /** The bytes that are counted before the meter is charged. */
    private static final int PIECE = 1 << 14;

    // Sizes of objects, in bytes.
    private static final int MAP = 64;
    private static final int ENTRIES = 80;
    private static final int ENTRY = 48;
    private static final int LIST = 32;
    private static final int ITEMS = 56;
    private static final int ITEM = 6;
    private static final int TEXT = 48;
    private static final int NUMBER = 24;
    private static final int BIG_NUMBER = 104;

    private final JsonMeter meter;
    private long untold;

    HeapEstimate(JsonMeter meter) {
        this.meter = meter;
    }

    void map() {
        takes(MAP);
    }

    void entry(boolean isFirst, String name) {
        takes((isFirst ? ENTRIES : 0) + ENTRY + TEXT + name.length());
    }

    void list() {
        takes(LIST);
    }

    void item(boolean isFirst) {
        takes(isFirst ? ITEMS : ITEM);
    }

    void text(String text) {
        takes(TEXT + 2L * text.length());
    }

    void number() {
        takes(NUMBER);
    }

    void bigNumber(int digits) {
        takes(BIG_NUMBER + digits);
    }

    /** Counts a value that was read before. */
    void value(@Nullable Object value) {
        if (value instanceof String text) {
            text(text);
        } else if (value instanceof Map<?, ?> map) {
            map();
            boolean isFirst = true;
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                entry(isFirst, String.valueOf(entry.getKey()));
                value(entry.getValue());
                isFirst = false;
            }
        } else if (value instanceof List<?> list) {
            list();
            boolean isFirst = true;
            for (Object item : list) {
                item(isFirst);
                value(item);
                isFirst = false;
            }
        } else if (value instanceof BigDecimal || value instanceof BigInteger) {
            bigNumber(0);
        } else if (value instanceof Number) {
            number();
        }
    }

    /** Charges the meter for the rest. */
    void ends() {
        meter.takes(untold);
        untold = 0;
    }

    private void takes(long bytes) {
        untold += bytes;
        if (untold >= PIECE) {
            ends();
        }
    }
}
