package dev.muster.connect.cpu;

import dev.muster.connect.StopSignal;
import dev.muster.json.Json;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The functions that Muster ships: CPU-bound, without side effects, callable from ad-hoc plans. */
final class Shipped {
    private static final int DIGEST_PIECE_BYTES = 1 << 20;
    private static final int GZIP_PIECE_BYTES = 64 << 10;
    private static final long POLL_MASK = 0xFFFF;

    /** The computation of a shipped function. */
    @FunctionalInterface
    interface Body {
        @Nullable
        Object apply(@Nullable Object with, StopSignal stop) throws Exception;
    }

    private record Pure(String name, String about, Body body) implements MusterFunction {
        @Override
        public boolean adhoc() {
            return true;
        }

        @Override
        public @Nullable Object apply(@Nullable Object with, StopSignal stop) throws Exception {
            return body.apply(with, stop);
        }
    }

    private Shipped() {}

    static List<MusterFunction> functions() {
        return Stream.of(texts(), digests(), gzips(), List.of(sumOfSquares()))
                .flatMap(List::stream)
                .toList();
    }

    /** JSON for people and for machines, and Base64. */
    private static List<MusterFunction> texts() {
        return List.of(
                new Pure(
                        "json.format",
                        "Formats a value or JSON text as JSON for people, one entry per line.",
                        (with, stop) -> new String(
                                Json.prettyBytes(value(with), CpuConnector.MAX_RESULT_BYTES), StandardCharsets.UTF_8)),
                new Pure(
                        "json.minify",
                        "Formats a value or JSON text as JSON without whitespace.",
                        (with, stop) -> new String(
                                Json.writeBytes(value(with), CpuConnector.MAX_RESULT_BYTES), StandardCharsets.UTF_8)),
                new Pure(
                        "base64.encode",
                        "Base64 of text in UTF-8, or of {base64: …}.",
                        (with, stop) -> Base64.getEncoder().encodeToString(Bytes.of(with))),
                new Pure(
                        "base64.decode",
                        "Decodes Base64 to text in UTF-8.",
                        (with, stop) -> Bytes.text(Bytes.ofBase64(with))),
                new Pure(
                        "base64url.encode",
                        "Base64 for URLs, without padding, of text in UTF-8 or of {base64: …}.",
                        (with, stop) -> Base64.getUrlEncoder().withoutPadding().encodeToString(Bytes.of(with))),
                new Pure(
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

    /** Digests of UTF-8 text or bytes, in lower-case hexadecimal digits. */
    private static List<MusterFunction> digests() {
        return List.of(
                digest("md5", "MD5"),
                digest("sha1", "SHA-1"),
                digest("sha256", "SHA-256"),
                digest("sha512", "SHA-512"),
                new Pure("crc32", digestAbout("CRC-32"), Shipped::crc32));
    }

    private static MusterFunction digest(String name, String algorithm) {
        return new Pure(name, digestAbout(algorithm), (with, stop) -> {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            pieces(
                    with,
                    stop,
                    (bytes, from) -> digest.update(bytes, from, Math.min(DIGEST_PIECE_BYTES, bytes.length - from)));
            return HexFormat.of().formatHex(digest.digest());
        });
    }

    private static Object crc32(@Nullable Object with, StopSignal stop) throws InterruptedException {
        var crc = new CRC32();
        pieces(with, stop, (bytes, from) -> crc.update(bytes, from, Math.min(DIGEST_PIECE_BYTES, bytes.length - from)));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    private static void pieces(@Nullable Object with, StopSignal stop, BiConsumer<byte[], Integer> piece)
            throws InterruptedException {
        byte[] bytes = Bytes.of(with);
        for (int from = 0; from < bytes.length; from += DIGEST_PIECE_BYTES) {
            stop.throwIfStopped();
            piece.accept(bytes, from);
        }
    }

    private static String digestAbout(String algorithm) {
        return algorithm + " of text in UTF-8 or of {base64: …}, in hexadecimal digits.";
    }

    private static List<MusterFunction> gzips() {
        return List.of(
                new Pure("gzip", "Base64 of the gzip of text in UTF-8 or of {base64: …}.", Shipped::compress),
                new Pure(
                        "gunzip",
                        "Decompresses gzip to text in UTF-8; takes Base64 text or {base64: …}.",
                        Shipped::expand));
    }

    private static Object compress(@Nullable Object with, StopSignal stop) throws IOException, InterruptedException {
        byte[] bytes = Bytes.of(with);
        var out = new ByteArrayOutputStream(64 + bytes.length / 2);
        try (var gzip = new GZIPOutputStream(out)) {
            for (int from = 0; from < bytes.length; from += GZIP_PIECE_BYTES) {
                stop.throwIfStopped();
                gzip.write(bytes, from, Math.min(GZIP_PIECE_BYTES, bytes.length - from));
            }
        }
        return Base64.getEncoder().encodeToString(out.toByteArray());
    }

    private static Object expand(@Nullable Object with, StopSignal stop) throws IOException, InterruptedException {
        var out = new ByteArrayOutputStream();
        byte[] piece = new byte[GZIP_PIECE_BYTES];
        try (var gzip = new GZIPInputStream(new ByteArrayInputStream(Bytes.ofBase64(with)))) {
            for (int read = gzip.read(piece); read >= 0; read = gzip.read(piece)) {
                stop.throwIfStopped();
                if (out.size() + read > CpuConnector.MAX_RESULT_BYTES) {
                    throw new MusterException(
                            ErrorType.LIMIT,
                            "gunzip: the text is larger than " + CpuConnector.MAX_RESULT_BYTES
                                    + " bytes, the bound of a function's result");
                }
                out.write(piece, 0, read);
            }
        }
        return Bytes.text(out.toByteArray());
    }

    /** An exact sum, computed one by one: a CPU-bound load for experiments. */
    static MusterFunction sumOfSquares() {
        return new Pure(
                "sum-of-squares",
                "The sum of i * i for i from 0 to n - 1, computed one by one; takes n or {n: …}.",
                Shipped::sumOfSquares);
    }

    private static Object sumOfSquares(@Nullable Object with, StopSignal stop) throws InterruptedException {
        long n = count(with);
        long high = 0;
        long low = 0;
        for (long i = 0; i < n; i++) {
            if ((i & POLL_MASK) == 0) {
                stop.throwIfStopped();
            }
            long square = i * i;
            low += square;
            high += Math.multiplyHigh(i, i) + (Long.compareUnsigned(low, square) < 0 ? 1 : 0);
        }
        return BigInteger.valueOf(high).shiftLeft(Long.SIZE).add(new BigInteger(Long.toUnsignedString(low)));
    }

    private static long count(@Nullable Object with) {
        Object n = with instanceof Map<?, ?> map && map.size() == 1 ? map.get("n") : with;
        if (n instanceof Long count && count >= 0) {
            return count;
        }
        throw new IllegalArgumentException("with: must be a whole number of at least 0, or {n: …}");
    }
}
