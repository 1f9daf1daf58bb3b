package dev.muster.node;

import static dev.muster.Soon.soon;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whom work reports to, from whatever process it is in: over a socket it says that it has begun, is told to end, and says whether it
 * was stopped before. Safe on every thread.
 */
final class Witness implements AutoCloseable {

    private static final String STOPPED = "stopped";

    private final ServerSocket door;
    private final Map<Long, Seen> seen = new ConcurrentHashMap<>();

    private static final class Seen {
        final CompletableFuture<Socket> begun = new CompletableFuture<>();
        final CompletableFuture<Long> stoppedNanos = new CompletableFuture<>();
        final CompletableFuture<Void> over = new CompletableFuture<>();
    }

    Witness() throws IOException {
        door = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        thread(this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    /** Waits until the work of this number has begun. */
    void await(long id) {
        soon(at(id).begun);
    }

    /** Whether the work of this number has begun and goes on. */
    boolean isAtWork(long id) {
        Seen here = at(id);
        return here.begun.isDone() && !here.stoppedNanos.isDone() && !here.over.isDone();
    }

    /** Waits until work has said that it was stopped; the time of that. */
    long stoppedNanos(long id) {
        return soon(at(id).stoppedNanos);
    }

    /** Tells work to end as it would by itself. */
    void release(long id) {
        at(id).begun.thenAccept(socket -> say(socket, "\n"));
    }

    @Override
    public void close() throws IOException {
        door.close();
        seen.values().forEach(here -> here.begun.thenAccept(Witness::close));
    }

    private Seen at(long id) {
        return seen.computeIfAbsent(id, it -> new Seen());
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = door.accept();
                thread(() -> listen(socket));
            }
        } catch (IOException e) {
            // The door is closed.
        }
    }

    private void listen(Socket socket) {
        try (var lines =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            Seen here = at(Long.parseLong(lines.readLine()));
            here.begun.complete(socket);
            String last = lines.readLine();
            if (STOPPED.equals(last)) {
                here.stoppedNanos.complete(System.nanoTime());
            } else {
                here.stoppedNanos.completeExceptionally(new AssertionError("it ended without being stopped: " + last));
                here.over.complete(null);
            }
        } catch (IOException e) {
            // The socket is closed with the witness, or broke with the process: nothing was said.
        }
    }

    /** Work's end of the line. */
    static final class Line implements AutoCloseable {
        private final Socket socket;

        /** Says that the work of this number has begun. */
        Line(int port, long id) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            say(socket, id + "\n");
        }

        /** Whether it is to end as it would by itself. */
        boolean isReleased() throws IOException {
            return socket.getInputStream().available() > 0;
        }

        /** Has it done once it is to end as it would by itself. */
        void onRelease(Runnable end) {
            thread(() -> {
                try {
                    if (socket.getInputStream().read() >= 0) {
                        end.run();
                    }
                } catch (IOException e) {
                    // It is closed: there is no such end.
                }
            });
        }

        void saysStopped() {
            say(socket, STOPPED + "\n");
        }

        @Override
        public void close() {
            Witness.close(socket);
        }
    }

    private static void say(Socket socket, String text) {
        try {
            OutputStream out = socket.getOutputStream();
            out.write(text.getBytes(StandardCharsets.US_ASCII));
            out.flush();
        } catch (IOException e) {
            // The other end has left, which shows there.
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    private static void thread(Runnable body) {
        var thread = new Thread(body, "witness");
        thread.setDaemon(true);
        thread.start();
    }
}
