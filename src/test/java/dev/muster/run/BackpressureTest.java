package dev.muster.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class BackpressureTest {

    private final Backpressure room = new Backpressure();

    @Test
    void roomThatIsThere_isNotAwaited() {
        assertThat(room.when(true).succeeded()).isTrue();
    }

    @Test
    void opens_hasAllGoOn_whoWait() {
        Future<Void> one = room.when(false);
        Future<Void> other = room.when(false);
        assertThat(one.isComplete() || other.isComplete()).isFalse();
        room.opens();

        assertThat(one.succeeded() && other.succeeded()).isTrue();
        assertThat(room.when(false).isComplete()).isFalse();
    }

    @Test
    void opens_keepsWhoWaitsAgainForTheNextTime() {
        var again = new ArrayList<Future<Void>>();
        room.when(false).onComplete(there -> again.add(room.when(false)));
        room.opens();

        assertThat(again).hasSize(1).noneMatch(Future::isComplete);
        room.opens();
        assertThat(again).allMatch(Future::succeeded);
    }
}
