package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths in spellings that the router takes for others, where pages by names of their own must find nothing. */
@Timeout(60)
class ServeSpellingsTest {

    private static final String BODY = "{\"plan\": {\"plan\": \"p\", \"output\": \"it ran\"}}";

    @TempDir
    Path conf;

    private ServeRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = new ServeRig(conf)
                .plan("twice", "input: {n: integer}\nexpose: GET /twice/{n}\noutput: = input.n * 2")
                .config("server: {port: 0, workers: 1, bridge: {websocket: true}}")
                .start();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private String ask(String line, String host, String body) throws Exception {
        try (var caller = new RawCaller(rig.port())) {
            return caller.send(line + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\nContent-Length: "
                            + body.length() + "\r\n\r\n" + body)
                    .rest();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//v1/runs",
                "///v1//runs",
                "/%761/runs",
                "/%76%31/runs",
                "/x/../v1/runs",
                "/x/%2e%2e/v1/runs",
                "/./v1/runs",
                "/v1/x/../runs",
            })
    void unknownHost_runsNothing_byAnySpelling(String path) throws Exception {
        assertThat(ask("POST " + path, "evil.example", BODY))
                .startsWith("HTTP/1.1 421 ")
                .contains("server.hosts")
                .doesNotContain("it ran");
        assertThat(rig.get("/v1/runs").body()).isEqualTo("{\"runs\":[]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//eventbus/info",
                "/%65ventbus/info",
                "/a/../eventbus/info",
                "//health/ready",
                "//openapi.json",
                "/.//docs",
                "//v1/plans/",
                "//twice/2",
                "/%ZZ/v1/runs",
            })
    void unknownHost_readsNothing_byAnySpelling(String path) throws Exception {
        assertThat(ask("GET " + path, "evil.example", "")).startsWith("HTTP/1.1 421 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nope", "//nope", "/v2/runs", "/v1%2Fruns", "/x/../nope"})
    void unknownHost_isToldThatNothingIsThere_whereThatIsSo(String path) throws Exception {
        assertThat(ask("POST " + path, "evil.example", BODY)).startsWith("HTTP/1.1 404 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"//v1/runs", "/%761/runs"})
    void knownHost_isAnswered(String path) throws Exception {
        assertThat(ask("POST " + path, "localhost", BODY))
                .startsWith("HTTP/1.1 200 ")
                .contains("it ran");
    }
}
