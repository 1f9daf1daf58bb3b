package dev.muster.connect.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.mysql.Suspects.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** When a node counts as dead. */
class SuspectsTest {
    private static final String NODE = "1-0a1b2c3d4e5f";
    private static final Statement SLOW = new Statement(7, 3, 99);

    private final Suspects suspects = new Suspects();

    private boolean isDead(long millis, Statement... running) {
        Map<String, List<Statement>> left = running.length == 0 ? Map.of() : Map.of(NODE, List.of(running));
        return suspects.look(Duration.ofMillis(millis).toNanos(), left).contains(NODE);
    }

    @Test
    void nodeWithoutItsLock_isDeadOnlyAfterAWhile() {
        assertThat(isDead(10_000, SLOW)).isFalse();
        assertThat(isDead(11_000, new Statement(7, 4, 99))).isFalse();
        assertThat(isDead(12_000, new Statement(7, 5, 99))).isTrue();
        assertThat(suspects.left(NODE, List.of(new Statement(7, 5, 99)))).hasSize(1);
    }

    @Test
    void lockTakenAgain_beginsAnew() {
        assertThat(isDead(10_000, SLOW)).isFalse();
        assertThat(isDead(11_000)).isFalse();
        assertThat(isDead(12_000, SLOW)).isFalse();
        assertThat(isDead(13_000, SLOW)).isFalse();
        assertThat(isDead(14_000, SLOW)).isTrue();
    }

    @Test
    void statementThatBegan_showsThatTheNodeLives() {
        var later = new Statement(8, 0, 99);
        assertThat(isDead(10_000, SLOW)).isFalse();
        assertThat(isDead(12_000, SLOW, later)).isFalse();
        assertThat(isDead(13_000, SLOW, later)).isFalse();
        assertThat(isDead(14_000, SLOW, later)).isTrue();
    }

    @Test
    void sameStatementBegunAgain_showsThatTheNodeLives() {
        assertThat(isDead(10_000, SLOW)).isFalse();
        assertThat(isDead(12_000, new Statement(7, 0, 99))).isFalse();
    }

    @Test
    void statementThatEnded_showsNothing() {
        assertThat(isDead(10_000, SLOW, new Statement(8, 1, 98))).isFalse();
        assertThat(isDead(12_000, SLOW)).isTrue();
    }

    @Test
    void onlyWhatWasSeenBefore_isLeft() {
        assertThat(isDead(10_000, SLOW)).isFalse();
        assertThat(isDead(12_000, SLOW)).isTrue();
        var others = List.of(
                new Statement(7, 0, 99), new Statement(7, 9, 98), new Statement(8, 9, 99), new Statement(7, 3, 99));
        assertThat(suspects.left(NODE, others)).containsExactly(SLOW);
        assertThat(suspects.left("2-0a1b2c3d4e5f", others)).isEmpty();
    }

    @Test
    void watcherThatWasHeldUp_beginsAnew() {
        assertThat(isDead(10_000, SLOW)).isFalse();
        assertThat(isDead(60_000, SLOW)).isFalse();
        assertThat(isDead(62_000, SLOW)).isTrue();
        suspects.clear();
        assertThat(isDead(63_000, SLOW)).isFalse();
    }
}
