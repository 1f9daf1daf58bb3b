package dev.muster.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.task.KernelTest;
import io.vertx.core.Future;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A store that answers what cannot be, or would do what no job may: the call fails and says so, and the queue goes on. */
class BrokenStoreTest extends KernelTest {

    private final QueueSettings settings = QueueSettings.memory("q");
    private String broken = "";

    /** Over a store whose answer to one operation, once, is another one. */
    private JobQueue queue(String operation, Object answer) {
        broken = operation;
        var memory = new MemoryStore(loop, settings, longest -> longest);
        var store = (JobStore) Proxy.newProxyInstance(
                JobStore.class.getClassLoader(), new Class<?>[] {JobStore.class}, (proxy, method, arguments) -> {
                    try {
                        Object right = method.invoke(memory, arguments);
                        boolean breaks = method.getName().equals(broken);
                        broken = breaks ? "" : broken;
                        return breaks ? Future.succeededFuture(answer) : right;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return new JobQueue(loop, settings, store);
    }

    private <T> T now(Future<T> future) {
        loop.runReady();
        assertThat(future.succeeded()).as("%s", future.cause()).isTrue();
        return future.result();
    }

    private void isBroken(Future<?> future, String why) {
        loop.runReady();
        assertThat(future.cause()).isInstanceOf(IllegalStateException.class).hasMessageContaining(why);
    }

    private void end(JobQueue queue) {
        queue.end();
        loop.run();
    }

    @Test
    void putWithTooFewAnswers_fails_andTheNextIsDone() {
        JobQueue queue = queue("put", List.of());

        isBroken(
                queue.tryPut(NewJob.of("1")),
                "the store of the queue \"q\" is broken: it responded to a put of 1 jobs with 0");
        assertThat(now(queue.tryPut(NewJob.of("2"))).verdict()).isEqualTo(PutResult.Verdict.ACCEPTED);
        end(queue);
    }

    @Test
    void takeWithTooManyJobs_orWithoutALease_fails_andTheNextIsDone() {
        Job job = new Job("1", "1", 1, "", Instant.EPOCH, null, 0, null, 1);
        for (List<Job> answer : List.of(List.of(job, job), List.of(job))) {
            JobQueue queue = queue("take", answer);
            now(queue.tryPutAll(List.of(NewJob.of("1"), NewJob.of("2"))));
            isBroken(queue.tryTake(1), "is broken: it ");
            assertThat(now(queue.tryTake(1))).hasSize(1);
            end(queue);
        }
    }

    @Test
    void settleWithTooFewAnswers_fails_andTheNextIsDone() {
        JobQueue queue = queue("settle", List.of());
        now(queue.tryPutAll(List.of(NewJob.of("1"), NewJob.of("2"))));
        List<Job> jobs = now(queue.tryTake(2));

        isBroken(queue.ack(jobs.get(0), null), "it responded to a settle of 1 jobs with 0");
        assertThat(now(queue.ack(jobs.get(1), null)).isApplied()).isTrue();
        end(queue);
    }

    @Test
    void stepThatNoJobMayTake_isRefused() {
        var job = new StoredJob(7, NewJob.of("1"), Instant.EPOCH);
        job.become(JobState.READY);
        job.become(JobState.LEASED);
        job.become(JobState.DONE);

        assertThatThrownBy(() -> job.become(JobState.READY))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("job 7 may not go from done to ready");
    }
}
