package dev.muster.config;

/**
 * The parts of an address for messages, with secrets masked. A part that holds a secret is taken from the masked text; any
 * other part is the text that the parser of the address composed. Nothing is searched for secret values. Immutable.
 */
public final class ShownAddress {
    private final String shown;

    private ShownAddress(String shown) {
        this.shown = shown;
    }

    /** The address in an entry of a map. */
    public static ShownAddress of(Fields fields, String name) {
        return new ShownAddress(fields.shown(name));
    }

    /** An address without secrets. */
    public static ShownAddress of(String address) {
        return new ShownAddress(address);
    }

    /**
     * The host and port, or several of them, without the user.
     *
     * @param composed the text to use if this part holds no secret
     */
    public String authority(String composed) {
        if (!isReadable()) {
            return Masking.MASK;
        }
        String part = part(authority(), pathAt());
        return isHidden(part) ? part : composed;
    }

    /**
     * The path, with its leading slash.
     *
     * @param composed the text to use if this part holds no secret
     */
    public String path(String composed) {
        if (!isReadable()) {
            return "/" + Masking.MASK;
        }
        String part = part(pathAt(), queryAt());
        return isHidden(part) ? part : composed;
    }

    /**
     * The name of the user.
     *
     * @param composed the text to use if this part holds no secret, even if the address has no user
     */
    public String user(String composed) {
        int colon = shown.indexOf(':', start());
        int end = colon >= 0 && colon < authority() ? colon : authority();
        return !isReadable() || isHidden(part(start(), end)) ? Masking.MASK : composed;
    }

    /** Whether the parts can be separated: no secret can span more than one part. */
    private boolean isReadable() {
        String query = part(queryAt(), shown.length()).replace("password=" + Masking.MASK, "");
        return !isHidden(shown) || shown.contains("://") && !isHidden(query);
    }

    private int start() {
        int scheme = shown.indexOf("://");
        return scheme < 0 ? 0 : scheme + 3;
    }

    private int authority() {
        int at = shown.lastIndexOf('@', pathAt());
        return at < start() ? start() : at + 1;
    }

    private int pathAt() {
        return first(start(), "/?#");
    }

    private int queryAt() {
        return first(start(), "?#");
    }

    private int first(int from, String ends) {
        int at = from;
        while (at < shown.length() && ends.indexOf(shown.charAt(at)) < 0) {
            at++;
        }
        return at;
    }

    private String part(int from, int to) {
        return shown.substring(Math.min(from, to), to);
    }

    private static boolean isHidden(String part) {
        return part.contains(Masking.MASK);
    }
}
