package dev.muster.connect.http;

import dev.muster.text.Printable;

/**
 * A violation of HTTP by a server. Its message continues a sentence that begins with "the answer". It has no stack trace,
 * because the fault is the server's.
 */
final class Misbehaviour extends RuntimeException {

    private static final long serialVersionUID = 1;
    private static final int QUOTED_CHARACTERS = 40;

    private final String before;
    private final String quoted;
    private final String after;

    /** Creates a violation that quotes nothing of the server. */
    Misbehaviour(String words) {
        this(words, "", "");
    }

    /**
     * Creates a violation that quotes the server.
     *
     * @param before text before the quotation
     * @param quoted text of the server, which some sources must not show
     * @param after text after the quotation
     */
    Misbehaviour(String before, String quoted, String after) {
        super(before + Printable.phrase(quoted, QUOTED_CHARACTERS) + after, null, false, false);
        this.before = before;
        this.quoted = quoted;
        this.after = after;
    }

    /** The text as the source of a request may show it; the exception's message is for the log. */
    String shown(HttpRequest request) {
        return quoted.isEmpty() ? before + after : before + request.quoted(quoted, QUOTED_CHARACTERS) + after;
    }
}
