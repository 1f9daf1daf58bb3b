package dev.muster.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
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
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The five cases of the HTTP benchmark as an expert writes them by hand in Vert.x: a server, a client and a pipelined Postgres
 * pool for each event loop, native transport, no router, precomputed headers, one write for each response. Arguments:
 * {@code PORT UPSTREAM-PORT POSTGRES-URL [spliced]}.
 *
 * <p>Parses the responses of the upstream into {@link JsonObject} and writes them again. With {@code spliced} it checks in one
 * scan that they are JSON and copies their bytes, which is the least that a case requires.
 */
public final class HandWritten extends AbstractVerticle {

    private static final JsonFactory FACTORY = new JsonFactory();
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

    private final int port;
    private final int upstream;
    private final PgConnectOptions postgres;
    private final boolean isSpliced;
    private HttpClient client;
    private PreparedQuery<RowSet<Row>> row;

    private HandWritten(String[] args) {
        port = Integer.parseInt(args[0]);
        upstream = Integer.parseInt(args[1]);
        postgres = PgConnectOptions.fromUri(args[2]).setCachePreparedStatements(true);
        isSpliced = args.length > 3 && args[3].equals("spliced");
    }

    /** Starts the server, which runs until it is killed. */
    public static void main(String[] args) {
        Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        if (!vertx.isNativeTransportEnabled()) {
            throw new IllegalStateException("no native transport", vertx.unavailableNativeTransportCause());
        }
        int loops = Runtime.getRuntime().availableProcessors();
        vertx.deployVerticle(() -> new HandWritten(args), new DeploymentOptions().setInstances(loops))
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
        SqlClient pool = PgBuilder.client()
                .connectingTo(postgres)
                .with(new io.vertx.sqlclient.PoolOptions().setMaxSize(8))
                .using(vertx)
                .build();
        row = pool.preparedQuery("select id, name from item where id = $1");
        vertx.createHttpServer()
                .requestHandler(this::handle)
                .listen(port, "127.0.0.1")
                .<Void>mapEmpty()
                .onComplete(started);
    }

    private void handle(HttpServerRequest request) {
        switch (request.path()) {
            case "/api/health" ->
                send(request, new JsonObject().put("status", "ok").toBuffer());
            case "/api/data" -> sendResult(request, "/items/7");
            case "/api/big" -> sendResult(request, "/big");
            case "/api/broken" -> sendResult(request, "/broken");
            case "/api/three" -> sendMerged(request, false);
            case "/api/aggregate" -> sendMerged(request, true);
            default -> request.response().setStatusCode(404).end();
        }
    }

    private void sendResult(HttpServerRequest request, String path) {
        fetch(path).map(this::wrapped).onComplete(body -> send(request, body), failure -> fail(request, failure));
    }

    private void sendMerged(HttpServerRequest request, boolean withRow) {
        Future<Buffer> one = fetch("/items/1");
        Future<Buffer> two = fetch("/items/2");
        Future<Buffer> three = fetch("/items/3");
        Future<JsonObject> found = withRow
                ? row.execute(Tuple.of(7)).map(rows -> rows.iterator().next().toJson())
                : Future.succeededFuture();
        Future.all(one, two, three, found)
                .map(all -> merged(one.result(), two.result(), three.result(), found.result()))
                .onComplete(body -> send(request, body), failure -> fail(request, failure));
    }

    private Future<Buffer> fetch(String path) {
        return client.request(HttpMethod.GET, path)
                .compose(request -> request.send())
                .compose(response -> response.statusCode() == 200
                        ? response.body()
                        : Future.failedFuture("status " + response.statusCode()));
    }

    private Buffer wrapped(Buffer item) {
        if (isSpliced) {
            return append(Buffer.buffer(item.length() + 16), "{\"result\":", item)
                    .appendString("}");
        }
        return new JsonObject().put("result", item.toJsonObject()).toBuffer();
    }

    private Buffer merged(Buffer one, Buffer two, Buffer three, @Nullable JsonObject found) {
        if (isSpliced) {
            Buffer body = Buffer.buffer(one.length() + two.length() + three.length() + 96);
            append(body, "{\"one\":", one);
            append(body, ",\"two\":", two);
            append(body, ",\"three\":", three);
            if (found != null) {
                body.appendString(",\"row\":").appendBuffer(found.toBuffer());
            }
            return body.appendString("}");
        }
        var body = new JsonObject()
                .put("one", one.toJsonObject())
                .put("two", two.toJsonObject())
                .put("three", three.toJsonObject());
        return (found == null ? body : body.put("row", found)).toBuffer();
    }

    /** Appends a response that is one JSON value; any other response fails. */
    private static Buffer append(Buffer body, String before, Buffer value) {
        byte[] bytes = value.getBytes();
        try (JsonParser tokens = FACTORY.createParser(bytes)) {
            tokens.nextToken();
            tokens.skipChildren();
            if (tokens.currentToken() == null || tokens.nextToken() != null) {
                throw new DecodeException("not one JSON value");
            }
        } catch (IOException failure) {
            throw new DecodeException(failure.getMessage(), failure);
        }
        return body.appendString(before).appendBytes(bytes);
    }

    private static void send(HttpServerRequest request, Buffer body) {
        request.response().putHeader(HttpHeaders.CONTENT_TYPE, JSON).end(body);
    }

    private static void fail(HttpServerRequest request, Throwable failure) {
        request.response().setStatusCode(502).end(String.valueOf(failure.getMessage()));
    }
}
