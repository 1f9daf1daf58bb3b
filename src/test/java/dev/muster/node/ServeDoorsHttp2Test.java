package dev.muster.node;

import static dev.muster.node.Http2Frames.CONTINUATION;
import static dev.muster.node.Http2Frames.END_HEADERS;
import static dev.muster.node.Http2Frames.END_STREAM;
import static dev.muster.node.Http2Frames.SETTINGS;
import static dev.muster.node.Http2Frames.frame;
import static dev.muster.node.Http2Frames.literal;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What stands at the door of HTTP/2. */
@Timeout(120)
class ServeDoorsHttp2Test {

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int PRIORITY = 0x20;

    @TempDir
    Path conf;

    private ServeRig rig;

    @BeforeEach
    void rig() throws Exception {
        rig = new ServeRig(conf)
                .plan("twice", "input: {n: integer}\nexpose: GET /twice/{n}\noutput: = input.n * 2")
                .plan("echo", "inputSchema: {type: object}\nexpose: POST /echo\noutput: = input")
                .plan("long", "expose: GET /long\noutput: " + "x".repeat(5_000))
                .start();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    /** An answer: its head and what came behind it. */
    private record Answer(Http2Headers head, List<String> interim, String body) {
        String status() {
            return String.valueOf(head.status());
        }
    }

    /** A caller by frames; each request is a stream of its own on one connection. */
    private static final class Frames implements AutoCloseable {
        private final RawCaller caller;
        private final DataInputStream in;
        private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();
        private int stream = -1;

        Frames(int port) throws Exception {
            caller = new RawCaller(port);
            in = new DataInputStream(caller.socket.getInputStream());
            caller.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").send(frame(SETTINGS, 0, 0, new byte[0]));
        }

        Answer ask(String method, String path, String... headers) throws Exception {
            return send(method, path, null, headers);
        }

        Answer send(String method, String path, String body, String... headers) throws Exception {
            stream += 2;
            var head = new ByteArrayOutputStream();
            head.writeBytes(literal(":method", method));
            head.writeBytes(literal(":scheme", "http"));
            head.writeBytes(literal(":path", path));
            for (int i = 0; i < headers.length; i += 2) {
                head.writeBytes(literal(headers[i], headers[i + 1]));
            }
            caller.send(frame(HEADERS, END_HEADERS | (body == null ? END_STREAM : 0), stream, head.toByteArray()));
            return answer(body);
        }

        private Answer answer(String body) throws Exception {
            Http2Headers head = null;
            var interim = new ArrayList<String>();
            var text = new StringBuilder();
            while (true) {
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                int type = in.readUnsignedByte();
                int flags = in.readUnsignedByte();
                int of = in.readInt();
                byte[] payload = in.readNBytes(length);
                assertThat(type).isNotEqualTo(CONTINUATION);
                if (of == stream && type == HEADERS) {
                    int priority = (flags & PRIORITY) == 0 ? 0 : 5;
                    head = decoder.decodeHeaders(of, Unpooled.wrappedBuffer(payload, priority, length - priority));
                    if (String.valueOf(head.status()).startsWith("1")) {
                        interim.add(head.status().toString());
                        caller.send(frame(DATA, END_STREAM, stream, body.getBytes(StandardCharsets.UTF_8)));
                    }
                } else if (of == stream && type == DATA) {
                    text.append(new String(payload, StandardCharsets.ISO_8859_1));
                } else {
                    assertThat(of).as("a frame of type %d", type).isNotEqualTo(stream);
                }
                if (of == stream && (flags & END_STREAM) != 0) {
                    return new Answer(head, interim, text.toString());
                }
            }
        }

        @Override
        public void close() throws Exception {
            caller.close();
        }
    }

    private Frames frames() throws Exception {
        return new Frames(rig.port());
    }

    @Test
    void authority_isOneThatIsKnown() throws Exception {
        try (var frames = frames()) {
            assertThat(frames.ask("GET", "/twice/2", ":authority", "localhost").body())
                    .isEqualTo("4");
            assertThat(frames.ask("GET", "/twice/2", ":authority", "[::1]:80").body())
                    .isEqualTo("4");
            assertThat(frames.ask("GET", "/twice/2", "host", "127.0.0.1").body())
                    .isEqualTo("4");
            assertThat(frames.ask("GET", "/twice/2", ":authority", "localhost", "host", "LOCALHOST.")
                            .body())
                    .isEqualTo("4");
            for (String path : List.of("/twice/2", "/v1/plans", "/health/live")) {
                assertThat(frames.ask("GET", path, ":authority", "evil.example").status())
                        .isEqualTo("421");
                assertThat(frames.ask("GET", path, "host", "evil.example").status())
                        .isEqualTo("421");
            }
            assertThat(frames.ask("GET", "/twice/3", ":authority", "localhost").body())
                    .isEqualTo("6");
        }
    }

    @Test
    void authority_thatIsNone_orAnother_is400_andNotTheEndOfOthers() throws Exception {
        try (var frames = frames()) {
            for (String[] wrong : new String[][] {
                {":authority", "localhost", "host", "evil.example"},
                {":authority", "evil.example", "host", "localhost"},
                {":authority", "localhost", "host", "localhost:81"},
                {":authority", "localhost", "host", "localhost", "host", "localhost"},
                {"host", "localhost", "host", "localhost"},
                {":authority", "a b/c"},
                {"host", "u@localhost"},
                {},
            }) {
                for (String path : List.of("/twice/2", "/v1/plans", "/nowhere")) {
                    Answer answer = frames.ask("GET", path, wrong);
                    assertThat(answer.status()).as(String.join(" ", wrong)).isEqualTo("400");
                    assertThat(answer.body()).contains("\"type\":\"badInput\"").containsIgnoringCase("host");
                }
            }
            assertThat(frames.ask("GET", "/twice/2", ":authority", "localhost").body())
                    .isEqualTo("4");
        }
    }

    @Test
    void origin_ofAnotherSite_isRefused() throws Exception {
        try (var frames = frames()) {
            assertThat(frames.ask("GET", "/twice/2", ":authority", "localhost", "origin", "http://localhost")
                            .status())
                    .isEqualTo("200");
            for (String path : List.of("/twice/2", "/v1/plans", "/nowhere")) {
                assertThat(frames.ask("GET", path, ":authority", "localhost", "origin", "https://evil.example")
                                .status())
                        .isEqualTo("403");
            }
        }
    }

    @Test
    void expectation_isMetOnceTheBodyIsWanted() throws Exception {
        try (var frames = frames()) {
            Answer taken =
                    frames.send("POST", "/echo", "{\"v\":1}", ":authority", "localhost", "expect", "100-continue");
            assertThat(taken.interim()).containsExactly("100");
            assertThat(taken.body()).isEqualTo("{\"v\":1}");
            for (String path : List.of("/nowhere", "/v1/plans/none/runs", "/v1/plans/echo/runs?x=1")) {
                Answer refused = frames.send("POST", path, "{}", ":authority", "localhost", "expect", "100-continue");
                assertThat(refused.interim()).isEmpty();
                assertThat(refused.status()).startsWith("4");
            }
        }
    }

    @Test
    void head_codings_methods_andQueries_areTheSame() throws Exception {
        try (var frames = frames()) {
            Answer head = frames.ask("HEAD", "/long", ":authority", "localhost", "accept-encoding", "gzip");
            Answer get = frames.ask("GET", "/long", ":authority", "localhost", "accept-encoding", "gzip");
            assertThat(head.body()).isEmpty();
            assertThat(head.head().get("content-encoding")).hasToString("gzip");
            assertThat(head.head().get("content-length"))
                    .hasToString(String.valueOf(get.body().length()));
            assertThat(frames.ask("HEAD", "/v1/plans", ":authority", "localhost")
                            .status())
                    .isEqualTo("200");
            Answer other = frames.ask("PUT", "/v1/plans", ":authority", "localhost");
            assertThat(other.status()).isEqualTo("405");
            assertThat(other.head().get("allow")).hasToString("GET, HEAD");
            assertThat(other.body()).contains("methodNotAllowed");
            assertThat(frames.ask("GET", "/v1/runs?limt=1", ":authority", "localhost")
                            .body())
                    .contains("limt in the query is unknown");
            assertThat(frames.ask("GET", "/twice/1", ":authority", "localhost", "accept", "text/html")
                            .status())
                    .isEqualTo("406");
            assertThat(frames.ask(
                                    "GET",
                                    "/twice/1",
                                    ":authority",
                                    "localhost",
                                    "accept",
                                    "text/event-stream",
                                    "last-event-id",
                                    "2")
                            .status())
                    .isEqualTo("204");
        }
    }
}
