package dev.muster.connect.cpu;

import static dev.muster.connect.cpu.Shipped.pure;

import dev.muster.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Functions that format JSON and that encode and decode Base64. */
final class TextFunctions {

    private TextFunctions() {}

    static List<MusterFunction> all() {
        return List.of(
                pure(
                        "json.format",
                        "Formats a value or JSON text as JSON for people, one entry per line.",
                        (with, stop) -> new String(
                                Json.prettyBytes(value(with), CpuConnector.MAX_RESULT_BYTES), StandardCharsets.UTF_8)),
                pure(
                        "json.minify",
                        "Formats a value or JSON text as JSON without whitespace.",
                        (with, stop) -> new String(
                                Json.writeBytes(value(with), CpuConnector.MAX_RESULT_BYTES), StandardCharsets.UTF_8)),
                pure(
                        "base64.encode",
                        "Base64 of text in UTF-8, or of {base64: …}.",
                        (with, stop) -> Base64.getEncoder().encodeToString(Bytes.of(with))),
                pure(
                        "base64.decode",
                        "Decodes Base64 to text in UTF-8.",
                        (with, stop) -> Bytes.text(Bytes.ofBase64(with))),
                pure(
                        "base64url.encode",
                        "Base64 for URLs, without padding, of text in UTF-8 or of {base64: …}.",
                        (with, stop) -> Base64.getUrlEncoder().withoutPadding().encodeToString(Bytes.of(with))),
                pure(
                        "base64url.decode",
                        "Decodes Base64 for URLs, padded or not, to text in UTF-8.",
                        (with, stop) -> Bytes.text(Bytes.decoded(Base64.getUrlDecoder(), text(with)))));
    }

    private static @Nullable Object value(@Nullable Object with) {
        return with instanceof String text ? Json.parse(text) : with;
    }

    private static String text(@Nullable Object with) {
        if (with instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("with: must be text, not " + Bytes.kind(with));
    }
}
