package dev.muster.app;

import java.nio.file.Path;

/**
 * The place of the configuration.
 *
 * @param conf the configuration folder
 * @param named whether the folder must exist, because it was named or the command needs it
 */
public record Where(Path conf, boolean named) {

    /** The default folder, {@code conf}. */
    public static final Where DEFAULT = new Where(Path.of("conf"), false);

    /** A copy whose folder must exist, for a command that needs a configuration. */
    Where required() {
        return new Where(conf, true);
    }
}
