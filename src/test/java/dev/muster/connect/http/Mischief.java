package dev.muster.connect.http;

import io.netty.channel.ChannelOption;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.GZIPOutputStream;

/**
 * A server that does what the path of a request says, {@code /KIND/NUMBER/TOKEN}: it answers with the token, or misbehaves
 * while or after it does so.
 */
final class Mischief {

    /** What it can do. */
    enum Kind {
        CLEAN,
        INTERIM,
        TOO_MANY_INTERIM,
        SWITCH,
        LEFTOVER,
        SECOND,
        LATE_SECOND,
        NO_CONTENT,
        SHORT_END,
        NO_ANSWER,
        HARD_RESET,
        HALF_HEAD,
        GZIP,
        CUT_GZIP,
        SLOW,
        LAST,
        SILENT_CLOSE,
        REFUSE,
        GO_AWAY,
        HANG
    }

    private static final int REFUSED_STREAM = 7;
    private static final int INTERNAL_ERROR = 2;

    /** A second response that is sent once its connection is idle. */
    private record Late(Context context, NetSocket socket, String text, CompletableFuture<Void> closed) {}

    private final Queue<Late> late = new ConcurrentLinkedQueue<>();
    private final Map<String, Integer> refused = new ConcurrentHashMap<>();

    /** Sends what is late, on connections that are idle now, and waits until the client has closed each of them. */
    void sendWhatIsLate() {
        for (Late second = late.poll(); second != null; second = late.poll()) {
            Late one = second;
            one.context.runOnContext(now -> one.socket.write(one.text));
            Harness.await(one.closed);
        }
    }

    /** A connection of HTTP/1.1. */
    void http1(NetSocket socket) {
        var closed = new CompletableFuture<Void>();
        socket.closeHandler(gone -> closed.complete(null));
        socket.exceptionHandler(broken -> {});
        var come = new StringBuilder();
        var skip = new long[1];
        Context context = Vertx.currentContext();
        socket.handler(bytes -> {
            come.append(bytes.toString("ISO-8859-1"));
            while (true) {
                int skipped = (int) Math.min(skip[0], come.length());
                come.delete(0, skipped);
                skip[0] -= skipped;
                int end = come.indexOf("\r\n\r\n");
                if (skip[0] > 0 || end < 0) {
                    return;
                }
                String head = come.substring(0, end).toLowerCase(java.util.Locale.ROOT);
                come.delete(0, end + 4);
                int length = head.indexOf("\r\ncontent-length: ");
                skip[0] = length < 0
                        ? 0
                        : Long.parseLong(head.substring(length + 18).split("\r\n")[0]);
                String[] path = head.split(" ")[1].split("/");
                answer(
                        socket,
                        Kind.valueOf(path[1].toUpperCase(java.util.Locale.ROOT)),
                        Integer.parseInt(path[2]),
                        path[3],
                        text -> late.add(new Late(context, socket, text, closed)));
            }
        });
    }

    private static String ok(String token, String... headers) {
        return "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n" + String.join("", headers) + "content-length: "
                + token.length() + "\r\n\r\n" + token;
    }

    private static String interim(int number) {
        int status = 102 + number % 90;
        return "HTTP/1.1 " + (number % 7 == 0 ? 100 : status) + " Wait\r\nlink: </" + number + ">\r\n\r\n";
    }

