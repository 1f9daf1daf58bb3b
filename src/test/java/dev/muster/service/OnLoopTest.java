package dev.muster.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.loop.VirtualLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OnLoopTest {

    private final VirtualLoop loop = VirtualLoop.inOrder();
    private final List<String> trail = new ArrayList<>();

    private void then(Future<String> future) {
        OnLoop.then(loop, future, this::next, failure -> {
            assertThat(loop.inLoop()).isTrue();
            trail.add("failed: " + failure.getMessage());
        });
    }

    private void next(String result) {
        assertThat(loop.inLoop()).isTrue();
        trail.add(result);
        if (result.equals("bad")) {
            throw new IllegalStateException("it is bad");
        }
    }

    @Test
    void resultThatIsThere_isUsedAtOnceOnTheLoop() {
        then(Future.succeededFuture("here"));

        assertThat(trail).containsExactly("here");
    }

    @Test
    void resultThatIsThere_isUsedInAStepWhereAnotherThreadAsks() throws Exception {
        var other = new Thread(() -> then(Future.succeededFuture("there")));
        other.start();
        other.join();
        assertThat(trail).isEmpty();
        loop.run();

        assertThat(trail).containsExactly("there");
    }

    @Test
    void resultThatComesLater_isUsedInAStepOfItsOwn() {
        Promise<String> later = Promise.promise();
        then(later.future());
        later.complete("later");
        assertThat(trail).isEmpty();
        loop.run();

        assertThat(trail).containsExactly("later");
    }

    @Test
    void failure_isToldInAStep() {
        then(Future.failedFuture("no luck"));
        assertThat(trail).isEmpty();
        loop.run();

        assertThat(trail).containsExactly("failed: no luck");
    }

    @Test
    void whatIsThrown_isTold() {
        then(Future.succeededFuture("bad"));
        Promise<String> later = Promise.promise();
        then(later.future());
        later.complete("bad");
        loop.run();

        assertThat(trail).containsExactly("bad", "failed: it is bad", "bad", "failed: it is bad");
    }

    @Test
    void stackThatOverflows_isTold() {
        OnLoop.then(
                loop,
                Future.succeededFuture(1),
                this::endless,
                failure -> trail.add(failure.getClass().getSimpleName()));

        assertThat(trail).containsExactly("StackOverflowError");
    }

    private int endless(int depth) {
        return depth < 0 ? depth : endless(depth + 1) + 1;
    }
}
