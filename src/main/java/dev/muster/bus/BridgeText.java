package dev.muster.bus;

/** Text of strangers in messages: short and on one line. */
final class BridgeText {

    private static final int MOST = 100;

    private BridgeText() {}

    static String shown(String text) {
        var line = new StringBuilder();
        text.chars().limit(MOST).forEach(c -> line.append(c < ' ' || c > '~' ? '?' : (char) c));
        return text.length() > MOST ? line.append("…").toString() : line.toString();
    }
}
