package dev.muster.app;

import java.nio.file.Path;

/**
 * Which folder is the configuration.
 *
 * @param conf the folder
 * @param named whether it must be there, as somebody named it or the command needs it
 */
public record Where(Path conf, boolean named) {

    /** The folder that is taken where nobody names one. */
    public static final Where DEFAULT = new Where(Path.of("conf"), false);

    /** The same for a command that can do nothing without a configuration: the folder must be there. */
    Where required() {
        return new Where(conf, true);
    }
}
