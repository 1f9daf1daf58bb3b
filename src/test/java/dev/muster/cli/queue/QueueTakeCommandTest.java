package dev.muster.cli.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Soon;
import dev.muster.cli.Called;
import dev.muster.cli.Gone;
import dev.muster.cli.Stop;
import dev.muster.cli.Unread;
import dev.muster.task.CancelReason;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code queue take --ack}: what becomes of jobs whose reader leaves, and of those who wait. */
@Timeout(120)
@ParameterizedClass
@EnumSource(QueueRig.Way.class)
class QueueTakeCommandTest {

    @Parameter
    QueueRig.Way way;

    private QueueRig rig;

    @BeforeEach
    void rig(@TempDir Path conf) throws Exception {
        rig = new QueueRig(conf, way, "queues: {q: {store: memory, size: 1000}}\n");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void jobsWhoseReaderHasLeft_goBackUnworked() throws Exception {
        rig.call("put", "q", "1", "2", "3");
        Called called =
                rig.call(InputStream.nullInputStream(), new Stop(), new Gone(), "take", "q", "--ack", "--max", "10");

        assertThat(called.code()).isEqualTo(141);
        assertThat(rig.status("q").get("ready")).isEqualTo(3L);
        assertThat(rig.status("q").get("done")).isEqualTo(0L);
        assertThat(rig.take("q", 10))
                .allSatisfy(job -> assertThat(job.get("attempt")).isEqualTo(1L));
    }

    @Test
    void jobsThatNobodyReadsYet_areNotAcknowledged_andGoBackWhenItIsStopped() throws Exception {
        rig.call("put", "q", "1");
        var out = new Unread();
        var stop = new Stop();
        var called = CompletableFuture.supplyAsync(
                () -> rig.call(InputStream.nullInputStream(), stop, out, "take", "q", "--ack"));
        out.awaitWrite();
        assertThat(rig.status("q").get("leased")).isEqualTo(1L);
        stop.ask(130, CancelReason.of("Ctrl-C"));

        assertThat(called.get().code()).isEqualTo(130);
        assertThat(rig.status("q").get("ready")).isEqualTo(1L);
        out.release();
    }

    @Test
    void follow_goesOn_untilTheClosedQueueIsEmpty() throws Exception {
        var out = new ByteArrayOutputStream();
        var called = CompletableFuture.supplyAsync(() -> rig.call(
                InputStream.nullInputStream(), new Stop(), out, "take", "q", "--ack", "--follow", "--max", "2"));
        rig.awaitTake("q");
        rig.call("put", "q", "1", "2", "3", "4", "5");
        rig.call("drain", "q", "--wait");

        assertThat(called.get().code()).as(called.get().err()).isZero();
        assertThat(QueueRig.bodies(QueueRig.values(out.toString(StandardCharsets.UTF_8))))
                .containsExactly("1", "2", "3", "4", "5");
        assertThat(rig.status("q").get("done")).isEqualTo(5L);
    }

    @Test
    void stop_endsTheWait_andLeavesNothingTaken() throws Exception {
        var stop = new Stop();
        var called = CompletableFuture.supplyAsync(() -> rig.call(
                InputStream.nullInputStream(), stop, new ByteArrayOutputStream(), "take", "q", "--wait", "5m"));
        rig.awaitTake("q");
        stop.ask(130, CancelReason.of("Ctrl-C"));

        assertThat(called.get().code()).isEqualTo(130);
        Soon.until("the end of the waiting take", () -> rig.node.queue("q").waitingTakes() <= 0);
        rig.call("put", "q", "1");
        assertThat(rig.status("q").get("ready")).isEqualTo(1L);
    }
}
