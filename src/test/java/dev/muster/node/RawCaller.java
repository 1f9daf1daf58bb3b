package dev.muster.node;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A caller who sends whatever bytes it likes, and takes what comes back. */
public final class RawCaller implements AutoCloseable {

    /** Longer than any bound that the tests set; who waits for so long was forgotten. */
    private static final int PATIENCE_MS = 20_000;

    final Socket socket;

    public RawCaller(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MS);
        socket.setTcpNoDelay(true);
    }

    public RawCaller send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public RawCaller send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Sends, unless the server has left meanwhile. */
    public boolean trySend(byte[] bytes) {
        try {
            send(bytes);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Says that nothing more will come, unless the server has left meanwhile. */
    void leaves() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            // It has.
        }
    }

    /** Everything until the server closes the connection. */
    public String rest() throws IOException {
        var all = new ByteArrayOutputStream();
        byte[] part = new byte[8192];
        InputStream in = socket.getInputStream();
        try {
            for (int n = in.read(part); n >= 0; n = in.read(part)) {
                all.write(part, 0, n);
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError(
                    "the server did not close the connection; it said: " + all.toString(StandardCharsets.ISO_8859_1),
                    e);
        } catch (IOException e) {
            // Reset: the server has left too.
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    /** Reads until this text has come. */
    public String until(String part) throws IOException {
        var text = new StringBuilder();
        while (text.indexOf(part) < 0) {
            int c = socket.getInputStream().read();
            if (c < 0) {
                throw new AssertionError("closed before \"" + part + "\": " + text);
            }
            text.append((char) c);
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
