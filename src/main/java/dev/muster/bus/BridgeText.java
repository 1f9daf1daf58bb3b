package dev.muster.bus;

/** Text of clients, made printable for messages: one line of ASCII, 100 characters at most. */
final class BridgeText {

    private static final int MOST = 100;

    private BridgeText() {}

    static String shown(String text) {
        var line = new StringBuilder();
        text.chars().limit(MOST).forEach(c -> line.append(c < ' ' || c > '~' ? '?' : (char) c));
        return text.length() > MOST ? line.append("…").toString() : line.toString();
    }
}
