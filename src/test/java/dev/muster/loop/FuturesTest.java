package dev.muster.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FuturesTest {

    @Test
    void whenAllEnd_withoutAny_isDone() {
        assertThat(Futures.whenAllEnd(Stream.of()).succeeded()).isTrue();
    }

    @Test
    void whenAllEnd_waitsForTheRestAfterAFailure() {
        var failure = new IllegalStateException("one");
        Promise<Void> last = Promise.promise();

        Future<Void> all = Futures.whenAllEnd(Stream.of(Future.failedFuture(failure), last.future()));

        assertThat(all.isComplete()).isFalse();
        last.complete();
        assertThat(all.succeeded()).isTrue();
    }

    @Test
    void whenAllEnd_lastOfThemFails_isDone() {
        var failure = new IllegalStateException("last");

        Future<Void> all = Futures.whenAllEnd(Stream.of(Future.succeededFuture(1), Future.failedFuture(failure)));

        assertThat(all.succeeded()).isTrue();
    }
}
