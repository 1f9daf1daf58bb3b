package rival;

import com.fasterxml.jackson.core.JsonFactory;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webclient.http1.Http1Client;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The five cases of the HTTP benchmark with Helidon Níma on virtual threads: PORT UPSTREAM-PORT JDBC-URL.
 *
 * <p>Written for speed: no routes but one, answers of the upstream are checked by one scan and copied, and the last of the parts that run at
 * once runs on the thread of the request.
 */
public final class Rival {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final ExecutorService THREADS = Executors.newVirtualThreadPerTaskExecutor();

    private static Http1Client client;
    private static HikariDataSource pool;

    private Rival() {}

    public static void main(String[] args) {
        client = Http1Client.builder()
                .baseUri("http://127.0.0.1:" + args[1])
                .connectionCacheSize(256)
                .build();
        var config = new HikariConfig();
        config.setJdbcUrl(args[2]);
        config.setMaximumPoolSize(16);
        pool = new HikariDataSource(config);
        WebServer.builder()
                // Off unless it is set: a response of two writes would wait for the caller's delayed acknowledgement, 40 ms.
                .connectionOptions(options -> options.tcpNoDelay(true))
                .host("127.0.0.1")
                .port(Integer.parseInt(args[0]))
                .routing(routing -> routing.any(Rival::handle))
                .build()
                .start();
    }

    private static void handle(ServerRequest request, ServerResponse response) {
        try {
            switch (request.path().rawPath()) {
                case "/api/health" -> send(response, new Json("{\"status\":\"ok\"}"));
                case "/api/data" -> send(response, new Json("{\"result\":").value(fetch("/items/7")).text("}"));
                case "/api/big" -> send(response, new Json("{\"result\":").value(fetch("/big")).text("}"));
                case "/api/broken" -> send(response, new Json("{\"result\":").value(fetch("/broken")).text("}"));
                case "/api/three" -> send(response, merged(false));
                case "/api/aggregate" -> send(response, merged(true));
                default -> response.status(Status.NOT_FOUND_404).send();
            }
        } catch (Exception failure) {
            response.status(Status.BAD_GATEWAY_502).send(String.valueOf(failure.getMessage()));
        }
    }

    private static Json merged(boolean withRow) throws Exception {
        Future<byte[]> one = THREADS.submit(() -> fetch("/items/1"));
        Future<byte[]> two = THREADS.submit(() -> fetch("/items/2"));
        if (!withRow) {
            byte[] three = fetch("/items/3");
            return merged(one, two, three).text("}");
        }
        Future<byte[]> three = THREADS.submit(() -> fetch("/items/3"));
        String row = row();
        return merged(one, two, three.get()).text(",\"row\":").text(row).text("}");
    }

    private static Json merged(Future<byte[]> one, Future<byte[]> two, byte[] three) throws IOException, ExecutionException, InterruptedException {
        return new Json("{\"one\":").value(one.get()).text(",\"two\":").value(two.get()).text(",\"three\":").value(three);
    }

    private static byte[] fetch(String path) {
        try (var response = client.get(path).request()) {
            if (response.status().code() != 200) {
                throw new IllegalStateException("status " + response.status());
            }
            return response.entity().as(byte[].class);
        }
    }

    private static String row() throws Exception {
        try (var connection = pool.getConnection();
                var query = connection.prepareStatement("select id, name from item where id = ?")) {
            query.setInt(1, 7);
            try (var rows = query.executeQuery()) {
                rows.next();
                var quoted = com.fasterxml.jackson.core.io.JsonStringEncoder.getInstance().quoteAsString(rows.getString(2));
                return "{\"id\":" + rows.getInt(1) + ",\"name\":\"" + new String(quoted) + "\"}";
            }
        }
    }

    private static void send(ServerResponse response, Json body) {
        response.header(HeaderValues.CONTENT_TYPE_JSON).send(body.toByteArray());
    }

    /** JSON that is put together from text and from values that others have written. */
    private static final class Json extends ByteArrayOutputStream {
        Json(String text) {
            super(512);
            text(text);
        }

        Json text(String text) {
            writeBytes(text.getBytes(StandardCharsets.UTF_8));
            return this;
        }

        /** Appends bytes that are one JSON value; any other fails. */
        Json value(byte[] bytes) throws IOException {
            try (var tokens = FACTORY.createParser(bytes)) {
                tokens.nextToken();
                tokens.skipChildren();
                if (tokens.currentToken() == null || tokens.nextToken() != null) {
                    throw new IOException("not one JSON value");
                }
            }
            writeBytes(bytes);
            return this;
        }
    }
}
