package dev.muster.bench;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;

/**
 * Light requests beside CPU work, as an expert writes them by hand in Vert.x: a server for each event loop, and a pool with one
 * thread for each core for the work. Argument: {@code PORT}. For the case {@code loop} of {@code scripts/bench/run}.
 */
public final class LoopByHand extends AbstractVerticle {

    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    private static final int CORES = Runtime.getRuntime().availableProcessors();

    private final int port;
    private final WorkerExecutor pool;

    private LoopByHand(int port, WorkerExecutor pool) {
        this.port = port;
        this.pool = pool;
    }

    /** Starts the server, which runs until it is killed. */
    public static void main(String[] args) {
        Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        WorkerExecutor pool = vertx.createSharedWorkerExecutor("cpu", CORES);
        vertx.deployVerticle(
                        () -> new LoopByHand(Integer.parseInt(args[0]), pool),
                        new DeploymentOptions().setInstances(CORES))
                .onFailure(failure -> {
                    failure.printStackTrace();
                    System.exit(1);
                });
    }

    @Override
    public void start(Promise<Void> started) {
        vertx.createHttpServer()
                .requestHandler(this::handle)
                .listen(port, "127.0.0.1")
                .<Void>mapEmpty()
                .onComplete(started);
    }

    private void handle(HttpServerRequest request) {
        switch (request.path()) {
            case "/api/light" -> send(request, new JsonObject().put("status", "ok"));
            case "/api/work" -> {
                long n = Long.parseLong(request.getParam("n"));
                pool.executeBlocking(() -> sum(n), false)
                        .onComplete(
                                sum -> send(request, new JsonObject().put("sum", sum)),
                                failure -> request.response().setStatusCode(500).end());
            }
            default -> request.response().setStatusCode(404).end();
        }
    }

    /** Returns the exact sum of the squares of 0 to n - 1, computed one by one like the function {@code sum-of-squares}. */
    private static BigInteger sum(long n) {
        long high = 0;
        long low = 0;
        for (long i = 0; i < n; i++) {
            long square = i * i;
            low += square;
            high += Math.multiplyHigh(i, i) + (Long.compareUnsigned(low, square) < 0 ? 1 : 0);
        }
        return BigInteger.valueOf(high).shiftLeft(Long.SIZE).add(new BigInteger(Long.toUnsignedString(low)));
    }

    private static void send(HttpServerRequest request, JsonObject value) {
        request.response().putHeader(HttpHeaders.CONTENT_TYPE, JSON).end(value.toBuffer());
    }
}
