package dev.muster.bus;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whom a frame is about that is refused unread: too large, too deep, or no JSON. It looks for {@code address} and
 * {@code replyAddress} on the outermost level, as far as what comes resembles JSON, and keeps a few hundred bytes however long the
 * frame is. For one thread.
 */
final class FrameScan {

    /** Longer texts are none of an address. */
    private static final int MOST_TEXT = 512;

    private final byte[] text = new byte[MOST_TEXT];
    private int textBytes;
    private int depth;
    private boolean isInText;
    private boolean isEscaped;
    private boolean isValue;
    private @Nullable String last;
    private @Nullable String address;
    private @Nullable String replyAddress;

    /** Takes some more of the frame. */
    FrameScan scan(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (isInText) {
                inText(bytes[i]);
            } else {
                between(bytes[i]);
            }
        }
        return this;
    }

    /** Where it was to go; empty if that is not known. */
    String address() {
        return address == null ? "" : address;
    }

    /** Under which an answer is expected; null if that is not known. */
    @Nullable
    String replyAddress() {
        return replyAddress;
    }

    private void inText(byte one) {
        if (depth == 1 && textBytes < MOST_TEXT) {
            text[textBytes] = one;
        }
        textBytes = Math.min(textBytes + 1, MOST_TEXT + 1);
        if (isEscaped) {
            isEscaped = false;
        } else if (one == '\\') {
            isEscaped = true;
        } else if (one == '"') {
            isInText = false;
            if (depth == 1) {
                ended(textBytes > MOST_TEXT ? null : text(Arrays.copyOf(text, textBytes)));
            }
        }
    }

    private void between(byte one) {
        switch (one) {
            case '"' -> {
                isInText = true;
                textBytes = 0;
            }
            case '{', '[' -> depth++;
            case '}', ']' -> depth--;
            case ':' -> isValue = isValue || depth == 1;
            case ',' -> {
                if (depth == 1) {
                    isValue = false;
                    last = null;
                }
            }
            default -> {}
        }
    }

    private void ended(@Nullable String value) {
        if (!isValue) {
            last = value;
        } else if ("address".equals(last)) {
            address = value;
        } else if ("replyAddress".equals(last)) {
            replyAddress = value;
        }
    }

    /** Of what stood behind a quotation mark, the one at its end included. */
    private static @Nullable String text(byte[] rest) {
        byte[] json = new byte[rest.length + 1];
        json[0] = '"';
        System.arraycopy(rest, 0, json, 1, rest.length);
        try {
            return Json.parse(json) instanceof String known ? known : null;
        } catch (JsonException e) {
            return null;
        }
    }
}
