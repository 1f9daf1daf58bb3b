package dev.muster.app;

import java.nio.file.Path;

/**
 * Which folder is the configuration.
 *
 * @param conf the folder
 * @param named whether somebody named it, so that it must be there
 */
public record Where(Path conf, boolean named) {

    /** The folder that is taken where nobody names one. */
    public static final Where DEFAULT = new Where(Path.of("conf"), false);
}
