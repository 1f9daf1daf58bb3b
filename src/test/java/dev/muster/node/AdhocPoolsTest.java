package dev.muster.node;

import static dev.muster.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.loop.VirtualLoop;
import dev.muster.run.Program;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AdhocPoolsTest {

    private final VirtualLoop loop = VirtualLoop.inOrder();

    @Test
    void timeoutOfThePlan_countsUpToThatOfTheLongestRun() {
        var mayEnd = new CountDownLatch(1);
        Future<Program> read = new AdhocPools(AdhocPools.usual())
                .read(
                        Tasks.on(loop),
                        Map.of("plan", "x", "timeout", "1000h"),
                        Duration.ofSeconds(30),
                        goesOn -> {
                            try {
                                mayEnd.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            throw new IllegalStateException("stopped");
                        },
                        Promise.promise().future(),
                        () -> {});

        loop.advance(Duration.ofMinutes(14));
        assertThat(read.isComplete()).isFalse();
        loop.advance(Duration.ofMinutes(2));
        assertThatThrownBy(() -> soon(read)).hasMessageContaining("no answer in 15");
        mayEnd.countDown();
    }

    @Test
    void timeoutThatIsWritten_isTheLesserOfItAndTheLongestRuns() {
        assertThat(Adhoc.duration("1000h")).contains(Duration.ofMinutes(15));
        assertThat(Adhoc.duration("20s")).contains(Duration.ofSeconds(20));
        assertThat(Adhoc.duration("soon")).isEqualTo(Optional.empty());
    }
}
