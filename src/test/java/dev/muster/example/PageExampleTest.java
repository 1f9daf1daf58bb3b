package dev.muster.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.example.PageExample.Page;
import dev.muster.example.PageExample.User;
import dev.muster.loop.Loop;
import dev.muster.loop.VirtualLoop;
import dev.muster.sync.Semaphore;
import dev.muster.task.CancelReason;
import dev.muster.task.State;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PageExampleTest {

    // docs: test
    private final VirtualLoop loop = VirtualLoop.shuffled(42); // ready steps in an order that the seed decides
    private final Tasks tasks = Tasks.on(loop);

    @Test
    void ordersAreSlow_thePageTimesOutAndNothingIsLeft() {
        Task<Page> page = PageExample.page(
                tasks,
                (scope, id) -> scope.sleep(Duration.ofMillis(20)).map(new User(id, "Ada")),
                (scope, user) -> scope.sleep(Duration.ofHours(1)).map(List.of("a book")),
                7);
        loop.advance(Duration.ofMillis(299)); // no waiting: time jumps from timer to timer
        assertThat(page.state()).isEqualTo(State.SUSPENDED);
        loop.advance(Duration.ofMillis(1));

        assertThat(page.state()).isEqualTo(State.TIMED_OUT);
        assertThat(tasks.statistics().live()).isZero();
    }
    // docs: end

    @Test
    void bothAnswer_thePageIsThere() {
        Task<Page> page = PageExample.page(
                tasks,
                (scope, id) -> scope.sleep(Duration.ofMillis(20)).map(new User(id, "Ada")),
                (scope, user) -> scope.sleep(Duration.ofMillis(30)).map(List.of("a book")),
                7);
        loop.run();

        assertThat(page.result()).isEqualTo(new Page(new User(7, "Ada"), List.of("a book")));
    }

    @Test
    void onVertx_theStopArrives() throws Exception {
        Vertx vertx = Vertx.vertx();
        var answer = new CompletableFuture<Object>();
        Future<Void> closed = PageExample.onVertx(
                vertx,
                (scope, id) -> scope.suspend("ever", waiter -> reason -> true),
                (scope, id) -> scope.suspend("ever", waiter -> reason -> true),
                answer::complete);

        // on a machine that stalls, the page's 300 ms may pass before the cancel is given
        assertThat(answer.get(20, TimeUnit.SECONDS)).asString().containsAnyOf("caller left", "no end within 300 ms");
        get(closed);
        get(vertx.close());
    }

    @Test
    void fetch_isCancelled_theServerSeesIt() throws Exception {
        Vertx vertx = Vertx.vertx();
        var asked = new CompletableFuture<Void>();
        var gone = new CompletableFuture<Void>();
        HttpServer server = get(vertx.createHttpServer()
                .requestHandler(request -> {
                    request.response().closeHandler(closed -> gone.complete(null));
                    asked.complete(null);
                })
                .listen(0, "localhost"));
        Tasks real = Tasks.on(Loop.of(vertx));
        var options = new RequestOptions().setHost("localhost").setPort(server.actualPort());
        HttpClient client = vertx.createHttpClient();
        Task<Buffer> fetch = real.start("fetch", scope -> PageExample.fetch(scope, client, options));
        asked.get(20, TimeUnit.SECONDS);
        fetch.cancel(CancelReason.of("caller left"));
        gone.get(20, TimeUnit.SECONDS);
        get(real.close());

        assertThat(fetch.state()).isEqualTo(State.CANCELLED);
        // Here, and not left to Vert.x: that closes the connections of a client that nobody holds any more.
        get(client.close());
        get(vertx.close());
    }

    @Test
    void copy_isCancelledDuringTheCommit_commitsAndCloses() {
        var log = new ArrayList<String>();
        Task<String> copy = tasks.start("copy", scope -> PageExample.copy(scope, log::add));
        loop.advance(Duration.ofMillis(30));
        copy.cancel(CancelReason.of("caller left"));
        loop.run();

        assertThat(log).containsExactly("committed", "closed");
        assertThat(copy.state()).isEqualTo(State.CANCELLED);
    }

    @Test
    void workers_storeEveryNumberOnce() {
        var stored = new ArrayList<Integer>();
        List<Integer> numbers = IntStream.range(0, 100).boxed().toList();
        Task<Void> main = tasks.start("main", scope -> PageExample.workers(scope, numbers, stored::addAll));
        loop.run();

        assertThat(main.state()).isEqualTo(State.FINISHED);
        assertThat(stored).containsExactlyInAnyOrderElementsOf(numbers);
    }

    @Test
    void few_neverMoreThanFiveAtOnce() {
        int[] now = {0, 0};
        List<Integer> ids = IntStream.range(0, 20).boxed().toList();
        Task<List<Page>> few = tasks.start(
                "few",
                scope -> PageExample.few(scope, ids, new Semaphore(loop, 5), (held, id) -> {
                    now[1] = Math.max(now[1], ++now[0]);
                    return held.sleep(Duration.ofMillis(10)).map(slept -> new User(now[0]--, "Ada"));
                }));
        loop.run();

        assertThat(few.result()).hasSize(20);
        assertThat(now[1]).isEqualTo(5);
    }

    private List<Task<String>> three(dev.muster.task.Scope scope) {
        return List.of(
                scope.start("a", own -> own.sleep(Duration.ofMillis(1)).map("a")),
                scope.start("b", own -> Future.failedFuture(new IllegalStateException("b"))),
                scope.start("c", own -> own.sleep(Duration.ofHours(1)).map("c")));
    }

    private <T> T run(dev.muster.task.Body<T> body) {
        Task<T> task = tasks.start("main", body);
        task.onEnd(ended -> {});
        loop.run();
        assertThat(tasks.statistics().live()).isZero();
        return task.result();
    }

    @Test
    void combinators_giveWhatTheySay() {
        var told = new ArrayList<String>();
        Integer failures = run(scope -> PageExample.failures(scope, three(scope)));
        assertThat(failures).isEqualTo(1);
        List<Task<String>> done = run(scope -> PageExample.withinASecond(scope, three(scope)));
        assertThat(done).extracting(Task::name).containsExactly("a", "b");
        String all = run(scope -> PageExample.asTheyEnd(scope, three(scope), told::add));
        assertThat(all).isEqualTo("all given");
        assertThat(told)
                .containsExactlyInAnyOrder("b FAILED", "a FINISHED", "c TIMED_OUT")
                .endsWith("c TIMED_OUT");
        List<String> two = run(scope -> PageExample.firstTwo(scope, three(scope)));
        assertThat(two).containsExactly("a", "c");
        List<String> combined = run(scope ->
                PageExample.combined(scope, List.of(scope.start("x", own -> Future.succeededFuture("x")))));
        assertThat(combined).containsExactly("x");
        var users = new ArrayList<User>();
        Long count = run(scope -> PageExample.fiftyAtOnce(
                scope,
                IntStream.range(0, 200).boxed().toList(),
                (own, id) -> own.sleep(Duration.ofMillis(5)).map(new User(id, "Ada")),
                users::add));
        assertThat(count).isEqualTo(200);
        assertThat(users).hasSize(200);
    }

    @Test
    void localsLimitsAndStraightLines_work() throws Exception {
        Task<String> tenant = PageExample.asTenant(tasks, "acme");
        loop.run();
        assertThat(tenant.result()).isEqualTo("for acme");

        var queue = new dev.muster.sync.Queue<String>(loop, 2);
        String nothing = run(scope -> PageExample.patient(scope, queue));
        assertThat(nothing).isEqualTo("nothing");
        loop.schedule(Duration.ofMillis(50), () -> queue.tryPut("a"));
        loop.schedule(Duration.ofSeconds(2), () -> queue.tryPut("b"));
        String both = run(scope -> PageExample.patient(scope, queue));
        assertThat(both).isEqualTo("ab");

        Vertx vertx = Vertx.vertx();
        Tasks real = Tasks.on(Loop.of(vertx));
        Task<String> straight = real.start(
                "main",
                scope -> scope.join(PageExample.straight(
                        scope,
                        (own, id) -> own.sleep(Duration.ofMillis(5)).map(new User(id, "Ada")),
                        new LinkedBlockingQueue<>(List.of("Hello")))));
        assertThat(get(straight.future())).isEqualTo("Hello Ada");
        get(real.close());
        get(vertx.close());
    }

    // ---- the documentation

    @Test
    void everyCodeBlockOfTheDocumentation_isTheCodeOfTheseTests() throws IOException {
        var regions = new ArrayList<String>();
        for (String file : List.of("PageExample.java", "PageExampleTest.java", "PlansExample.java")) {
            Matcher region = Pattern.compile("(?ms)^ *// docs: (?!end)\\w+\\n(.*?)^ *// docs: end$")
                    .matcher(Files.readString(Path.of("src/test/java/dev/muster/example", file)));
            while (region.find()) {
                regions.add(region.group(1).stripTrailing().stripIndent());
            }
        }
        var blocks = new ArrayList<String>();
        Matcher block =
                Pattern.compile("(?ms)^```java\\n(.*?)^```$").matcher(Files.readString(Path.of("docs/library.md")));
        while (block.find()) {
            blocks.add(block.group(1).strip());
        }

        assertThat(blocks).containsExactlyInAnyOrderElementsOf(regions);
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
