package dev.muster.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The upstream of the HTTP cases, with the bodies of {@code scripts/bench/run}: 71 bytes at {@code /items/N}, 20 KB at
 * {@code /big}.
 *
 * <p>Uses a thread for each connection, and allocates nothing for a request. Requests must have no body and arrive one at a time.
 */
final class FixedUpstream implements AutoCloseable {

    private static final byte[] ITEM =
            response("{\"id\":7,\"name\":\"a product of some length\",\"tags\":[\"a\",\"b\"],\"price\":12.5}");
    private static final byte[] BIG = response(IntStream.range(0, 220)
            .mapToObj(i ->
                    "{\"id\":%d,\"name\":\"product %d\",\"price\":%s,\"tags\":[\"new\",\"sale\"],\"stock\":{\"here\":%d}}"
                            .formatted(i, i, i * 1.25, i % 7))
            .collect(Collectors.joining(",", "{\"items\":[", "]}")));

    private final ServerSocket server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    FixedUpstream() throws IOException {
        daemon(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                open.add(socket);
                socket.setTcpNoDelay(true);
                daemon(() -> respond(socket));
            }
        } catch (IOException closed) {
            // The server was closed.
        }
    }

    private void respond(Socket socket) {
        byte[] request = new byte[8_192];
        try (socket) {
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            int read = 0;
            for (int count; (count = in.read(request, read, request.length - read)) >= 0; ) {
                read += count;
                if (read >= 4 && request[read - 4] == '\r' && request[read - 2] == '\r' && request[read - 1] == '\n') {
                    // "GET /items/7" or "GET /big"
                    out.write(request[5] == 'b' ? BIG : ITEM);
                    read = 0;
                }
            }
        } catch (IOException gone) {
            // The caller has left, or the benchmark has ended.
        } finally {
            open.remove(socket);
        }
    }

    private static byte[] response(String body) {
        return ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                        + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static void daemon(Runnable work) {
        var thread = new Thread(work, "upstream");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
