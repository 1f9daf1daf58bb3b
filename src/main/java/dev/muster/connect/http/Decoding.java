package dev.muster.connect.http;

import dev.muster.json.Json;
import dev.muster.json.JsonException;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The body of an answer as a value. From any thread. */
final class Decoding {

    private static final Pattern CHARSET = Pattern.compile(";\\s*charset\\s*=\\s*(?:\"([^\"]*)\"|([^;\\s]*))");
    private static final Pattern JSON =
            Pattern.compile("\\s*[a-z0-9!#$&^_.+-]+/(?:json|[a-z0-9!#$&^_.+-]*\\+json)\\s*(?:;.*)?");

    private final HttpRequest request;
    private final Answer answer;

    private Decoding(HttpRequest request, Answer answer) {
        this.request = request;
        this.answer = answer;
    }

    /**
     * The value.
     *
     * @param as {@code json}, {@code text}, {@code bytes}, {@code response}, or empty for the body by content type
     * @throws MusterException of type {@link ErrorType#BAD_RESPONSE} if the body is not what it should be
     */
    static @Nullable Object value(HttpRequest request, Answer answer, String as) {
        var decoding = new Decoding(request, answer);
        return as.equals("response") ? answer.toValue(decoding.body("")) : decoding.body(as);
    }

    private @Nullable Object body(String as) {
        byte[] bytes = answer.body();
        if (bytes.length == 0) {
            return null;
        }
        if (as.equals("bytes")) {
            return Base64.getEncoder().encodeToString(bytes);
        }
        String encoding = answer.headers().get(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw bad("the body is compressed as " + request.quoted(encoding, 40) + ", which was not asked for", null);
        }
        String type = answer.contentType();
        boolean plain = isPlainJson(type);
        boolean json = plain
                ? !as.equals("text")
                : as.equals("json") || as.isEmpty() && JSON.matcher(type).matches();
        Charset charset = plain ? StandardCharsets.UTF_8 : charset(type);
        if (!json) {
            return text(bytes, charset);
        }
        try {
            return charset.equals(StandardCharsets.UTF_8) ? Json.parse(bytes) : Json.parse(text(bytes, charset));
        } catch (JsonException e) {
            throw bad(
                    "the body is not JSON: line " + e.line() + ", column " + e.column() + ": "
                            + request.quoted(e.reason(), JsonException.MOST_CHARACTERS),
                    e);
        }
    }

    /** What most answers are, seen without a pattern. */
    private static boolean isPlainJson(String type) {
        return type.equals("application/json") || type.equals("application/json; charset=utf-8");
    }

    private Charset charset(String contentType) {
        Matcher matcher = CHARSET.matcher(contentType);
        if (!matcher.find()) {
            return StandardCharsets.UTF_8;
        }
        String name = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
        try {
            Charset charset = Charset.forName(name);
            return charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : charset;
        } catch (IllegalArgumentException e) {
            throw bad("the body has the unknown charset \"" + request.quoted(name, 40) + "\"", e);
        }
    }

    private String text(byte[] bytes, Charset charset) {
        CharsetDecoder decoder = charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate((int) Math.ceil(bytes.length * (double) decoder.maxCharsPerByte()));
        CoderResult result = decoder.decode(in, out, true);
        if (!result.isError()) {
            result = decoder.flush(out);
        }
        if (result.isError()) {
            throw bad("the body is not " + charset + ": byte " + in.position() + " is wrong", null);
        }
        String text = out.flip().toString();
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private MusterException bad(String what, @Nullable Throwable cause) {
        return new MusterException(
                ErrorType.BAD_RESPONSE,
                request + ": " + what,
                java.util.Map.of("status", (long) answer.status()),
                cause);
    }
}
