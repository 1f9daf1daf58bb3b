package dev.muster.example;

import dev.muster.node.Muster;
import dev.muster.run.Event;
import dev.muster.run.Run;
import dev.muster.task.CancelReason;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/** Plans inside a process of one's own, as the documentation shows it. */
final class PlansExample {

    private PlansExample() {}

    static Object page(Path conf, Consumer<Event> watcher) throws InterruptedException {
        // docs: plans
        try (Muster muster = Muster.start(conf)) { // reads and checks everything; throws with all that is wrong
            Future<Object> page = muster.run("page", Map.of("id", 7)); // the output, after everything has ended
            Future<Run> watched = muster.begin("page", Map.of("id", 8), watcher::accept); // told of every event
            watched.onSuccess(run -> run.cancel(CancelReason.of("no longer wanted")));
            return page.toCompletionStage().toCompletableFuture().join();
        } // cancels what still runs, waits for its clean-up, closes sources, pools and Vert.x
        // docs: end
    }
}
