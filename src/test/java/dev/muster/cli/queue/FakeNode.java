package dev.muster.cli.queue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.muster.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Something that takes puts as a node does, but breaks the connection of some of them without an answer. */
final class FakeNode implements AutoCloseable {

    private final HttpServer server;
    private final Set<Integer> cut;
    private final List<List<String>> requests = new ArrayList<>();

    /** One that cuts these requests, counted from 1 on. */
    FakeNode(Set<Integer> cut) throws IOException {
        this.cut = cut;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The lines of each request. */
    synchronized List<List<String>> requests() {
        return List.copyOf(requests);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        List<String> lines = body.lines().toList();
        int number;
        synchronized (this) {
            requests.add(lines);
            number = requests.size();
        }
        if (cut.contains(number)) {
            // Before any answer: the connection is gone.
            exchange.close();
            return;
        }
        var jobs = IntStream.range(0, lines.size())
                .mapToObj(i -> Map.of("id", number + "" + i))
                .toList();
        byte[] answer = Json.writeBytes(Map.of("jobs", jobs));
        exchange.sendResponseHeaders(201, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
