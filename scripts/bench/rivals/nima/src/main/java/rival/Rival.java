package rival;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.helidon.http.HeaderValues;
import io.helidon.webclient.api.WebClient;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The five cases of the HTTP benchmark with Helidon Níma on virtual threads: PORT UPSTREAM-PORT JDBC-URL. */
public final class Rival {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final ExecutorService THREADS = Executors.newVirtualThreadPerTaskExecutor();

    private static WebClient client;
    private static HikariDataSource pool;

    private Rival() {}

    public static void main(String[] args) {
        client = WebClient.builder()
                .baseUri("http://127.0.0.1:" + args[1])
                .connectionCacheSize(256)
                .build();
        var config = new HikariConfig();
        config.setJdbcUrl(args[2]);
        config.setMaximumPoolSize(16);
        pool = new HikariDataSource(config);
        WebServer.builder()
                .host("127.0.0.1")
                .port(Integer.parseInt(args[0]))
                .routing(routing -> routing.get("/api/health", (request, response) -> send(response, Map.of("status", "ok")))
                        .get("/api/data", (request, response) -> send(response, Map.of("result", fetch("/items/7"))))
                        .get("/api/big", (request, response) -> send(response, Map.of("result", fetch("/big"))))
                        .get("/api/three", (request, response) -> send(response, merged(false)))
                        .get("/api/aggregate", (request, response) -> send(response, merged(true))))
                .build()
                .start();
    }

    private static Map<String, Object> merged(boolean withRow) throws Exception {
        Future<Object> one = THREADS.submit(() -> fetch("/items/1"));
        Future<Object> two = THREADS.submit(() -> fetch("/items/2"));
        Future<Object> three = THREADS.submit(() -> fetch("/items/3"));
        Object row = withRow ? row() : null;
        var merged = new LinkedHashMap<String, Object>();
        merged.put("one", one.get());
        merged.put("two", two.get());
        merged.put("three", three.get());
        if (withRow) {
            merged.put("row", row);
        }
        return merged;
    }

    private static Object fetch(String path) throws Exception {
        try (var response = client.get(path).request()) {
            if (response.status().code() != 200) {
                throw new IllegalStateException("status " + response.status());
            }
            return MAPPER.readValue(response.entity().as(byte[].class), Map.class);
        }
    }

    private static Object row() throws Exception {
        try (var connection = pool.getConnection();
                var query = connection.prepareStatement("select id, name from item where id = ?")) {
            query.setInt(1, 7);
            try (var rows = query.executeQuery()) {
                rows.next();
                return Map.of("id", rows.getInt(1), "name", rows.getString(2));
            }
        }
    }

    private static void send(ServerResponse response, Object value) throws Exception {
        response.header(HeaderValues.CONTENT_TYPE_JSON).send(MAPPER.writeValueAsBytes(value));
    }
}
