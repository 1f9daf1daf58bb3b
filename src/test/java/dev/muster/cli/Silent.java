package dev.muster.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;

/** An upstream that takes a request, never answers, and knows when its caller has left. */
final class Silent implements AutoCloseable {
    private final ServerSocket server;
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch left = new CountDownLatch(1);

    Silent() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        var thread = new Thread(this::serve, "silent-upstream");
        thread.setDaemon(true);
        thread.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    void awaitRequest() throws InterruptedException {
        asked.await();
    }

    void awaitLeave() throws InterruptedException {
        left.await();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void serve() {
        try (Socket caller = server.accept()) {
            InputStream in = caller.getInputStream();
            in.read();
            asked.countDown();
            while (in.read() >= 0) {
                // The rest of the request, then nothing until the caller leaves.
            }
        } catch (IOException e) {
            // Reset: the caller has left too.
        }
        left.countDown();
    }
}
