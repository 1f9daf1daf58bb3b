package dev.muster.cli;

import java.io.IOException;

/** The failure of an output whose reader has left. */
final class ReaderGoneException extends IOException {

    private static final long serialVersionUID = 1;

    ReaderGoneException(String message, Throwable cause) {
        super(message, cause);
    }
}
