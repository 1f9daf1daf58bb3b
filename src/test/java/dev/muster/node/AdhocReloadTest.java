package dev.muster.node;

import static dev.muster.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.access.Caller;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.Program;
import dev.muster.service.CallerError;
import dev.muster.service.Deployment;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Plans that come with requests while the configuration is replaced. */
@Timeout(60)
class AdhocReloadTest {

    @TempDir
    Path conf;

    private ServeRig rig;
    private Loop loop;

    @BeforeEach
    void start() throws Exception {
        rig = new ServeRig(conf).start();
        loop = Loop.of(rig.vertx());
    }

    @AfterEach
    void close() {
        rig.close();
    }

    /** A plan whose reading waits off the loop. */
    private final class SlowPlan extends LinkedHashMap<String, Object> {
        private static final long serialVersionUID = 1;
        final transient CountDownLatch begun = new CountDownLatch(1);
        final transient CountDownLatch mayGoOn = new CountDownLatch(1);

        SlowPlan() {
            put("plan", "x");
            put("output", "= 1 + 2");
        }

        @Override
        public Set<Map.Entry<String, Object>> entrySet() {
            if (!loop.inLoop()) {
                begun.countDown();
                try {
                    assertThat(mayGoOn.await(30, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return super.entrySet();
        }
    }

    private Future<Program> read(Deployment offer, Object plan) {
        Promise<Program> read = Promise.promise();
        loop.execute(() -> offer.adhoc(
                        plan, Caller.everyone(), loop, Promise.promise().future())
                .onComplete(read));
        return read.future();
    }

    /** Asked on the loop, behind the step in which a reading that is over lets go. */
    private boolean isClosed(Deployment offer) {
        Promise<Boolean> closed = Promise.promise();
        loop.execute(() -> closed.complete(!offer.tryEnter()));
        return soon(closed.future());
    }

    @Test
    void planThatComesToAReplacedConfiguration_isToBeAskedAgain() {
        Deployment before = rig.service().offer();
        soon(rig.service().reload());

        assertThatThrownBy(() -> soon(read(before, Map.of("plan", "x", "output", "= 1 + 2"))))
                .hasRootCauseInstanceOf(MusterException.class)
                .satisfies(thrown -> {
                    MusterException error = (MusterException) thrown.getCause();
                    assertThat(error.type()).isEqualTo(ErrorType.UNAVAILABLE);
                    assertThat(CallerError.of(error).status()).isEqualTo(503);
                    assertThat(error.more()).containsKey(CallerError.RETRY_AFTER);
                    assertThat(error).hasMessageContaining("try again");
                });
        Program now = soon(read(rig.service().offer(), Map.of("plan", "x", "output", "= 1 + 2")));
        assertThat(now.plan().name()).isEqualTo("x");
    }

    @Test
    void planThatIsBeingRead_whileTheConfigurationIsReplaced_isReadAndMayRun() throws Exception {
        var plan = new SlowPlan();
        Deployment before = rig.service().offer();
        Promise<Boolean> entered = Promise.promise();
        Future<Program> read = read(before, plan);
        // As a door does, which begins the run as soon as it has the program.
        loop.execute(() -> read.onComplete(program -> entered.complete(before.tryEnter())));
        assertThat(plan.begun.await(30, TimeUnit.SECONDS)).isTrue();

        soon(rig.service().reload());
        // Whatever the change brings about has happened once the next one is done.
        soon(rig.service().reload());
        assertThat(read.isComplete()).isFalse();
        plan.mayGoOn.countDown();

        assertThat(soon(read).plan().name()).isEqualTo("x");
        assertThat(soon(entered.future())).isTrue();
        before.left();
        assertThat(isClosed(before)).as("what nobody uses is closed").isTrue();
    }

    @Test
    void planThatCannotBeRead_leavesTheConfigurationAsWell() {
        Deployment before = rig.service().offer();
        assertThatThrownBy(() -> soon(read(before, Map.of("plan", "x", "output", "= nobody.knows"))))
                .hasMessageContaining("the plan is wrong");
        soon(rig.service().reload());
        assertThat(isClosed(before)).isTrue();
    }
}
