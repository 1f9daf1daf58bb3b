package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.TestServers;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** Queues in the commands that run and check plans. */
class QueueRunTest extends CommandCase {

    private void queues(String text) throws IOException {
        Files.writeString(dir.resolve("conf/muster.yaml"), text);
    }

    @Test
    void run_putsIntoAQueueOfItsOwn() throws IOException {
        queues("queues: {mail: {store: memory}}");
        Called called = Called.with(
                "run",
                plan("p", "steps: {a: {queue: mail, put: {to: Ada}}, b: {queue: mail, put: 2, after: [a]}}"),
                "--conf",
                conf);

        assertThat(called)
                .as(called.err())
                .extracting(Called::code, Called::out)
                .containsExactly(0, "{\"a\":\"1\",\"b\":\"2\"}\n");
    }

    @Test
    void fullQueue_isWaitedForAsLongAsTheStepsTimeLasts() throws IOException {
        queues("queues: {mail: {store: memory, size: 1}}");
        Called called = Called.with(
                "run",
                plan("p", "steps: {a: {queue: mail, put: 1}, b: {queue: mail, put: 2, after: [a], timeout: 50ms}}"),
                "--conf",
                conf);

        assertThat(called.code()).isEqualTo(1);
        assertThat(called.err()).contains("step b").contains("timeout");
    }

    @Test
    void unknownQueue_isAnErrorBeforeAnythingRuns() throws IOException {
        queues("queues: {mail: {store: memory}}");
        Called called = Called.with("run", plan("p", "steps: {a: {queue: mial, put: 1}}"), "--conf", conf);

        assertThat(called).extracting(Called::code, Called::out).containsExactly(2, "");
        assertThat(called.err()).contains("there is no queue \"mial\" (did you mean \"mail\"?)");
    }

    @Test
    void retry_needsIdempotent() throws IOException {
        queues("queues: {mail: {store: memory}}");
        Called called =
                Called.with("check", plan("p", "steps: {a: {queue: mail, put: 1, retry: {times: 1}}}"), "--conf", conf);

        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err()).contains("idempotent: true");
    }

    @Test
    void storeThatIsNotThere_isAProblemOfTheConfiguration() throws IOException {
        queues("sources: {db: {postgres: 'postgres://x/y'}}\nqueues: {mail: {store: dc}}");
        Called called = Called.with("check", plan("p", "output: 1"), "--conf", conf);

        assertThat(called.code()).isEqualTo(2);
        assertThat(called.err()).contains("muster.yaml:2:").contains("did you mean \"db\"?");
    }

    @Test
    void durableQueue_keepsWhatARunPuts() throws IOException {
        queues("sources: {db: {postgres: '" + TestServers.postgres().freshDatabase()
                + "'}}\nqueues: {mail: {store: db}}");
        String plan = plan("p", "steps: {a: {queue: mail, put: 1}, b: {queue: mail, put: 2, after: [a]}}");

        assertThat(Called.with("run", plan, "--conf", conf).out()).isEqualTo("{\"a\":\"1\",\"b\":\"2\"}\n");
        assertThat(Called.with("run", plan, "--conf", conf).out()).isEqualTo("{\"a\":\"3\",\"b\":\"4\"}\n");
    }

    @Test
    void durableQueue_whoseDatabaseIsDown_isUnavailable() throws IOException {
        queues("sources: {db: {postgres: 'postgres://127.0.0.1:1/x'}}\nqueues: {mail: {store: db}}");
        Called called = Called.with("run", plan("p", "steps: {a: {queue: mail, put: 1}}"), "--conf", conf);

        assertThat(called.code()).isEqualTo(1);
        assertThat(called.err()).contains("unavailable").contains("connection refused");
    }

    @Test
    void explain_saysWhichQueue() throws IOException {
        queues("queues: {mail: {store: memory}}");
        Called called = Called.with("explain", plan("p", "steps: {a: {queue: mail, put: 1}}"), "--conf", conf);

        assertThat(called.code()).as(called.err()).isZero();
        assertThat(called.out()).contains("put into mail");
    }
}
