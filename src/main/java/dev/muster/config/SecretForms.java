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
 * The ways in which a secret stands in a text: as it is, percent-encoded, escaped as in JSON, and in Base64.
 *
 * <p>Percent-encoded is what addresses and forms hold: everything but the unreserved characters of RFC 3986 encoded, the
 * reserved ones left alone, or a form's {@code +} for a space; digits in either case. In JSON the solidus and what is not
 * ASCII may be escaped or not. In Base64, of either alphabet, a secret looks different by where it begins in what was
 * encoded: {@code user:secret} holds none of the characters of the secret alone. So these are the characters that depend on
 * nothing but the secret, for each of the three places.
 *
 * <p>What is shorter than {@value #SHORTEST} characters has no form: it would be found in words that are no secrets. For the
 * same reason what has fewer than {@value #SHORTEST_BASE64_BYTES} bytes has none in Base64, which leaves too few characters.
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
            // Of 6 bits each: the first that begins within the secret, and the one behind the last that ends within it.
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
