package dev.muster.connect.cpu;

import dev.muster.connect.StopSignal;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The functions {@code gzip} and {@code gunzip}. */
final class GzipFunctions {
    private static final int PIECE_BYTES = 64 << 10;

    private GzipFunctions() {}

    static List<MusterFunction> all() {
        return List.of(
                Shipped.pure("gzip", "Base64 of the gzip of text in UTF-8 or of {base64: …}.", GzipFunctions::compress),
                Shipped.pure(
                        "gunzip",
                        "Decompresses gzip to text in UTF-8; takes Base64 text or {base64: …}.",
                        GzipFunctions::expand));
    }

    private static Object compress(@Nullable Object with, StopSignal stop) throws IOException, InterruptedException {
        byte[] bytes = Bytes.of(with);
        var out = new ByteArrayOutputStream(64 + bytes.length / 2);
        try (var gzip = new GZIPOutputStream(out)) {
            for (int from = 0; from < bytes.length; from += PIECE_BYTES) {
                stop.throwIfStopped();
                gzip.write(bytes, from, Math.min(PIECE_BYTES, bytes.length - from));
            }
        }
        return Base64.getEncoder().encodeToString(out.toByteArray());
    }

    private static Object expand(@Nullable Object with, StopSignal stop) throws IOException, InterruptedException {
        var out = new ByteArrayOutputStream();
        byte[] piece = new byte[PIECE_BYTES];
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
}
