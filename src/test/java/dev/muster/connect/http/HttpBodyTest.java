package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.json.Json;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.CancelReason;
import dev.muster.task.State;
import dev.muster.task.Task;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.util.AbstractList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpBodyTest {

    private final Harness http = new Harness();
    private final AtomicInteger seen = new AtomicInteger();
    private final CompletableFuture<Buffer> body = new CompletableFuture<>();
    private final HttpServer server = http.serve(new HttpServerOptions(), request -> {
        seen.incrementAndGet();
        request.body().onSuccess(bytes -> {
            body.complete(bytes);
            request.response().end("ok");
        });
    });

    @AfterEach
    void nothingIsLeft() {
        http.close();
    }

    private static Step posting(Object value) {
        return Step.computed("post", "/").value("body", value);
    }

    @Test
    void largeJson_arrivesWhole() {
        http.source(server);
        List<String> value = Collections.nCopies(100_000, "twenty characters or so");
        assertThat(http.run(posting(value))).isEqualTo("ok");
        assertThat(Harness.await(body).getBytes()).isEqualTo(Json.writeBytes(value));
    }

    @Test
    void largeText_arrivesWhole() {
        http.source(server);
        String text = "\u00fc".repeat(1 << 20);
        assertThat(http.run(posting(text).value("headers", Map.of("content-type", "text/plain"))))
                .isEqualTo("ok");
        assertThat(Harness.await(body).toString()).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "text/plain; charset=iso-8859-1, grün €, 6772fc6e2080",
        "text/plain; CHARSET=\"ISO-8859-15\", €, a4",
        "text/plain; charset=utf-16le, Aä, 4100e400",
        "text/plain; charset=gbk, 你, c4e3",
        "text/plain; charset=utf-8, ü, c3bc",
        "text/plain, ü, c3bc"
    })
    void text_isInTheCharsetOfItsContentType(String type, String text, String hex) {
        http.source(server);
        assertThat(http.run(posting(text).value("headers", Map.of("content-type", type))))
                .isEqualTo("ok");
        assertThat(HexFormat.of().formatHex(Harness.await(body).getBytes())).isEqualTo(hex);
    }

    @ParameterizedTest
    @CsvSource({"iso-8859-1, 5b22fc225d", "us-ascii, 5b22c3bc225d", "utf-8, 5b22c3bc225d"})
    void json_isInTheCharsetOfItsContentType(String charset, String hex) {
        http.source(server);
        assertThat(http.run(posting(List.of("ü"))
                        .value("headers", Map.of("content-type", "application/json; charset=" + charset))))
                .isEqualTo("ok");
        assertThat(HexFormat.of().formatHex(Harness.await(body).getBytes())).isEqualTo(hex);
    }

    @ParameterizedTest
    @CsvSource({
        "iso-8859-1, ab你, body: windows-1252 lacks character 3 of the text; utf-8 has all",
        "shift_jis, 😀, body: shift_jis lacks character 1 of the text; utf-8 has all",
        "koi8-r, 😀你, body: koi8-r lacks character 1 of the text; utf-8 has all",
        "klingon, ab, body: the content type names the unknown charset \"klingon\"; utf-8 has all characters"
    })
    void textThatTheCharsetLacks_isRefusedBeforeItIsSent(String charset, String text, String detail) {
        http.source(server);
        MusterException e =
                http.fail(posting(text).value("headers", Map.of("content-type", "text/plain; charset=" + charset)));
        assertThat(e.type()).isEqualTo(ErrorType.BAD_INPUT);
        assertThat(e.detail()).isEqualTo(detail);
        assertThat(seen.get()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1KiB", "512KiB"})
    void bodyBeyondTheBound_isALimitThatNamesTheSetting(String bound) {
        http.source(server, "maxRequest", bound);
        int most = bound.equals("1KiB") ? 1 << 10 : 512 << 10;
        Step text = posting("x".repeat(most + 1)).value("headers", Map.of("content-type", "text/plain"));
        for (Step step : List.of(posting("x".repeat(most)), text)) {
            MusterException e = http.fail(step);
            assertThat(e.type()).isEqualTo(ErrorType.LIMIT);
            assertThat(e.detail()).isEqualTo("body: it is larger than " + bound + " (maxRequest of source shop)");
        }
        assertThat(seen.get()).isZero();
        assertThat(http.run(posting("x".repeat(most - 2)))).isEqualTo("ok");
    }

    /** A large value that is held up while a worker writes it. */
    private static final class Held extends AbstractList<Object> {
        private final CompletableFuture<Thread> reached = new CompletableFuture<>();
        private final CountDownLatch go = new CountDownLatch(1);

        @Override
        public Object get(int index) {
            if (index < 2) {
                return "x".repeat(200 << 10);
            }
            reached.complete(Thread.currentThread());
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return "end";
        }

        @Override
        public int size() {
            return 3;
        }
    }

    @Test
    void largeBody_isWrittenOffTheLoopWhileItsPlaceIsHeld() {
        http.source(server, "pool", "1");
        var held = new Held();
        Task<Object> task = http.start(posting(held));
        assertThat(Harness.await(held.reached).getName()).contains("worker");
        assertThat(http.statistics().pool().inUse()).isEqualTo(1);
        held.go.countDown();
        assertThat(Harness.await(task.future())).isEqualTo("ok");
    }

    @Test
    void cancelWhileABodyIsWritten_endsAtOnceAndThePlaceFollows() {
        http.source(server, "pool", "1");
        var held = new Held();
        Task<Object> task = http.start(posting(held));
        Harness.await(held.reached);
        task.cancel(CancelReason.of("test"));
        var ended = new CompletableFuture<State>();
        task.onEnd(done -> ended.complete(done.state()));
        assertThat(Harness.await(ended)).isEqualTo(State.CANCELLED);
        assertThat(http.statistics().pool().inUse()).isEqualTo(1);
        Task<Object> next = http.start(posting(1L));
        held.go.countDown();
        assertThat(Harness.await(next.future())).isEqualTo("ok");
        assertThat(seen.get()).isEqualTo(1);
    }
}
