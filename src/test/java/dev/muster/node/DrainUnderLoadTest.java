package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Soon;
import dev.muster.log.Heard;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Callers who go on asking while the node stops: whoever was let in is answered. */
@Timeout(120)
class DrainUnderLoadTest {

    private static final int BUSY = 8;
    private static final int LONG = 4;

    @TempDir
    Path conf;

    @Test
    void everyRequestThatWasLetIn_isAnswered() throws Exception {
        try (Heard netty = Heard.of("io.netty.bootstrap");
                var rig = new ServeRig(conf)
                        .plan("health", "expose: GET /api/health\noutput: {status: ok}")
                        .plan("slow", "expose: GET /slow\nsteps: {a: {sleep: 1500ms}}\noutput: {status: ok}")
                        .start()) {
            var answered = new AtomicInteger();
            var drains = new AtomicBoolean();
            ExecutorService callers = Executors.newFixedThreadPool(BUSY + LONG);
            try {
                List<Future<?>> all = new ArrayList<>();
                for (int i = 0; i < BUSY + LONG; i++) {
                    String path = i < BUSY ? "/api/health" : "/slow";
                    Callable<Void> asking = () -> {
                        ask(rig.port(), path, answered, drains);
                        return null;
                    };
                    all.add(callers.submit(asking));
                }
                Soon.until(
                        "the load",
                        () -> answered.get() >= 200
                                && rig.service().runManager().running() >= LONG);
                int before = answered.get();
                drains.set(true);
                rig.service().drain();
                for (Future<?> one : all) {
                    one.get();
                }
                assertThat(answered.get()).isGreaterThan(before + LONG);
                assertThat(rig.service().runManager().running()).isZero();
                assertThat(netty.lines()).noneMatch(line -> line.text().contains("Failed to register"));
            } finally {
                callers.shutdownNow();
            }
        }
    }

    /** Asks again and again until nobody listens any more. A connection that ends takes no request along. */
    private static void ask(int port, String path, AtomicInteger answered, AtomicBoolean drains) throws Exception {
        while (true) {
            try (RawCaller caller = new RawCaller(port)) {
                for (int asked = 0; ; asked++) {
                    try {
                        caller.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
                    } catch (IOException e) {
                        break;
                    }
                    String answer = answer(caller.socket);
                    if (answer.isEmpty() && (asked == 0 || drains.get())) {
                        // A new connection: the kernel resets one that nobody had accepted when the node stopped to
                        // listen.
                        // A kept one: the node closes it at the end of its grace, and a request that is on its way in
                        // that
                        // moment meets a reset. Before the drain begins that would be a fault.
                        break;
                    }
                    assertThat(answer).startsWith("HTTP/1.1 200").endsWith("{\"status\":\"ok\"}");
                    answered.incrementAndGet();
                    if (answer.contains("connection: close")) {
                        break;
                    }
                }
            } catch (ConnectException e) {
                return;
            }
        }
    }

    private static String answer(Socket socket) throws IOException {
        var text = new StringBuilder();
        byte[] part = new byte[4096];
        while (text.indexOf("{\"status\":\"ok\"}") < 0) {
            int n;
            try {
                n = socket.getInputStream().read(part);
            } catch (IOException e) {
                n = -1;
            }
            if (n < 0) {
                return text.toString();
            }
            text.append(new String(part, 0, n, StandardCharsets.ISO_8859_1));
        }
        return text.toString();
    }
}
