package dev.muster.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * An HTTP/1.1 client that sends the same GET over all of its connections at once, and allocates nothing after its creation.
 *
 * <p>Several connections are used because with one, the threads of a call would mostly wait for a core on a busy machine. The
 * first response is read by its {@code Content-Length}; each later one must have the same length and status 200.
 */
final class FixedCaller implements AutoCloseable {

    static final int CONNECTIONS = 8;

    private static final byte[] OK = "HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_BYTES = 1 << 16;

    private final byte[] request;
    private final byte[] response = new byte[MAX_BYTES];
    private final Socket[] sockets = new Socket[CONNECTIONS];
    private final InputStream[] in = new InputStream[CONNECTIONS];
    private final OutputStream[] out = new OutputStream[CONNECTIONS];
    private final int length;

    FixedCaller(int port, String path) throws IOException {
        request = ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < CONNECTIONS; i++) {
            sockets[i] = new Socket(InetAddress.getLoopbackAddress(), port);
            sockets[i].setTcpNoDelay(true);
            in[i] = sockets[i].getInputStream();
            out[i] = sockets[i].getOutputStream();
        }
        out[0].write(request);
        length = firstLength();
    }

    private int firstLength() throws IOException {
        int read = 0;
        while (true) {
            read += more(in[0], read, MAX_BYTES);
            String text = new String(response, 0, read, StandardCharsets.ISO_8859_1);
            int end = text.indexOf("\r\n\r\n");
            if (end >= 0) {
                String body = text.substring(0, end)
                        .toLowerCase(Locale.ROOT)
                        .replaceFirst("(?s).*\\ncontent-length: *(\\d+).*", "$1");
                int whole = end + 4 + Integer.parseInt(body);
                readTo(in[0], read, whole);
                return whole;
            }
        }
    }

    /** Sends the request over each connection, then waits for every whole response. */
    void call() throws IOException {
        for (int i = 0; i < CONNECTIONS; i++) {
            out[i].write(request);
        }
        for (int i = 0; i < CONNECTIONS; i++) {
            readTo(in[i], 0, length);
        }
    }

    private void readTo(InputStream from, int already, int to) throws IOException {
        int read = already;
        while (read < to) {
            read += more(from, read, to);
        }
        if (!Arrays.equals(response, 0, OK.length, OK, 0, OK.length)) {
            throw new IOException(new String(response, 0, to, StandardCharsets.ISO_8859_1));
        }
    }

    private int more(InputStream from, int at, int to) throws IOException {
        int count = from.read(response, at, to - at);
        if (count < 0) {
            throw new EOFException("the server closed the connection");
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
