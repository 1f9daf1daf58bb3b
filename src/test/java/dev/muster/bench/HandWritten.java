package dev.muster.bench;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;

/**
 * The five cases of the HTTP benchmark as an expert writes them by hand in Vert.x: a server and a client for each event loop, native
 * transport, no router, headers made once. {@code PORT UPSTREAM-PORT POSTGRES-URL}.
 */
public final class HandWritten extends AbstractVerticle {

    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

    private final int port;
    private final int upstream;
    private final Pool pool;
    private HttpClient client;
    private PreparedQuery<RowSet<Row>> row;

    private HandWritten(int port, int upstream, Pool pool) {
        this.port = port;
        this.upstream = upstream;
        this.pool = pool;
    }

    /** Starts it and stays. */
    public static void main(String[] args) {
        Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        Pool pool = PgBuilder.pool()
                .connectingTo(PgConnectOptions.fromUri(args[2]).setCachePreparedStatements(true))
                .with(new io.vertx.sqlclient.PoolOptions().setMaxSize(16))
                .using(vertx)
                .build();
        vertx.deployVerticle(
                        () -> new HandWritten(Integer.parseInt(args[0]), Integer.parseInt(args[1]), pool),
                        new DeploymentOptions()
                                .setInstances(Runtime.getRuntime().availableProcessors()))
                .onFailure(failure -> {
                    failure.printStackTrace();
                    System.exit(1);
                });
    }

    @Override
    public void start(Promise<Void> started) {
        client = vertx.createHttpClient(
                new HttpClientOptions().setDefaultHost("127.0.0.1").setDefaultPort(upstream),
                new PoolOptions().setHttp1MaxSize(128));
        row = pool.preparedQuery("select id, name from item where id = $1");
        vertx.createHttpServer()
                .requestHandler(this::handle)
                .listen(port, "127.0.0.1")
                .<Void>mapEmpty()
                .onComplete(started);
    }

    private void handle(HttpServerRequest request) {
        switch (request.path()) {
            case "/api/health" -> send(request, new JsonObject().put("status", "ok"));
            case "/api/data" -> sendResult(request, "/items/7");
            case "/api/big" -> sendResult(request, "/big");
            case "/api/three" -> sendMerged(request, false);
            case "/api/aggregate" -> sendMerged(request, true);
            default -> request.response().setStatusCode(404).end();
        }
    }

    private void sendResult(HttpServerRequest request, String path) {
        fetch(path)
                .onComplete(
                        item -> send(request, new JsonObject().put("result", item)), failure -> fail(request, failure));
    }

    private void sendMerged(HttpServerRequest request, boolean withRow) {
        Future<JsonObject> one = fetch("/items/1");
        Future<JsonObject> two = fetch("/items/2");
        Future<JsonObject> three = fetch("/items/3");
        Future<JsonObject> found = withRow
                ? row.execute(Tuple.of(7)).map(rows -> rows.iterator().next().toJson())
                : Future.succeededFuture();
        Future.all(one, two, three, found)
                .onComplete(
                        all -> {
                            var merged = new JsonObject()
                                    .put("one", one.result())
                                    .put("two", two.result())
                                    .put("three", three.result());
                            send(request, withRow ? merged.put("row", found.result()) : merged);
                        },
                        failure -> fail(request, failure));
    }

    private Future<JsonObject> fetch(String path) {
        return client.request(HttpMethod.GET, path)
                .compose(request -> request.send())
                .compose(response -> {
                    if (response.statusCode() != 200) {
                        return Future.failedFuture("status " + response.statusCode());
                    }
                    return response.body().map(Buffer::toJsonObject);
                });
    }

    private static void send(HttpServerRequest request, JsonObject value) {
        request.response().putHeader(HttpHeaders.CONTENT_TYPE, JSON).end(value.toBuffer());
    }

    private static void fail(HttpServerRequest request, Throwable failure) {
        request.response().setStatusCode(502).end(String.valueOf(failure.getMessage()));
    }
}
