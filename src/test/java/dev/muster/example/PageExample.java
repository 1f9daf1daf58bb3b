package dev.muster.example;

import dev.muster.loop.Loop;
import dev.muster.sync.Queue;
import dev.muster.sync.Semaphore;
import dev.muster.task.CancelReason;
import dev.muster.task.Repeat;
import dev.muster.task.Scope;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The examples of {@code docs/library.md}; a test compares the two, others run them. */
final class PageExample {

    record User(int id, String name) {}

    record Page(User user, List<String> orders) {}

    interface Users {
        Future<User> get(Scope scope, int id);
    }

    interface Orders {
        Future<List<String>> of(Scope scope, int user);
    }

    private PageExample() {}

    // docs: page
    static Task<Page> page(Tasks tasks, Users users, Orders orders, int id) {
        Task<Page> page = tasks.start("page", scope -> {
            Task<User> user = scope.start("user", s -> users.get(s, id)); // s carries cancel and deadline
            Task<List<String>> placed = scope.start("orders", s -> orders.of(s, id));
            return scope.gather(user, placed, Page::new); // the first failure cancels the other
        });
        return page.withTimeout(Duration.ofMillis(300));
    }
    // docs: end

    static Future<Void> onVertx(Vertx vertx, Users users, Orders orders, Consumer<Object> answer) {
        // docs: vertx
        Tasks tasks = Tasks.on(Loop.of(vertx)); // one event loop; in a verticle: Loop.of(context)
        Task<Page> page = page(tasks, users, orders, 7);
        page.future().onComplete(answer::accept, answer::accept); // after every child has ended
        page.cancel(CancelReason.of("caller left")); // from any thread; again or too late does nothing
        Future<Void> closed = tasks.close(); // cancels what is left, completes when all have ended
        // docs: end
        return closed;
    }

    // docs: fetch
    static Future<Buffer> fetch(Scope scope, HttpClient client, RequestOptions options) {
        return scope.await("a connection", client.request(options))
                .compose(request ->
                        scope.await("the answer", request.send().compose(HttpClientResponse::body), reason -> {
                            request.reset();
                            return true; // the wait is over; false: the future will end when the work really has
                        }));
    }
    // docs: end

    // docs: cleanup
    static Future<String> copy(Scope scope, Consumer<String> log) {
        scope.cleanUp("close the file", own -> {
            log.accept("closed");
            return Future.succeededFuture();
        });
        return scope.sleep(Duration.ofMillis(10)).compose(copied -> {
            Task<String> commit = scope.shield(
                    "commit",
                    Duration.ofSeconds(1),
                    own -> own.sleep(Duration.ofMillis(50)).map("committed").onSuccess(log::accept));
            return scope.join(commit);
        });
    }
    // docs: end

    // docs: queue
    static Future<Void> workers(Scope scope, List<Integer> numbers, Consumer<List<Integer>> store) {
        var queue = new Queue<Integer>(scope.loop(), 5);
        for (int worker = 1; worker <= 3; worker++) {
            scope.start(
                    "worker " + worker,
                    own -> Repeat.whileTrue(
                                    own,
                                    () -> queue.take(own).map(first -> {
                                        var batch = new ArrayList<>(List.of(first));
                                        for (Integer next = queue.tryTake(); next != null; next = queue.tryTake()) {
                                            batch.add(next);
                                        }
                                        store.accept(batch);
                                        batch.forEach(done -> queue.taskDone());
                                        return true;
                                    }))
                            .recover(closed -> Future.succeededFuture()));
        }
        var left = numbers.iterator();
        return Repeat.whileTrue(
                        scope,
                        () -> left.hasNext() ? queue.put(scope, left.next()).map(true) : Future.succeededFuture(false))
                .compose(put -> queue.join(scope))
                .onComplete(over -> queue.close());
    }
    // docs: end

    // docs: semaphore
    static Future<List<Page>> few(Scope scope, List<Integer> ids, Semaphore five, Users users) {
        var pages = new ArrayList<Task<Page>>();
        for (int id : ids) {
            pages.add(scope.start(
                    "page " + id,
                    own -> five.with(own, held -> users.get(held, id).map(user -> new Page(user, List.of())))));
        }
        return scope.gather(pages);
    }
    // docs: end
}
