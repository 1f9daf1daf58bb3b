package dev.muster.web;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.muster.access.Caller;
import dev.muster.access.Callers;
import dev.muster.loop.Loop;
import dev.muster.loop.VirtualLoop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.Program;
import dev.muster.run.Runner;
import dev.muster.service.Deployment;
import dev.muster.task.Scope;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class HealthChecksTest {

    private final VirtualLoop loop = VirtualLoop.inOrder();
    private final Tasks tasks = Tasks.on(loop);
    private final HealthChecks checks = new HealthChecks(loop, Duration.ofSeconds(2), Duration.ofSeconds(1));
    private final Logger logger = (Logger) LoggerFactory.getLogger(HealthChecks.class);
    private final @Nullable Level before = logger.getLevel();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        logger.setLevel(Level.INFO);
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
        logger.setLevel(before);
    }

    private List<String> said() {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private Map<String, HealthChecks.SourceHealth> ask(Deployment offer) {
        Future<Map<String, HealthChecks.SourceHealth>> answer = checks.check(offer);
        loop.advance(Duration.ofSeconds(1));
        assertThat(answer.succeeded()).isTrue();
        return answer.result();
    }

    @Test
    void sourceThatIsNotReady_isLoggedOnce_andOnceMoreWhenItIs() {
        var down = new Sources(Future.failedFuture(new MusterException(ErrorType.UNAVAILABLE, "refused")));
        assertThat(ask(down).get("db").isReady()).isFalse();
        ask(down);
        assertThat(ask(new Sources(Future.succeededFuture())).get("db").isReady())
                .isTrue();

        assertThat(said()).containsExactly("source db is not ready: unavailable: refused", "source db is ready again");
    }

    @Test
    void checkOfAReplacedDeployment_isAnswered_butNotRecorded() {
        Promise<@Nullable Void> late = Promise.promise();
        Future<Map<String, HealthChecks.SourceHealth>> before = checks.check(new Sources(late.future()));
        loop.runReady();
        var after = new Sources(Future.succeededFuture());
        ask(after);
        late.fail(new MusterException(ErrorType.UNAVAILABLE, "refused"));
        loop.runReady();
        ask(after);

        assertThat(before.result().get("db").isReady()).isFalse();
        assertThat(said()).isEmpty();
    }

    /** A deployment with one source. */
    private final class Sources implements Deployment {
        private final Future<@Nullable Void> ready;

        Sources(Future<@Nullable Void> ready) {
            this.ready = ready;
        }

        @Override
        public Map<String, Boolean> needed() {
            return Map.of("db", true);
        }

        @Override
        public Future<@Nullable Void> ready(Scope scope, String source) {
            return scope.await(source, ready);
        }

        @Override
        public Tasks tasks(Loop on) {
            return tasks;
        }

        @Override
        public Map<String, Program> programs() {
            return Map.of();
        }

        @Override
        public Callers callers() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Runner runner() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<Program> adhoc(Object plan, Caller caller, Loop on, Future<?> gone) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Duration runTime() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean tryEnter() {
            return true;
        }

        @Override
        public void left() {}
    }
}
