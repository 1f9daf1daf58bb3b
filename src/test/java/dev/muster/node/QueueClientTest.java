package dev.muster.node;

import static dev.muster.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.client.ClientOptions;
import dev.muster.client.JobFailure;
import dev.muster.client.MusterClient;
import dev.muster.client.MusterError;
import dev.muster.client.PutJob;
import dev.muster.client.PutReply;
import dev.muster.client.QueueClient;
import dev.muster.client.QueueWorker;
import dev.muster.client.TakenJob;
import dev.muster.client.WorkJob;
import dev.muster.client.WorkOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The queues of a node by the Java client, over TCP and the event bus. */
@Timeout(120)
class QueueClientTest {

    private static final Duration NOT = Duration.ZERO;
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir
    Path conf;

    private final Vertx vertx = Vertx.vertx();
    private final List<MusterClient> clients = new ArrayList<>();
    private ServeRig rig;

    @BeforeEach
    void rig() throws Exception {
        rig = new ServeRig(conf)
                .config("server: {port: 0, workers: 2, drain: 5s, bridge: {tcp: {port: 0}}}\n"
                        + "queues: {mail: {store: memory, size: 5, retries: 1, backoff: 1ms..1ms},"
                        + " short: {store: memory, lease: 1s, retries: 5, backoff: 1ms..1ms}}\n")
                .start();
    }

    @AfterEach
    void close() {
        clients.forEach(client -> soon(client.close()));
        rig.close();
        soon(vertx.close());
    }

    private MusterClient client(boolean tcp) {
        return kept(
                tcp
                        ? MusterClient.onTcp(
                                vertx,
                                ClientOptions.at("127.0.0.1", rig.service().bridgePort()))
                        : MusterClient.onBus(rig.service().vertx(), ClientOptions.onBus()));
    }

    private MusterClient kept(MusterClient client) {
        clients.add(client);
        return client;
    }

    private static String refused(Future<?> future) {
        try {
            throw new AssertionError("no failure but " + soon(future));
        } catch (CompletionException e) {
            return ((MusterError) e.getCause()).type();
        }
    }

    private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(20, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return next;
    }

