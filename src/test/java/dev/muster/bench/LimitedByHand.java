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
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * A handler with a time limit, by hand in Vert.x. Arguments: {@code PORT UPSTREAM-PORT POSTGRES-URL SQL SHORT-MS [stops]}.
 * {@code GET /LIMIT/http/ID} requests {@code /item/ID} from the upstream, {@code GET /LIMIT/sql/ID} runs the statement, with 20
 * connections for each. LIMIT is {@code short} or {@code long} (one minute).
 *
 * <p>As handlers are usually written, the time limit completes the response, and ends the wait for a connection and an HTTP
 * request that is silent for that long. With {@code stops}, the time limit and a caller that leaves also reset the HTTP request
 * and cancel the statement in Postgres.
 */
public final class LimitedByHand extends AbstractVerticle {

    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    private static final int PLACES = 20;
    private static final Function<RowSet<Row>, JsonObject> FIRST =
            rows -> rows.iterator().next().toJson();

    private final Settings settings;
    private final Pool pool;
    private HttpClient client;

    private record Settings(int port, int upstream, String sql, Duration shortLimit, boolean stops) {}

    /** The way to stop the current work, which can be set after the stop. There is none before the work starts and after it ends. */
    private static final class Stopping {
        private Runnable way = () -> {};
        private boolean isStopped;

        void by(Runnable found) {
            way = found;
            if (isStopped) {
                found.run();
            }
        }

        void stop() {
            if (!isStopped) {
                isStopped = true;
                way.run();
            }
        }
    }

    private LimitedByHand(Settings settings, Pool pool) {
        this.settings = settings;
        this.pool = pool;
    }

    /** Starts the server, which runs until it is killed. */
    public static void main(String[] args) {
        Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        var settings = new Settings(
                Integer.parseInt(args[0]),
                Integer.parseInt(args[1]),
                args[3],
                Duration.ofMillis(Integer.parseInt(args[4])),
                args.length > 5 && args[5].equals("stops"));
        Pool pool = PgBuilder.pool()
                .connectingTo(PgConnectOptions.fromUri(args[2]).setCachePreparedStatements(true))
                .with(new io.vertx.sqlclient.PoolOptions()
                        .setMaxSize(PLACES)
                        .setConnectionTimeout((int) settings.shortLimit.toMillis())
                        .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS))
                .using(vertx)
                .build();
        // One loop, so that the pool of the HTTP client serves the whole process.
        vertx.deployVerticle(() -> new LimitedByHand(settings, pool), new DeploymentOptions().setInstances(1))
                .onFailure(failure -> {
                    failure.printStackTrace();
                    System.exit(1);
                });
    }

    @Override
    public void start(Promise<Void> started) {
        client = vertx.createHttpClient(
                new HttpClientOptions().setDefaultHost("127.0.0.1").setDefaultPort(settings.upstream),
                new PoolOptions().setHttp1MaxSize(PLACES));
        vertx.createHttpServer()
                .requestHandler(this::handle)
                .listen(settings.port, "127.0.0.1")
                .<Void>mapEmpty()
                .onComplete(started);
    }

    /** Handles {@code /LIMIT/KIND/ID}. */
    private void handle(HttpServerRequest request) {
        String[] parts = request.path().split("/");
        if (parts.length != 4) {
            request.response()
                    .setStatusCode(parts[1].equals("ready") ? 200 : 404)
                    .end();
            return;
        }
        Duration limit = parts[1].equals("short") ? settings.shortLimit : Duration.ofMinutes(1);
        long id = Long.parseLong(parts[3]);
        var stopping = new Stopping();
        if (settings.stops) {
            request.response().closeHandler(gone -> stopping.stop());
        }
        Future<JsonObject> work = parts[2].equals("http") ? fetch(id, limit, stopping) : row(id, stopping);
        work.timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                .onComplete(
                        value -> request.response()
                                .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                                .end(new JsonObject().put("result", value).toBuffer()),
                        failure -> {
                            if (settings.stops) {
                                stopping.stop();
                            }
                            fail(request, failure);
                        });
    }

    private Future<JsonObject> fetch(long id, Duration limit, Stopping stopping) {
        var options = new RequestOptions().setURI("/item/" + id).setTimeout(limit.toMillis());
        return client.request(options).compose(request -> {
            stopping.by(request::reset);
            return bodyOf(request);
        });
    }

    private static Future<JsonObject> bodyOf(HttpClientRequest request) {
        return request.send().compose(response -> {
            if (response.statusCode() != 200) {
                return Future.failedFuture("status " + response.statusCode());
            }
            return response.body().map(Buffer::toJsonObject);
        });
    }

    private Future<JsonObject> row(long id, Stopping stopping) {
        return settings.stops
                ? pool.withConnection(connection -> {
                    if (stopping.isStopped) {
                        return Future.failedFuture("nobody waits for it any more");
                    }
                    stopping.by(() -> PgConnection.cast(connection).cancelRequest());
                    return queried(connection, id).onComplete(ended -> stopping.by(() -> {}));
                })
                : pool.preparedQuery(settings.sql).execute(Tuple.of(id)).map(FIRST);
    }

    private Future<JsonObject> queried(SqlConnection connection, long id) {
        return connection.preparedQuery(settings.sql).execute(Tuple.of(id)).map(FIRST);
    }

    private static void fail(HttpServerRequest request, Throwable failure) {
        if (!request.response().closed()) {
            request.response()
                    .setStatusCode(failure instanceof TimeoutException ? 504 : 502)
                    .end(String.valueOf(failure.getMessage()));
        }
    }
}