    private static void answer(
            NetSocket to, Kind kind, int number, String token, java.util.function.Consumer<String> later) {
        String evil = ok("evil-" + token);
        switch (kind) {
            case INTERIM -> to.write(interim(number).repeat(1 + number % 32) + ok(token));
            case TOO_MANY_INTERIM -> to.write(interim(number).repeat(33) + ok(token));
            case SWITCH -> to.write("HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n" + ok(token));
            case LEFTOVER -> to.write(ok(token) + evil.substring(0, 1 + number % (evil.length() - 1)));
            case SECOND -> to.write(ok(token) + evil);
            case LATE_SECOND -> {
                to.write(ok(token));
                later.accept(evil);
            }
            case NO_CONTENT ->
                to.write("HTTP/1.1 204 No Content\r\ncontent-length: " + evil.length() + "\r\n\r\n" + evil);
            case SHORT_END ->
                to.end(Buffer.buffer(ok(token).substring(0, ok(token).length() - 1 - number % 3)));
            case NO_ANSWER -> to.close();
            case HARD_RESET -> reset(to);
            case HALF_HEAD -> to.end(Buffer.buffer("HTTP/1.1 200 OK\r\ncontent-"));
            case GZIP, CUT_GZIP -> {
                byte[] packed = gzip(token);
                int length = kind == Kind.GZIP ? packed.length : 1 + number % (packed.length - 1);
                to.write(Buffer.buffer("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-encoding: gzip\r\n"
                                + "content-length: " + length + "\r\n\r\n")
                        .appendBytes(packed, 0, length));
            }
            case SLOW -> {
                String whole = interim(number) + ok(token);
                int middle = number % whole.length();
                to.write(whole.substring(0, middle)).onComplete(sent -> to.write(whole.substring(middle)));
            }
            case LAST -> to.end(Buffer.buffer(ok(token, "connection: x, close\r\n")));
            case SILENT_CLOSE -> to.end(Buffer.buffer(ok(token)));
            case HANG -> to.write(interim(number));
            default -> to.write(ok(token));
        }
    }

    private static void reset(NetSocket socket) {
        ((NetSocketInternal) socket).channelHandlerContext().channel().config().setOption(ChannelOption.SO_LINGER, 0);
        socket.close();
    }

    /** What it does over HTTP/2. */
    void http2(RawStreams to, int id, String method, String path) {
        if (path.equals("*")) {
            // Of a request that was cancelled before it had a stream.
            to.headers(id, true, 200);
            return;
        }
        String[] parts = path.split("/");
        int number = Integer.parseInt(parts[2]);
        String token = parts[3];
        switch (Kind.valueOf(parts[1])) {
            case INTERIM -> {
                for (int i = 0; i <= number % 32; i++) {
                    to.headers(id, false, 102 + number % 90);
                }
                to.respond(id, token);
            }
            case TOO_MANY_INTERIM -> {
                for (int i = 0; i < 33; i++) {
                    to.headers(id, false, 103);
                }
                to.respond(id, token);
            }
            case SWITCH -> to.headers(id, false, 101);
            case SECOND, LEFTOVER, LATE_SECOND -> {
                to.respond(id, token);
                to.respond(id, "evil-" + token);
            }
            case NO_CONTENT -> to.headers(id, true, 204);
            case SHORT_END -> {
                to.headers(id, false, 200, "content-type", "text/plain", "content-length", "100");
                to.data(id, true, Buffer.buffer(token));
            }
            case HALF_HEAD -> {
                to.headers(id, false, 200, "content-type", "text/plain");
                to.data(id, false, Buffer.buffer(token.substring(1)));
                to.reset(id, INTERNAL_ERROR);
            }
            case HARD_RESET -> to.reset(id, INTERNAL_ERROR);
            case NO_ANSWER -> {
                // It takes its neighbours along, so not too often.
                if (number % 8 == 0) {
                    to.socket.close();
                } else {
                    to.reset(id, 0);
                }
            }
            case GZIP, CUT_GZIP -> {
                byte[] packed = gzip(token);
                int length = parts[1].equals("GZIP") ? packed.length : 1 + number % (packed.length - 1);
                to.headers(id, false, 200, "content-type", "text/plain", "content-encoding", "gzip");
                to.data(id, true, Buffer.buffer().appendBytes(packed, 0, length));
            }
            case REFUSE -> {
                if (refused.merge(token, 1, Integer::sum) <= number % 4) {
                    to.reset(id, REFUSED_STREAM);
                } else {
                    to.respond(id, token);
                }
            }
            case GO_AWAY -> {
                if (refused.merge(token, 1, Integer::sum) == 1) {
                    to.goAway(Math.max(0, id - 2), 0);
                } else {
                    to.respond(id, token);
                }
            }
            case HANG -> to.headers(id, false, 103);
            default -> to.respond(id, token);
        }
    }

    private static byte[] gzip(String text) {
        var out = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(out)) {
            zip.write(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toByteArray();
    }
}
