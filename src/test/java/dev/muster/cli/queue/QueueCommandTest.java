package dev.muster.cli.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Edition;
import dev.muster.Main;
import dev.muster.cli.Called;
import dev.muster.cli.ProcessIo;
import dev.muster.cli.Stop;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The commands behind {@code queue}, at a node and straight in a database: what they print where, and how they end. */
@Timeout(120)
@ParameterizedClass
@EnumSource(QueueRig.Way.class)
class QueueCommandTest {

    @Parameter
    QueueRig.Way way;

    @TempDir
    Path conf;

    private QueueRig rig;

    @BeforeEach
    void rig() throws Exception {
        rig = new QueueRig(conf, way, "queues: {mail: {store: memory, size: 3, retries: 0}, other: {store: memory}}\n");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static List<?> ids(Called called) {
        return QueueRig.values(called.out()).stream()
                .map(value -> value.get("id"))
                .toList();
    }

    @Test
    void list_printsALineForEachQueue() {
        Called called = rig.call("list");

        assertThat(called.code()).as(called.err()).isZero();
        assertThat(QueueRig.values(called.out()))
                .extracting(queue -> queue.get("name"))
                .hasToString("[mail, other]");
    }

    @Test
    void putJob_isShownTakenAndAcknowledged() throws Exception {
        Called put = rig.call("put", "mail", "{\"n\": 1.10}", "--key", "k", "--priority", "7", "--unique", "u");
        assertThat(put).extracting(Called::code, Called::out).containsExactly(0, "{\"line\":1,\"id\":\"1\"}\n");
        assertThat(put.err()).isEqualTo("1 put\n");

        assertThat(rig.call("show", "mail", "1").out())
                .contains(
                        "\"state\":\"ready\",\"body\":{\"n\":1.10}",
                        "\"key\":\"k\"",
                        "\"unique\":\"u\"",
                        "\"priority\":7");
        Called taken = rig.call("take", "mail", "--ack");
        assertThat(taken.out()).contains("\"body\":{\"n\":1.10}");
        assertThat(rig.status("mail").get("done")).isEqualTo(1L);
    }

    @Test
    void put_ofSeveralBodiesAndFiles_keepsTheirOrder() throws Exception {
        Path file = Files.writeString(conf.resolve("job.json"), "{\n  \"b\": 2\r\n}");

        assertThat(rig.call("put", "mail", "1", "@" + file, "\"c\"").code()).isZero();
        assertThat(rig.take("mail", 9))
                .extracting(job -> String.valueOf(job.get("body")))
                .containsExactly("1", "{b=2}", "c");
    }

    @Test
    void take_withoutAck_leavesALease() throws Exception {
        rig.call("put", "mail", "1", "2");
        Called taken = rig.call("take", "mail", "--max", "5");

        assertThat(QueueRig.values(taken.out()))
                .hasSize(2)
                .allSatisfy(job -> assertThat(job.get("lease")).isNotNull());
        assertThat(rig.status("mail").get("leased")).isEqualTo(2L);
        Called none = rig.call("take", "mail");
        assertThat(none).extracting(Called::code, Called::out).containsExactly(0, "");
        assertThat(none.err()).contains("no job of mail can be taken");
    }

    @Test
    void deadJobs_areShownByTheirState_andRetriedOneByOneOrAll() throws Exception {
        for (int i = 1; i <= 3; i++) {
            rig.call("put", "mail", "" + i);
            rig.bury("mail");
        }
        assertThat(ids(rig.call("show", "mail", "--state", "dead"))).isEqualTo(List.of("1", "2", "3"));
        Called some = rig.call("show", "mail", "--state", "dead", "--limit", "1", "--after", "1");
        assertThat(ids(some)).isEqualTo(List.of("2"));
        assertThat(some.err()).contains("there are possibly more jobs: --after 2");

        Called retried = rig.call("retry", "mail", "2", "77", "3");
        assertThat(retried.code()).isEqualTo(1);
        assertThat(ids(retried)).isEqualTo(List.of("2", "3"));
        assertThat(retried.err()).contains("job 77: notFound");
        assertThat(rig.call("retry", "mail", "--all").out()).isEqualTo("{\"redriven\":1}\n");
        assertThat(rig.call("show", "mail", "--state", "dead").err()).contains("no jobs are dead");
    }

    @Test
    void cancel_takesJobsOutOfTheQueue() throws Exception {
        rig.call("put", "mail", "1", "2");

        assertThat(rig.call("cancel", "mail", "1").out()).isEqualTo("{\"id\":\"1\",\"cancelled\":true}\n");
        assertThat(rig.status("mail").get("ready")).isEqualTo(1L);
    }

    @Test
    void pausedQueue_givesNothing_untilItIsResumed() throws Exception {
        rig.call("put", "mail", "1");

        assertThat(rig.call("pause", "mail").out()).contains("\"paused\":true");
        assertThat(rig.call("take", "mail").out()).isEmpty();
        assertThat(rig.call("resume", "mail").out()).contains("\"paused\":false");
        assertThat(rig.call("take", "mail").out()).isNotEmpty();
    }

    @Test
    void drain_closesTheQueue_andWaitsForItsJobsForSoLong() throws Exception {
        rig.call("put", "mail", "1");

        Called late = rig.call("drain", "mail", "--wait", "--timeout", "1ms");
        assertThat(late.code()).isEqualTo(1);
        assertThat(late.err()).contains("0 scheduled, 1 ready and 0 leased jobs after 1 ms; it stays closed");
        assertThat(rig.call("put", "mail", "2").err()).contains("conflict: the queue \"mail\" is closed");
        rig.call("take", "mail", "--ack");
        assertThat(rig.call("drain", "mail", "--wait").out()).contains("\"done\":1", "\"closed\":true");
        assertThat(rig.call("resume", "mail").err()).contains("--reopen");
        assertThat(rig.call("resume", "mail", "--reopen").out()).contains("\"closed\":false");
    }

    @Test
    void unknownQueue_isNamedWithThoseThatThereAre() {
        Called called = rig.call("show", "maul");

        assertThat(called.code()).isEqualTo(1);
        assertThat(called.err()).contains("no queue \"maul\"", "did you mean \"mail\"?", "there are mail, other");
    }

    @Test
    void terminal_isShownATable() {
        rig.call("put", "mail", "1");
        var out = new ByteArrayOutputStream();
        var io = new ProcessIo(
                InputStream.nullInputStream(),
                out,
                OutputStream.nullOutputStream(),
                true,
                false,
                Map.of("LANG", "C.UTF-8", "COLUMNS", "120")::get);
        Main.run(Edition.PRODUCTION, List.of(rig.reaching("list")), io, new Stop());

        String table = out.toString(StandardCharsets.UTF_8);
        assertThat(table.lines()).hasSize(3);
        assertThat(table)
                .matches("queue +store +size +scheduled +ready +leased +done +dead +cancelled\n"
                        + "mail +(memory|db) +3 +0 +1 +0 +0 +0 +0\n(.*\n)+");
    }
}
