package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.node.RawCaller;
import dev.muster.node.ServeRig;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pages of other origins, as browsers ask for them. */
@Timeout(120)
class ServeCorsTest {

    private static final String KEY = "shop-shop-shop-shop";
    private static final String SHOP = "Origin: https://shop.example\r\n";
    private static final String ASKS = "Access-Control-Request-Method: POST\r\n"
            + "Access-Control-Request-Headers: authorization, last-event-id, traceparent, content-type, muster-deadline, idempotency-key\r\n";

    @TempDir
    Path conf;

    private ServeRig rig;

    @BeforeEach
    void rig() throws Exception {
        rig = new ServeRig(conf).plan("twice", "input: {n: integer}\nexpose: GET /twice/{n}\noutput: = input.n * 2");
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void start(String cors) throws Exception {
        rig.config("server: {port: 0, workers: 1, cors: " + cors + "}\ncallers: {shop: {key: " + KEY
                        + ", may: {plans: '*'}}}")
                .start();
    }

    /** An answer in small letters. */
    private String ask(String line, String headers) throws Exception {
        try (var caller = new RawCaller(rig.port())) {
            return caller.send(line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers + "\r\n")
                    .rest()
                    .toLowerCase(Locale.ROOT);
        }
    }

    @Test
    void preflight_isAnswered_withoutAKey_everywhere() throws Exception {
        start("['https://shop.example', 'http://localhost:3000']");
        for (String path : new String[] {"/twice/1", "/v1/plans/twice/runs", "/v1/runs/x/events", "/nowhere"}) {
            assertThat(ask("OPTIONS " + path, SHOP + ASKS))
                    .startsWith("http/1.1 204 ")
                    .contains("access-control-allow-origin: https://shop.example\r\n")
                    .contains("access-control-allow-methods: get, head, post, put, patch, delete\r\n")
                    .containsPattern("access-control-allow-headers: .*authorization.*content-type.*last-event-id"
                            + ".*traceparent.*tracestate.*muster-deadline.*idempotency-key")
                    .contains("access-control-max-age: 600\r\n")
                    .contains("vary: origin\r\n");
        }
    }

    @Test
    void answer_mayBeRead_withItsHeaders() throws Exception {
        start("['https://shop.example']");
        assertThat(ask("GET /twice/21", SHOP + "Authorization: Bearer " + KEY + "\r\n"))
                .startsWith("http/1.1 200 ")
                .contains("access-control-allow-origin: https://shop.example\r\n")
                .containsPattern("access-control-expose-headers: muster-run, muster-partial, retry-after")
                .contains("vary: origin\r\n")
                .endsWith("42");
    }

    @Test
    void errors_mayBeReadToo() throws Exception {
        start("['https://shop.example']");
        String allowed = "access-control-allow-origin: https://shop.example\r\n";
        assertThat(ask("GET /twice/21", SHOP)).startsWith("http/1.1 401 ").contains(allowed);
        String known = SHOP + "Authorization: Bearer " + KEY + "\r\n";
        assertThat(ask("GET /nowhere", known)).startsWith("http/1.1 404 ").contains(allowed);
        assertThat(ask("POST /twice/21", known)).startsWith("http/1.1 405 ").contains(allowed);
        assertThat(ask("GET /twice/x", known)).startsWith("http/1.1 400 ").contains(allowed);
    }

    @Test
    void otherOrigins_areRefused() throws Exception {
        start("['https://shop.example']");
        for (String origin : new String[] {"https://evil.example", "http://shop.example", "null", "*", ""}) {
            for (String line : new String[] {"GET /health/live", "GET /twice/1", "GET /nowhere", "POST /v1/reload"}) {
                assertThat(ask(line, "Origin: " + origin + "\r\n"))
                        .startsWith("http/1.1 403 ")
                        .contains("\"type\":\"denied\"", "server.cors")
                        .doesNotContain("access-control")
                        .contains("vary: origin\r\n");
            }
            assertThat(ask("OPTIONS /twice/1", "Origin: " + origin + "\r\n" + ASKS))
                    .startsWith("http/1.1 403 ")
                    .doesNotContain("access-control");
        }
    }

    @Test
    void ownOrigin_needsNoSetting_whateverItsPortIsWrittenLike() throws Exception {
        start("[]");
        for (String origin : new String[] {"http://localhost", "http://localhost:80", "https://LOCALHOST"}) {
            assertThat(ask("GET /health/live", "Origin: " + origin + "\r\n")).startsWith("http/1.1 200 ");
        }
        for (String origin : new String[] {"http://localhost:3000", "https://localhost.evil.example", "http://"}) {
            assertThat(ask("GET /health/live", "Origin: " + origin + "\r\n")).startsWith("http/1.1 403 ");
        }
    }

    @Test
    void secondOrigin_isLookedAtToo() throws Exception {
        start("['https://shop.example']");
        assertThat(ask("GET /health/live", SHOP + "Origin: https://evil.example\r\n"))
                .startsWith("http/1.1 403 ");
    }

    @Test
    void anyOrigin_isAny() throws Exception {
        start("['*']");
        assertThat(ask("GET /health/live", "Origin: https://any.example\r\n"))
                .contains("access-control-allow-origin: *\r\n")
                .doesNotContain("access-control-allow-credentials");
        assertThat(ask("GET /health/live", "")).doesNotContain("access-control");
    }

    @Test
    void withoutTheSetting_nothingIsSaid() throws Exception {
        start("[]");
        assertThat(ask("GET /health/live", SHOP))
                .startsWith("http/1.1 403 ")
                .doesNotContain("access-control")
                .doesNotContain("vary: origin");
    }

    @Test
    void whatIsNoOrigin_isRefused() throws Exception {
        rig.config("server: {cors: ['https://shop.example/', shop.example]}");
        assertThat(Called.with("serve", "--conf", conf.toString()).err())
                .contains("has \"https://shop.example/\", which is not an origin")
                .contains("has \"shop.example\", which is not an origin");
    }
}
