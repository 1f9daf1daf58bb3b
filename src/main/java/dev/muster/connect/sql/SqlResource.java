package dev.muster.connect.sql;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Text files stored beside the classes, mainly SQL statements. */
public final class SqlResource {
    private SqlResource() {}

    /**
     * The text of a file in the package of a class, without surrounding white space.
     *
     * @throws NullPointerException if there is no such file
     */
    public static String text(Class<?> beside, String name) {
        try (@Nullable InputStream in = beside.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