    private Object state(String queue, String id) throws Exception {
        return rig.get("/v1/queues/" + queue + "/jobs/" + id).body();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void job_goesThroughItsLife(boolean tcp) {
        QueueClient mail = client(tcp).queue("mail");
        PutReply put = soon(
                mail.put(PutJob.of(Map.of("n", 1L)).withKey("k").withUnique("u").withPriority(3), NOT));
        assertThat(put).isEqualTo(new PutReply("1", false, null));
        assertThat(soon(mail.put(PutJob.of(2L).withUnique("u"), NOT)).existing())
                .isTrue();
        assertThat(soon(mail.join(Duration.ofMillis(1)))).isFalse();

        TakenJob job = soon(mail.take(10, NOT)).get(0);
        assertThat(job)
                .isEqualTo(new TakenJob(
                        "1", Map.of("n", 1L), 1, job.lease(), Duration.ofSeconds(30), "k", 3, null, job.fence()));
        long fence = job.fence();
        soon(mail.extend(job, LONG));
        soon(mail.release(job));
        job = soon(mail.take(1, LONG)).get(0);
        assertThat(job.fence()).isGreaterThan(fence);
        soon(mail.fail(job, "no luck"));
        assertThat(refused(mail.ack(job, null))).isEqualTo("conflict");
        job = soon(mail.take(1, LONG)).get(0);
        assertThat(job.fence()).isGreaterThan(fence);
        assertThat(job.attempt()).isEqualTo(2);
        soon(mail.ack(job, List.of(1L)));
        soon(mail.join());

        List<PutReply> all = soon(
                mail.putAll(List.of(1, 2, 3, 4, 5, 6).stream().map(PutJob::of).toList(), NOT));
        assertThat(all).extracting(PutReply::id).containsExactly("2", "3", "4", "5", "6", null);
        assertThat(all.get(5).error()).extracting(MusterError::type).isEqualTo("limit");
        assertThat(soon(mail.close())).containsEntry("closed", true);
        assertThat(refused(mail.put(PutJob.of(1), NOT))).isEqualTo("conflict");
        assertThat(refused(client(tcp).queue("none").take(1, NOT)))
                .as("on the bus nobody answers there")
                .isEqualTo(tcp ? "notFound" : "unavailable");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void worker_acknowledgesFailsAndGivesUp(boolean tcp) throws Exception {
        MusterClient client = client(tcp);
        QueueClient mail = client.queue("mail");
        client.work("mail", WorkOptions.consumers(2).withPrefetch(2), job -> switch ((String) job.body()) {
            case "good" -> Future.succeededFuture(Map.of("by", job.job().attempt()));
            case "bad" -> throw new IllegalStateException("no luck");
            default -> Future.failedFuture(JobFailure.giveUp("never"));
        });
        for (String body : List.of("good", "bad", "ugly")) {
            soon(mail.put(PutJob.of(body), LONG));
        }
        soon(mail.join());

        var counts = rig.get("/v1/queues/mail").body();
        assertThat(counts).contains("\"done\":1", "\"dead\":2");
        assertThat(state("mail", "2").toString()).contains("\"attempt\":2", "IllegalStateException: no luck");
        assertThat(state("mail", "3").toString()).contains("\"attempt\":1", "never");
    }

    @Test
    void handlerThatOutlastsItsLease_keepsIt_untilItsJobIsCancelled() throws Exception {
        MusterClient client = client(true);
        BlockingQueue<WorkJob> jobs = new LinkedBlockingQueue<>();
        BlockingQueue<Promise<Object>> answers = new LinkedBlockingQueue<>();
        client.work("short", WorkOptions.consumers(1), job -> {
            Promise<Object> answer = Promise.promise();
            answers.add(answer);
            jobs.add(job);
            return answer.future();
        });
        soon(client.queue("short").put(PutJob.of(1L), NOT));
        WorkJob job = next(jobs);
        // Extensions show in when the lease runs out: three of them are as long as the lease.
        String before = expires();
        for (int extensions = 0; extensions < 4; ) {
            String now = expires();
            extensions += now.equals(before) ? 0 : 1;
            before = now;
        }
        assertThat(job.cancelled().isComplete()).isFalse();
        rig.send(rig.request("/v1/queues/short/jobs/1").DELETE());
        soon(job.cancelled());
        next(answers).fail("told to end");
        soon(client.queue("short").join());

        assertThat(rig.get("/v1/queues/short").body()).contains("\"cancelled\":1");
    }

    private String expires() throws Exception {
        String job = state("short", "1").toString();
        assertThat(job).contains("\"state\":\"leased\"", "\"attempt\":1");
        return job.replaceAll(".*\"expires\":\"([^\"]*)\".*", "$1");
    }

    @Test
    void brokenConnection_isMadeAnew_andTheAckIsSaid() throws Exception {
        List<NetSocket> through = new CopyOnWriteArrayList<>();
        NetServer proxy = proxy(through);
        MusterClient client = kept(MusterClient.onTcp(
                vertx,
                ClientOptions.at("127.0.0.1", proxy.actualPort())
                        .withPauses(Duration.ofMillis(5), Duration.ofMillis(50))));
        BlockingQueue<Promise<Object>> answers = new LinkedBlockingQueue<>();
        client.work("mail", WorkOptions.consumers(1), job -> {
            Promise<Object> answer = Promise.promise();
            answers.add(answer);
            return answer.future();
        });
        QueueClient direct = client(true).queue("mail");
        soon(direct.putAll(List.of(PutJob.of(1L), PutJob.of(2L)), NOT));
        Promise<Object> first = next(answers);
        through.get(0).close();
        first.complete("done");
        next(answers).complete("done, too");
        soon(direct.join());

        assertThat(rig.get("/v1/queues/mail").body()).contains("\"done\":2");
    }

    private NetServer proxy(List<NetSocket> through) {
        int port = rig.service().bridgePort();
        return soon(vertx.createNetServer()
                .connectHandler(socket -> {
                    socket.pause();
                    through.add(socket);
                    vertx.createNetClient().connect(port, "127.0.0.1").onSuccess(onward -> {
                        socket.pipeTo(onward);
                        onward.pipeTo(socket);
                    });
                })
                .listen(0, "127.0.0.1"));
    }

    @Test
    void close_givesJobsBackUntried() throws Exception {
        MusterClient client = client(true);
        BlockingQueue<WorkJob> jobs = new LinkedBlockingQueue<>();
        QueueWorker worker = client.work("mail", WorkOptions.consumers(1).withPrefetch(2), job -> {
            jobs.add(job);
            return job.cancelled().compose(told -> Future.failedFuture("told to end"));
        });
        QueueClient mail = client.queue("mail");
        soon(mail.putAll(List.of(PutJob.of(1L), PutJob.of(2L), PutJob.of(3L)), NOT));
        next(jobs);
        soon(worker.close());

        assertThat(soon(mail.take(10, LONG)))
                .as("the first try of each")
                .extracting(TakenJob::attempt)
                .containsOnly(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void close_leavesNobodyWaiting_andJobsThatComeThenAreOthers(boolean tcp) throws Exception {
        MusterClient client = client(tcp);
        QueueClient mail = client.queue("mail");
        for (int round = 0; round < 50; round++) {
            QueueWorker worker = client.work(
                    "mail", WorkOptions.consumers(1), job -> Future.failedFuture("nobody is to work on it"));
            while (round % 2 == 0 && rig.queue("mail").waitingTakes() == 0) {
                rig.get("/health/live");
            }
            soon(worker.close());
            assertThat(rig.queue("mail").waitingTakes()).isZero();
            soon(mail.putAll(List.of(PutJob.of(1L), PutJob.of(2L), PutJob.of(3L)), NOT));
            List<TakenJob> jobs = soon(mail.take(10, NOT));

            assertThat(jobs).extracting(TakenJob::body).containsExactly(1L, 2L, 3L);
            assertThat(jobs).extracting(TakenJob::attempt).containsOnly(1);
            for (TakenJob job : jobs) {
                soon(mail.ack(job, null));
            }
        }
    }

    @Test
    void closeOfTheClient_endsItsWorkersFirst() throws Exception {
        MusterClient client = client(true);
        BlockingQueue<WorkJob> jobs = new LinkedBlockingQueue<>();
        QueueWorker worker = client.work("mail", WorkOptions.consumers(1).withDrain(WorkOptions.UNTIL_DONE), job -> {
            jobs.add(job);
            return job.cancelled().compose(told -> Future.failedFuture("told to end"));
        });
        soon(client.queue("mail").put(PutJob.of(1L), NOT));
        next(jobs);
        soon(client.close());

        assertThat(worker.ended().succeeded()).isTrue();
        assertThat(soon(client(true).queue("mail").take(1, NOT)))
                .extracting(TakenJob::attempt)
                .containsExactly(1);
    }
}
