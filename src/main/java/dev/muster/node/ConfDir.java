package dev.muster.node;

import java.nio.file.Path;

/**
 * The place of the configuration.
 *
 * @param conf the configuration folder
 * @param named whether the folder must exist, because it was named or the command needs it
 */
public record ConfDir(Path conf, boolean named) {

    /** The default folder, {@code conf}. */
    public static final ConfDir DEFAULT = new ConfDir(Path.of("conf"), false);

    /** A copy whose folder must exist, for a command that needs a configuration. */
    public ConfDir required() {
        return new ConfDir(conf, true);
    }
}
