package dev.muster.bench;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.net.URI;

/**
 * What somebody would write by hand in Vert.x for the three plans of the serve benchmark: the yardstick, and the upstream that
 * both ask. {@code upstream PORT}, or {@code server PORT UPSTREAM-PORT POSTGRES-URL}.
 */
public final class HandWritten {

    private HandWritten() {}

    /** Starts one of both and stays. */
    public static void main(String[] args) {
        Vertx vertx = Vertx.vertx();
        int port = Integer.parseInt(args[1]);
        if (args[0].equals("upstream")) {
            Buffer body = Buffer.buffer("{\"id\":7,\"name\":\"seven\",\"tags\":[\"a\",\"b\"],\"price\":12.50}");
            vertx.createHttpServer()
                    .requestHandler(request -> request.response()
                            .putHeader("content-type", "application/json")
                            .end(body))
                    .listen(port, "127.0.0.1");
            return;
        }
        int upstream = Integer.parseInt(args[2]);
        Pool pool = PgBuilder.pool()
                .connectingTo(PgConnectOptions.fromUri(args[3]).setCachePreparedStatements(true))
                .with(new io.vertx.sqlclient.PoolOptions().setMaxSize(16).setShared(true))
                .using(vertx)
                .build();
        vertx.deployVerticle(
                () -> new Server(port, URI.create("http://127.0.0.1:" + upstream), pool),
                new DeploymentOptions().setInstances(2));
    }

    private static final class Server extends AbstractVerticle {
        private final int port;
        private final URI upstream;
        private final Pool pool;

        Server(int port, URI upstream, Pool pool) {
            this.port = port;
            this.upstream = upstream;
            this.pool = pool;
        }

        @Override
        public void start(Promise<Void> started) {
            HttpClient client = vertx.createHttpClient(
                    new HttpClientOptions().setDefaultHost(upstream.getHost()).setDefaultPort(upstream.getPort()),
                    new PoolOptions().setHttp1MaxSize(64));
            Router router = Router.router(vertx);
            router.get("/api/health")
                    .handler(context -> json(context.response(), new JsonObject().put("status", "ok")));
            router.get("/api/data")
                    .handler(context -> get(client, "/items/7")
                            .onSuccess(item -> json(context.response(), new JsonObject().put("result", item)))
                            .onFailure(context::fail));
            router.get("/api/merged").handler(context -> {
                Future<JsonObject> one = get(client, "/items/1");
                Future<JsonObject> two = get(client, "/items/2");
                Future<JsonObject> three = get(client, "/items/3");
                Future<JsonObject> row = pool.preparedQuery("select $1::int as id, 'seven' as name")
                        .execute(Tuple.of(7))
                        .map(rows -> rows.iterator().next().toJson());
                Future.all(one, two, three, row)
                        .onSuccess(all -> json(
                                context.response(),
                                new JsonObject()
                                        .put("one", one.result())
                                        .put("two", two.result())
                                        .put("three", three.result())
                                        .put("row", row.result())))
                        .onFailure(context::fail);
            });
            vertx.createHttpServer()
                    .requestHandler(router)
                    .listen(port, "127.0.0.1")
                    .<Void>mapEmpty()
                    .onComplete(started);
        }

        private static Future<JsonObject> get(HttpClient client, String path) {
            return client.request(HttpMethod.GET, path)
                    .compose(request -> request.send())
                    .compose(response -> response.body())
                    .map(Buffer::toJsonObject);
        }

        private static void json(HttpServerResponse response, JsonObject value) {
            response.putHeader("content-type", "application/json").end(value.toBuffer());
        }
    }
}
