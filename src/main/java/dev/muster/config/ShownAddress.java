package dev.muster.config;

/**
 * The parts of an address that messages name, as they may be shown. A part in which a secret was put is taken from the text that
 * may be shown; every other one is what its reader made of it. Nothing is searched for secrets.
 */
public final class ShownAddress {
    private final String shown;

    private ShownAddress(String shown) {
        this.shown = shown;
    }

    /** Of the address under a name. */
    public static ShownAddress of(Fields fields, String name) {
        return new ShownAddress(fields.shown(name));
    }

    /** Of an address without secrets. */
    public static ShownAddress of(String address) {
        return new ShownAddress(address);
    }

    /** Host and port, or several, without the user. */
    public String authority(String composed) {
        if (!isReadable()) {
            return SecretText.MASK;
        }
        String part = part(authority(), pathAt());
        return isHidden(part) ? part : composed;
    }

    /** The path, with the slash that it begins with. */
    public String path(String composed) {
        if (!isReadable()) {
            return "/" + SecretText.MASK;
        }
        String part = part(pathAt(), queryAt());
        return isHidden(part) ? part : composed;
    }

    /** The name of the user, or whatever is that name where the address does not say it. */
    public String user(String composed) {
        int colon = shown.indexOf(':', start());
        int end = colon >= 0 && colon < authority() ? colon : authority();
        return !isReadable() || isHidden(part(start(), end)) ? SecretText.MASK : composed;
    }

    /** Whether the parts can be told apart: no secret may hold more than one of them. */
    private boolean isReadable() {
        String query = part(queryAt(), shown.length()).replace("password=" + SecretText.MASK, "");
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
        return part.contains(SecretText.MASK);
    }
}
