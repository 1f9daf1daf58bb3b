package dev.muster.connect.http;

/** What a server does that HTTP does not allow. Its words go on where "the answer" begins. */
final class Misbehaviour extends RuntimeException {

    private static final long serialVersionUID = 1;
    private static final int QUOTED_CHARACTERS = 40;

    private final String before;
    private final String quoted;
    private final String after;

    /** One that is told in our words alone. */
    Misbehaviour(String words) {
        this(words, "", "");
    }

    /**
     * One that is told by the server's words too. Without a stack trace: it tells of the server, not of our code.
     *
     * @param quoted the server's words, which not every source may show
     */
    Misbehaviour(String before, String quoted, String after) {
        super(before + Sanitized.text(quoted, QUOTED_CHARACTERS) + after, null, false, false);
        this.before = before;
        this.quoted = quoted;
        this.after = after;
    }

    /** As the source of a request may show it; the message is for the log. */
    String shown(HttpRequest request) {
        return quoted.isEmpty() ? before + after : before + request.quoted(quoted, QUOTED_CHARACTERS) + after;
    }
}
