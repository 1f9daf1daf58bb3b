package dev.muster.example;

import dev.muster.loop.Loop;
import dev.muster.sync.Queue;
import dev.muster.sync.Semaphore;
import dev.muster.task.CancelReason;
import dev.muster.task.Completions;
import dev.muster.task.Each;
import dev.muster.task.Errors;
import dev.muster.task.Items;
import dev.muster.task.Joiner;
import dev.muster.task.Limit;
import dev.muster.task.Locals;
import dev.muster.task.Repeat;
import dev.muster.task.Scope;
import dev.muster.task.State;
import dev.muster.task.Task;
import dev.muster.task.TaskLocal;
import dev.muster.task.Tasks;
import dev.muster.task.TimedOutException;
import dev.muster.task.Wait;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
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
        Future<HttpClientRequest> granted = client.request(options);
        return scope.await("a connection", granted, reason -> true, HttpClientRequest::reset) // too late: it goes back
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

    // docs: combinators
    static Future<List<String>> combined(Scope scope, List<Task<String>> tasks) {
        return scope.gather(tasks) // all values; the first failure cancels the others
                .recover(failed -> scope.race(tasks).map(List::of)); // the first value; the others are cancelled
    }

    static Future<Integer> failures(Scope scope, List<Task<String>> tasks) {
        return scope.gatherOutcomes(tasks) // a failure is an outcome like others
                .map(outcomes ->
                        (int) outcomes.stream().filter(one -> !one.isOk()).count());
    }

    static Future<List<Task<String>>> withinASecond(Scope scope, List<Task<String>> tasks) {
        return Wait.run(scope, tasks, Wait.Until.ALL, Duration.ofSeconds(1), Wait.Pending.CANCEL)
                .map(Wait.Result::done); // what ended by itself; the pending ones are cancelled
    }

    static Future<String> asTheyEnd(Scope scope, List<Task<String>> tasks, Consumer<String> out) {
        Completions<String> ended = Completions.of(scope, tasks, Duration.ofSeconds(1));
        return Repeat.whileTrue(
                        scope,
                        () -> ended.next().map(next -> {
                            next.ifPresent(task -> out.accept(task.name() + " " + task.state()));
                            return next.isPresent();
                        }))
                .onComplete(left -> ended.close()) // whoever leaves early closes it
                .map("all given");
    }

    static Future<Long> fiftyAtOnce(Scope scope, List<Integer> ids, Users users, Consumer<User> sink) {
        return scope.join(Each.start(
                scope,
                "users",
                50, // at once
                Errors.tolerate(0.05), // 5 % may fail
                Items.of(ids.iterator(), ids.size()),
                (own, id, index) -> users.get(own, id),
                (index, outcome) -> outcome.match(
                        user -> {
                            sink.accept(user);
                            return true;
                        },
                        failed -> false)));
    }
    // docs: end

    // docs: joiner
    /** The first two values, whichever tasks have them. */
    static final class FirstTwo implements Joiner<String, List<String>> {
        private final List<String> values = new ArrayList<>();

        @Override
        public boolean taskEnded(Task<? extends String> task) {
            if (task.state() == State.FINISHED) {
                values.add(task.result());
            }
            return values.size() == 2; // enough: the others are cancelled
        }

        @Override
        public List<String> result() {
            return values;
        }
    }

    static Future<List<String>> firstTwo(Scope scope, List<Task<String>> tasks) {
        return scope.join(tasks, new FirstTwo());
    }
    // docs: end

    // docs: locals
    static final TaskLocal<String> TENANT = TaskLocal.named("tenant");

    static Task<String> asTenant(Tasks tasks, String tenant) {
        return tasks.start("request", Locals.of(TENANT, tenant), scope -> {
            Task<String> deep = scope.start("deep", own -> Future.succeededFuture("for " + own.get(TENANT)));
            return scope.join(deep); // Tasks.current(TENANT) has it where no scope is at hand: in a log's layout
        });
    }
    // docs: end

    // docs: limit
    static Future<String> patient(Scope scope, Queue<String> queue) {
        Limit limit = scope.limit(Duration.ofMillis(100)); // of the waits of this task
        return queue.take(scope)
                .compose(first -> {
                    limit.move(Duration.ofSeconds(5)); // something comes: the rest may take longer
                    return queue.take(scope).map(second -> first + second);
                })
                .recover(late -> late instanceof TimedOutException
                        ? Future.succeededFuture("nothing") // the task goes on
                        : Future.failedFuture(late))
                .onComplete(done -> limit.close());
    }
    // docs: end

    // docs: straight
    static Task<String> straight(Scope scope, Users users, BlockingQueue<String> greetings) {
        return scope.blocking(
                "straight",
                own -> { // a virtual thread on JDK 21 and later
                    User user = own.await(loop -> users.get(loop, 7)); // waits for what the loop does
                    String greeting = greetings.take(); // Java's own way to block: a cancel interrupts it
                    return greeting + " " + (user == null ? "nobody" : user.name());
                });
    }
    // docs: end
}
