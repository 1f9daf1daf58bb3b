package dev.muster.app;

import java.io.IOException;

/** The reader of an output has left, so that nobody is there to be told anything. */
final class ReaderGoneException extends IOException {

    private static final long serialVersionUID = 1;

    ReaderGoneException(String message, Throwable cause) {
        super(message, cause);
    }
}
