package dev.muster.config;

import dev.muster.json.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The forms in which a secret can occur in a text: plain, percent-encoded, escaped as in JSON, and in Base64.
 *
 * <p>Percent-encoded forms are those of addresses and forms. All characters except the unreserved ones of RFC 3986 are
 * encoded, or the reserved ones are kept too, or a space is {@code +} as in a form; digits are in either case. In JSON, a
 * solidus and non-ASCII characters are escaped or not.
 *
 * <p>In Base64, of either alphabet, the encoding of a secret depends on its offset in the encoded text: {@code user:secret}
 * does not contain the encoding of the secret alone. The Base64 forms are therefore the characters that depend on the secret
 * only, for each of the three offsets.
 *
 * <p>A secret shorter than {@value #SHORTEST} characters has no form, since it would match ordinary words. For the same
 * reason, a secret of fewer than {@value #SHORTEST_BASE64_BYTES} bytes has no Base64 form, which would have too few
 * characters.
 */
final class SecretForms {
    private static final int SHORTEST = 4;
    private static final int SHORTEST_BASE64_BYTES = 8;
    private static final String UNRESERVED = "-._~";
    private static final String RESERVED = UNRESERVED + ":/?#[]@!$&'()*+,;=";

    private SecretForms() {}

    static Set<String> of(String secret) {
        Set<String> forms = new LinkedHashSet<>();
        if (secret.length() >= SHORTEST) {
            forms.add(secret);
            percentEncoded(secret, forms);
            escaped(secret, forms);
            base64(secret, forms);
        }
        return forms;
    }

    private static void percentEncoded(String secret, Set<String> forms) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        for (boolean upper : new boolean[] {true, false}) {
            forms.add(percentEncoded(bytes, UNRESERVED, upper));
            forms.add(percentEncoded(bytes, RESERVED, upper));
        }
        forms.add(URLEncoder.encode(secret, StandardCharsets.UTF_8));
    }

    private static String percentEncoded(byte[] bytes, String kept, boolean upper) {
        var encoded = new StringBuilder(bytes.length);
        for (byte octet : bytes) {
            char character = (char) (octet & 0xFF);
            if (character < 0x80 && (Character.isLetterOrDigit(character) || kept.indexOf(character) >= 0)) {
                encoded.append(character);
            } else {
                encoded.append('%').append(hex(character, 2, upper));
            }
        }
        return encoded.toString();
    }

    private static void escaped(String secret, Set<String> forms) {
        String quoted = Json.write(secret);
        String plain = quoted.substring(1, quoted.length() - 1);
        for (String form : new String[] {plain, plain.replace("/", "\\/")}) {
            forms.add(form);
            forms.add(ascii(form));
        }
    }

    private static String ascii(String text) {
        var ascii = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character < 0x80) {
                ascii.append(character);
            } else {
                ascii.append("\\u").append(hex(character, 4, false));
            }
        }
        return ascii.toString();
    }

    private static void base64(String secret, Set<String> forms) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < SHORTEST_BASE64_BYTES) {
            return;
        }
        for (int before = 0; before < 3; before++) {
            var shifted = new byte[before + bytes.length];
            System.arraycopy(bytes, 0, shifted, before, bytes.length);
            // In units of 6 bits: the first that begins within the secret, and the one after the last that ends in it.
            int from = (before * 8 + 5) / 6;
            int to = shifted.length * 8 / 6;
            forms.add(Base64.getEncoder().encodeToString(shifted).substring(from, to));
            forms.add(Base64.getUrlEncoder().encodeToString(shifted).substring(from, to));
            Arrays.fill(shifted, (byte) 0);
        }
    }

    private static String hex(char character, int digits, boolean upper) {
        String hex = Integer.toHexString(character);
        String padded = "0".repeat(digits - hex.length()) + hex;
        return upper ? padded.toUpperCase(Locale.ROOT) : padded;
    }
}
