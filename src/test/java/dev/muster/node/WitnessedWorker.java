package dev.muster.node;

import dev.muster.connect.call.CallConnector;
import io.vertx.core.Deployable;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import io.vertx.core.spi.VerticleFactory;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A worker that answers calls at {@link #ADDRESS}: it reports each call to a {@link Witness}, answers it
 * with its id when that says so, and leaves a call that is cancelled. Installed by {@link Extensions}, as Vert.x tells such a class of each Vert.x that it makes.
 */
public final class WitnessedWorker implements VerticleFactory {

    static final String ADDRESS = "work.wait";

    private final Map<String, Witness.Line> calls = new ConcurrentHashMap<>();

    @Override
    public void init(Vertx vertx) {
        vertx.eventBus().<JsonObject>consumer(ADDRESS, this::begin);
        vertx.eventBus().consumer(CallConnector.CANCEL, this::cancel);
    }

    @Override
    public String prefix() {
        return "witnessed";
    }

    @Override
    public void createVerticle2(String name, ClassLoader loader, Promise<Callable<? extends Deployable>> promise) {
        promise.fail("it only answers calls");
    }

    private void begin(Message<JsonObject> call) {
        JsonObject body = call.body();
        String name = call.headers().get(CallConnector.CALL_HEADER);
        try {
            var line = new Witness.Line(body.getInteger("port"), body.getLong("id"));
            calls.put(name, line);
            line.onRelease(() -> {
                calls.remove(name);
                call.reply(body.getLong("id"));
                line.close();
            });
        } catch (IOException e) {
            call.fail(1, "there is no witness: " + e);
        }
    }

    private void cancel(Message<?> cancel) {
        Witness.Line line = calls.remove(cancel.headers().get(CallConnector.CANCEL_HEADER));
        if (line != null) {
            line.saysStopped();
            line.close();
        }
    }
}
