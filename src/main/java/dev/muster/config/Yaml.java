package dev.muster.config;

/** Stub. */
public final class Yaml {
    private Yaml() {}

    /** Reads a file within the default limits. */
    public static Node read(String file, byte[] utf8) throws ProblemsException {
        return read(file, utf8, YamlLimits.DEFAULT);
    }

    /** Reads a file. */
    public static Node read(String file, byte[] utf8, YamlLimits limits) throws ProblemsException {
        throw new UnsupportedOperationException();
    }

    static java.util.Optional<Node> readIfAny(String file, byte[] utf8, YamlLimits limits) {
        throw new UnsupportedOperationException();
    }
}
