package dev.muster.cli;

import java.io.IOException;
import java.io.OutputStream;

/** A stream whose reader has left. */
public final class Gone extends OutputStream {
    @Override
    public void write(int b) throws IOException {
        throw new ProcessIo.ReaderGoneException("Broken pipe", new IOException());
    }
}
