package dev.muster.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.run.EndState;
import dev.muster.run.Event;
import dev.muster.run.MemoryBudget;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventLogTest {

    private static EventLog log(int events, long bytes) {
        return new EventLog(
                new RunManager.Limits(1, events, bytes, Duration.ofMinutes(1), 1, 1, 1 << 26),
                MemoryBudget.unbounded().share());
    }

    private static List<Long> numbers(EventLog.Page page) {
        return page.entries().stream().map(EventLog.Entry::number).toList();
    }

    @Test
    void page_holdsWhatComesBehindANumber() {
        EventLog log = log(10, 1_000_000);
        for (long i = 1; i <= 5; i++) {
            log.add(new Event.Item("rows", i));
        }

        assertThat(numbers(log.after(0, 2))).containsExactly(1L, 2L);
        assertThat(numbers(log.after(3, 10))).containsExactly(4L, 5L);
        assertThat(log.after(3, 10).missed()).isZero();
        assertThat(log.after(0, 2).more().isComplete()).isTrue();
    }

    @Test
    void page_completesWhenThereIsMore() {
        EventLog log = log(10, 1_000_000);
        EventLog.Page page = log.after(0, 10);

        assertThat(page.more().isComplete()).isFalse();
        log.add(new Event.Start("id", "plan"));

        assertThat(page.more().succeeded()).isTrue();
        assertThat(log.after(0, 10).entries().get(0).name()).isEqualTo("start");
    }

    @Test
    void readersWhoLeave_areForgotten() {
        EventLog log = log(10, 1_000_000);
        EventLog.Page left = log.after(0, 10);
        EventLog.Page stays = log.after(0, 10);
        assertThat(log.waiting()).isEqualTo(2);

        log.forget(left);
        log.forget(left);
        assertThat(log.waiting()).isOne();
        log.add(new Event.Start("id", "plan"));

        assertThat(log.waiting()).isZero();
        assertThat(left.more().isComplete()).isFalse();
        assertThat(stays.more().isComplete()).isTrue();
    }

    @Test
    void oldest_leaveFirst_andTheGapIsSaid() {
        EventLog log = log(3, 1_000_000);
        for (long i = 1; i <= 5; i++) {
            log.add(new Event.Item("rows", i));
        }

        EventLog.Page page = log.after(1, 10);

        assertThat(numbers(page)).containsExactly(3L, 4L, 5L);
        assertThat(page.missed()).isEqualTo(2L);
    }

    @Test
    void size_isBounded_butTheLastOneStays() {
        EventLog log = log(100, 200);
        for (int i = 0; i < 20; i++) {
            log.add(new Event.Item("rows", "x".repeat(50)));
        }
        assertThat(log.bytes()).isLessThanOrEqualTo(200);

        log.add(new Event.End(EndState.DONE, 1, "y".repeat(1_000), null, null));

        EventLog.Page page = log.after(0, 100);
        assertThat(numbers(page)).containsExactly(21L);
        assertThat(page.over()).isTrue();
    }

    @Test
    void over_isSaidWithTheLastPageOnly() {
        EventLog log = log(10, 1_000_000);
        log.add(new Event.Start("id", "plan"));
        log.add(new Event.End(EndState.DONE, 1, null, null, null));

        assertThat(log.after(0, 1).over()).isFalse();
        assertThat(log.after(1, 1).over()).isTrue();
        assertThat(log.after(2, 1).over()).isTrue();
    }

    @Test
    void eventThatFindsNoMemory_isKept_andGivesBackNoMoreThanItTook() {
        var budget = new MemoryBudget(100_000);
        MemoryBudget.Share run = budget.share();
        run.takes(90_000);
        var log = new EventLog(new RunManager.Limits(1, 1, 1 << 20, Duration.ofMinutes(1), 1, 1, 1), run);

        log.add(new Event.Item("rows", "x".repeat(50_000)));
        assertThat(budget.statistics().lentBytes()).as("with an event").isGreaterThan(140_000);
        log.add(new Event.Item("rows", "y"));
        assertThat(numbers(log.after(1, 10))).containsExactly(2L);

        // There would be room if the first event had given back what it never took.
        assertThat(run.tryTake(50_000)).isFalse();
        run.letGo();
        assertThat(budget.statistics().lentBytes()).isZero();
    }
}
