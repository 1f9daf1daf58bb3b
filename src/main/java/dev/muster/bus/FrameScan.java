package dev.muster.bus;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the addresses in a frame that is rejected unparsed, because it is too large, too deep or not JSON. Looks for
 * {@code address} and {@code replyAddress} on the outermost level as long as the bytes resemble JSON, and keeps a few hundred bytes
 * whatever the length of the frame. Not thread-safe.
 */
final class FrameScan {

    /** The maximum length of a string that can be an address, in bytes of JSON. */
    private static final int MAX_TEXT = 512;

    private final byte[] text = new byte[MAX_TEXT];
    private int textBytes;
    private int depth;
    private boolean isInText;
    private boolean isEscaped;
    private boolean isValue;
    private @Nullable String last;
    private @Nullable String address;
    private @Nullable String replyAddress;

    /** Scans the next bytes of the frame. */
    FrameScan scan(byte[] bytes) {
        for (byte next : bytes) {
            if (isInText) {
                inText(next);
            } else {
                between(next);
            }
        }
        return this;
    }

    /** The target address; empty if unknown. */
    String address() {
        return address == null ? "" : address;
    }

    /** The address for the reply; null if unknown. */
    @Nullable
    String replyAddress() {
        return replyAddress;
    }

    private void inText(byte next) {
        if (depth == 1 && textBytes < MAX_TEXT) {
            text[textBytes] = next;
        }
        textBytes = Math.min(textBytes + 1, MAX_TEXT + 1);
        if (isEscaped) {
            isEscaped = false;
        } else if (next == '\\') {
            isEscaped = true;
        } else if (next == '"') {
            isInText = false;
            if (depth == 1) {
                ended(textBytes > MAX_TEXT ? null : text(Arrays.copyOf(text, textBytes)));
            }
        }
    }

    private void between(byte next) {
        switch (next) {
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

    /** Parses the rest of a JSON string: the bytes after the opening quotation mark, including the closing one. */
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
