package dev.muster.connect.cpu;

import dev.muster.connect.StopSignal;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Digest functions over UTF-8 text or bytes. Their results are lower-case hexadecimal digits. */
final class DigestFunctions {
    private static final int PIECE_BYTES = 1 << 20;

    private DigestFunctions() {}

    static List<MusterFunction> all() {
        return List.of(
                digest("md5", "MD5"),
                digest("sha1", "SHA-1"),
                digest("sha256", "SHA-256"),
                digest("sha512", "SHA-512"),
                Shipped.pure("crc32", about("CRC-32"), DigestFunctions::crc32));
    }

    private static MusterFunction digest(String name, String algorithm) {
        return Shipped.pure(name, about(algorithm), (with, stop) -> {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            pieces(with, stop, (bytes, from) -> digest.update(bytes, from, Math.min(PIECE_BYTES, bytes.length - from)));
            return HexFormat.of().formatHex(digest.digest());
        });
    }

    private static Object crc32(@Nullable Object with, StopSignal stop) throws InterruptedException {
        var crc = new CRC32();
        pieces(with, stop, (bytes, from) -> crc.update(bytes, from, Math.min(PIECE_BYTES, bytes.length - from)));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    private static void pieces(@Nullable Object with, StopSignal stop, BiConsumer<byte[], Integer> piece)
            throws InterruptedException {
        byte[] bytes = Bytes.of(with);
        for (int from = 0; from < bytes.length; from += PIECE_BYTES) {
            stop.throwIfStopped();
            piece.accept(bytes, from);
        }
    }

    private static String about(String algorithm) {
        return algorithm + " of text in UTF-8 or of {base64: …}, in hexadecimal digits.";
    }
}
