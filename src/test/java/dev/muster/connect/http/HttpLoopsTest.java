package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.Loop;
import dev.muster.task.Task;
import dev.muster.task.Tasks;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A source that is used from several event loops. */
class HttpLoopsTest {

    private final Harness http = new Harness();
    private final List<HttpConnection> asked = Collections.synchronizedList(new ArrayList<>());
    private final List<HttpConnection> closed = Collections.synchronizedList(new ArrayList<>());
    private final Promise<Void> oneClosed = Promise.promise();
    private Tasks first;
    private Tasks second;

    @BeforeEach
    void takeLoops() {
        // Contexts are spread over the loops one after another.
        first = Tasks.on(Loop.of(http.vertx));
        second = Tasks.on(Loop.of(http.vertx));
    }

    @AfterEach
    void close() {
        Harness.await(first.close());
        Harness.await(second.close());
        http.close();
    }

    @Test
    void requestsOfALoop_goOverItsOwnConnection() {
        http.source(server(), "pool", "4");
        for (Tasks tree : List.of(first, second, first, second)) {
            run(tree);
        }
        assertThat(asked.get(2)).isSameAs(asked.get(0));
        assertThat(asked.get(3)).isSameAs(asked.get(1)).isNotSameAs(asked.get(0));
    }

    @Test
    void connectionBeyondThePool_hasAnIdleOneOfAnotherLoopClosed() {
        http.source(server(), "pool", "1");
        run(first);
        run(second);
        Harness.await(oneClosed.future());
        assertThat(closed).containsExactly(asked.get(0));
        run(second);
        assertThat(asked.get(2)).isSameAs(asked.get(1));
    }

    @Test
    void loopsThatTakeTurnsAtASmallPool_loseNoRequest() {
        http.source(server(), "pool", "3");
        var random = new SplittableRandom(7);
        var all = new ArrayList<Task<Object>>();
        for (int i = 0; i < 600; i++) {
            all.add(http.start(random.nextBoolean() ? first : second, Step.of("post", "/")));
            if (random.nextInt(20) == 0) {
                Harness.await(all.get(random.nextInt(all.size())).future());
            }
        }
        all.forEach(task -> assertThat(Harness.await(task.future())).isEqualTo("ok"));
    }

    private void run(Tasks tree) {
        assertThat(Harness.await(http.start(tree, Step.get("/")).future())).isEqualTo("ok");
    }

    private HttpServer server() {
        return http.serve(request -> {
            if (!asked.contains(request.connection())) {
                request.connection().closeHandler(gone -> {
                    closed.add(request.connection());
                    oneClosed.tryComplete();
                });
            }
            asked.add(request.connection());
            request.response().end("ok");
        });
    }
}
