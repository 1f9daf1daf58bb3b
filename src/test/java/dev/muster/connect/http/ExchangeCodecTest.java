package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Future;
import io.vertx.core.http.HttpConnection;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The order in which bytes, the end of a response and the end of its connection are told. */
class ExchangeCodecTest {

    private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

    private final List<String> trail = new ArrayList<>();
    private final HttpConnection connection = (HttpConnection) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {HttpConnection.class}, (proxy, method, arguments) -> {
                trail.add(method.getName());
                return Future.succeededFuture();
            });
    private final EmbeddedChannel channel =
            new EmbeddedChannel(new ExchangeCodec(connection), new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext context, Object part) {
                    if (part instanceof HttpResponse head) {
                        trail.add("head " + head.status().code());
                    }
                    if (part instanceof LastHttpContent) {
                        trail.add("end");
                    }
                    ReferenceCountUtil.release(part);
                }
            });

    @AfterEach
    void nothingIsLeft() {
        channel.finishAndReleaseAll();
    }

    private void ask(HttpMethod method) {
        channel.writeOutbound(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, "/", Unpooled.EMPTY_BUFFER));
    }

    /** What one read of the socket brings; there may be more to read. */
    private void read(String bytes) {
        channel.pipeline().fireChannelRead(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
    }

    private void allIsRead() {
        channel.pipeline().fireChannelReadComplete();
    }

    @Test
    void end_isToldOnceAllIsRead() {
        ask(HttpMethod.GET);
        read(OK);
        assertThat(trail).containsExactly("head 200");
        allIsRead();
        assertThat(trail).containsExactly("head 200", "end");
        ask(HttpMethod.GET);
        read(OK);
        allIsRead();
        assertThat(trail).containsExactly("head 200", "end", "head 200", "end");
    }

    @Test
    void secondResponseInTheNextRead_closesBeforeTheEndIsTold() {
        ask(HttpMethod.GET);
        read(OK);
        read(OK);
        allIsRead();
        assertThat(trail).containsExactly("head 200", "close", "end");
    }

    @Test
    void leftoverInTheSameRead_closesBeforeTheEndIsTold() {
        ask(HttpMethod.GET);
        read(OK + "x");
        allIsRead();
        assertThat(trail).containsExactly("head 200", "close", "end");
    }

    @Test
    void bytesWhileIdle_closeAndAreDropped() {
        ask(HttpMethod.GET);
        read(OK);
        allIsRead();
        read(OK);
        read(OK);
        allIsRead();
        assertThat(trail).containsExactly("head 200", "end", "close");
    }

    @Test
    void bytesBeforeTheFirstRequest_failIt() {
        read(OK);
        allIsRead();
        assertThatThrownBy(() -> {
                    ask(HttpMethod.GET);
                    channel.runPendingTasks();
                    channel.checkException();
                })
                .isInstanceOf(Misbehaviour.class)
                .hasMessage("came before any request was sent");
        read(OK);
        allIsRead();
        assertThat(trail).isEmpty();
    }

    @Test
    void interimResponses_areNotTold() {
        ask(HttpMethod.GET);
        read("HTTP/1.1 102 Wait\r\n\r\nHTTP/1.1 103 Hints\r\nlink: </a>\r\n\r\n");
        allIsRead();
        assertThat(trail).isEmpty();
        read(OK);
        allIsRead();
        assertThat(trail).containsExactly("head 200", "end");
    }

    @Test
    void headerOfHead_needsNoBody() {
        ask(HttpMethod.HEAD);
        read("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n");
        allIsRead();
        ask(HttpMethod.GET);
        read(OK);
        allIsRead();
        assertThat(trail).containsExactly("head 200", "end", "head 200", "end");
    }

    @Test
    void headInPieces_isPutTogether() {
        ask(HttpMethod.GET);
        for (char letter : OK.toCharArray()) {
            read(String.valueOf(letter));
            allIsRead();
        }
        assertThat(trail).containsExactly("head 200", "end");
    }

    @Test
    void bodyUntilTheEndOfTheConnection_endsWithIt() {
        ask(HttpMethod.GET);
        read("HTTP/1.1 200 OK\r\n\r\nok");
        allIsRead();
        assertThat(trail).containsExactly("head 200");
        channel.finish();
        assertThat(trail).containsExactly("head 200", "end");
    }
}
