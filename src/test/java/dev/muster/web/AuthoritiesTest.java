package dev.muster.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import org.junit.jupiter.api.Test;

/** Whom the requests of an HTTP/2 connection are for, stream by stream. */
class AuthoritiesTest {

    private final DefaultHttp2Connection connection = new DefaultHttp2Connection(true);
    private final Authorities authorities = new Authorities(connection, new Http2FrameAdapter());

    private void ask(int stream, String... hosts) throws Http2Exception {
        connection.remote().createStream(stream, false);
        Http2Headers headers = new DefaultHttp2Headers(false).method("GET").path("/");
        for (String host : hosts) {
            headers.add("host", host);
        }
        authorities.onHeadersRead(null, stream, headers, 0, true);
    }

    @Test
    void whatIsWrong_isKnownByItsStream() throws Exception {
        ask(1, "a.test", "b.test");
        ask(3, "a.test");
        ask(5);
        assertThat(authorities.wrong(1)).contains("several hosts");
        assertThat(authorities.wrong(3)).isNull();
        assertThat(authorities.wrong(5)).contains("no host");
    }

    @Test
    void whatIsWrong_isForgottenWithItsStream() throws Exception {
        ask(1, "a.test", "b.test");
        connection.stream(1).close();
        assertThat(authorities.wrong(1)).contains("cancelled").doesNotContain("several hosts");
    }
}
