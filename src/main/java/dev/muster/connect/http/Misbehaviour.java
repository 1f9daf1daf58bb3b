package dev.muster.connect.http;

/** What a server does that HTTP does not allow. Its message goes on where "the answer" begins. */
final class Misbehaviour extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** Without a stack trace: it tells of the server, not of our code. */
    Misbehaviour(String message) {
        super(message, null, false, false);
    }
}
