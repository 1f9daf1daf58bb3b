package dev.muster.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.task.KernelTest;
import dev.muster.task.Task;
import io.vertx.core.Future;
import org.junit.jupiter.api.Test;

class EventTest extends KernelTest {

    private Task<Boolean> waiter(Event event, String name) {
        return tasks.start(name, scope -> event.await(scope).map(set -> trail.add(name + " at " + nowMs())));
    }

    @Test
    void set_wakesAllWhoWait() {
        var event = new Event(loop);
        waiter(event, "a");
        waiter(event, "b");
        loop.schedule(ms(10), event::set);
        loop.advance(ms(5));
        assertThat(event.statistics()).isEqualTo(new Event.Statistics(false, 2));
        loop.run();

        assertThat(trail).containsExactlyInAnyOrder("a at 10", "b at 10");
        assertThat(event.statistics()).isEqualTo(new Event.Statistics(true, 0));
    }

    @Test
    void await_ofASetEvent_doesNotWait() {
        var event = new Event(loop);
        event.set();
        event.set();
        valueOf(scope -> {
            assertThat(event.await(scope).isComplete()).isTrue();
            return Future.succeededFuture();
        });
    }

    @Test
    void clear_rightAfterSet_doesNotTakeTheWakeUpBack() {
        var event = new Event(loop);
        waiter(event, "a");
        loop.advance(ms(5));
        event.set();
        event.clear();
        loop.run();

        assertThat(trail).containsExactly("a at 5");
        assertThat(event.isSet()).isFalse();
    }

    @Test
    void clear_makesLaterOnesWait() {
        var event = new Event(loop);
        event.set();
        event.clear();
        waiter(event, "a");
        loop.schedule(ms(10), event::set);
        loop.run();

        assertThat(trail).containsExactly("a at 10");
    }

    @Test
    void waiterIsCancelled_theOthersAreWoken() {
        var event = new Event(loop);
        Task<Boolean> a = waiter(event, "a");
        waiter(event, "b");
        loop.advance(ms(5));
        a.cancel(caller());
        assertThat(event.statistics().waiting()).isEqualTo(1);
        event.set();
        loop.run();

        assertThat(trail).containsExactly("b at 5");
    }
}
