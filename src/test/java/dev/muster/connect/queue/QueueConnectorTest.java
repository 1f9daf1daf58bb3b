package dev.muster.connect.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Problem;
import dev.muster.config.Problems;
import dev.muster.connect.Receipts;
import dev.muster.connect.Rig;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.VerbCall;
import dev.muster.queue.Job;
import dev.muster.queue.JobQueue;
import dev.muster.queue.MemoryStore;
import dev.muster.queue.QueueSettings;
import dev.muster.queue.Queues;
import dev.muster.task.Body;
import dev.muster.task.CancelReason;
import dev.muster.task.CancelledException;
import dev.muster.task.Task;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueueConnectorTest {

    private final Rig rig = new Rig();

    /** Elsewhere than the steps that put into it. */
    private final Loop loop = Loop.of(rig.vertx);

    private final JobQueue queue = queue();
    private final QueueConnector connector = new QueueConnector(new Queues() {
        @Override
        public Optional<JobQueue> find(String name) {
            return name.equals("mail") ? Optional.of(queue) : Optional.empty();
        }

        @Override
        public List<JobQueue> all() {
            return List.of(queue);
        }
    });

    private JobQueue queue() {
        Promise<JobQueue> made = Promise.promise();
        QueueSettings settings = QueueSettings.memory("mail").withSize(2).withBytes(10_000, 100);
        loop.execute(() -> made.complete(new JobQueue(loop, settings, new MemoryStore(loop, settings))));
        return Rig.await(made.future());
    }

    @AfterEach
    void close() {
        Rig.await(queue.end());
        rig.close();
    }

    private Body<Object> putting(String queue, Map<String, Object> words) {
        VerbCall call = Rig.call(connector.words(), queue, words);
        return scope -> connector.prepare(call).run(scope, Rig.arguments(call));
    }

    private ErrorType failure(String queue, Map<String, Object> words) {
        Throwable thrown = rig.failureOf(putting(queue, words));
        assertThat(thrown).isInstanceOf(MusterException.class);
        return ((MusterException) thrown).type();
    }

    @Test
    void put_givesTheIdOfAJobWithAllOfItsWords() {
        Object id = rig.run(putting("mail", Map.of("put", Map.of("to", "Ada"), "key", 7L, "priority", 3L)));

        List<Job> jobs = Rig.await(queue.tryTake(10));
        assertThat(jobs).hasSize(1);
        Job job = jobs.get(0);
        assertThat(List.<Object>of(job.id(), job.body(), String.valueOf(job.key()), job.priority()))
                .isEqualTo(List.of(id, "{\"to\":\"Ada\"}", "7", 3));
    }

    @Test
    void uniqueWord_givesTheIdThatIsThere() {
        Map<String, Object> words = Map.of("put", 1L, "unique", "a", "delay", "1h");

        Object first = rig.run(putting("mail", words));
        assertThat((Object) rig.run(putting("mail", words))).isEqualTo(first);
        assertThat(Rig.await(queue.status()).counts().scheduled()).isEqualTo(1);
    }

    @Test
    void keyOrUniqueWordWithHalfACharacter_isBadInput_andABodyIsExact() {
        assertThat(failure("mail", Map.of("put", 1L, "key", "a\uD83D"))).isEqualTo(ErrorType.BAD_INPUT);
        assertThat(failure("mail", Map.of("put", 1L, "unique", "\uDE00a"))).isEqualTo(ErrorType.BAD_INPUT);
        rig.run(putting("mail", Map.of("put", List.of("a\uD83D", -0.0), "key", "\uD83D\uDE00")));
        assertThat(Rig.await(queue.tryTake(9))).extracting(Job::body).containsExactly("[\"a\\ud83d\",-0.0]");
    }

    @Test
    void fullQueue_isWaitedFor_andACancelLeavesNothing() {
        rig.run(putting("mail", Map.of("put", 1L)));
        rig.run(putting("mail", Map.of("put", 2L)));
        Task<Object> gone = rig.start(putting("mail", Map.of("put", 3L)));
        Task<Object> stays = rig.start(putting("mail", Map.of("put", 4L)));

        gone.cancel(CancelReason.of("the test"));
        assertThat(Rig.causeOf(gone.future())).isInstanceOf(CancelledException.class);
        assertThat(stays.isDone()).isFalse();
        // It was not in the queue: there was nothing to stop.
        assertThat(connector.cancels()).isEqualTo(new Receipts.Statistics(0, 0, 0));
        assertThat(Rig.await(queue.tryTake(2))).hasSize(2);
        Rig.await(stays.future());
        assertThat(Rig.await(queue.tryTake(2))).extracting(Job::body).containsExactly("4");
    }

    @Test
    void refusals_areErrorsOfTheTable() {
        assertThat(failure("mail", Map.of("put", "x".repeat(200)))).isEqualTo(ErrorType.LIMIT);
        assertThat(failure("mail", Map.of("put", 1L, "key", ""))).isEqualTo(ErrorType.BAD_INPUT);
        assertThat(failure("mail", Map.of("put", 1L, "key", List.of()))).isEqualTo(ErrorType.BAD_INPUT);
        assertThat(failure("mail", Map.of("put", 1L, "delay", "soon"))).isEqualTo(ErrorType.BAD_INPUT);
        assertThat(failure("mail", Map.of("put", 1L, "priority", 1.5))).isEqualTo(ErrorType.BAD_INPUT);
        assertThat(failure("gone", Map.of("put", 1L))).isEqualTo(ErrorType.UNAVAILABLE);
        Rig.await(queue.close());
        assertThat(failure("mail", Map.of("put", 1L))).isEqualTo(ErrorType.CONFLICT);
        Rig.await(queue.end());
        assertThat(failure("mail", Map.of("put", 1L))).isEqualTo(ErrorType.UNAVAILABLE);
    }

    @Test
    void priorityThatCannotBe_isSaidWhenThePlanIsRead() {
        var problems = new Problems();
        VerbCall call = Rig.call(connector.words(), "mail", Map.of("put", 1L, "priority", 2_000L));
        connector.words().check().accept(call, problems);

        assertThat(problems.list())
                .extracting(Problem::message)
                .containsExactly("priority must be from -1000 to 1000, not 2000");
    }
}
