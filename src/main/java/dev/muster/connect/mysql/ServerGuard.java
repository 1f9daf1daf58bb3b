package dev.muster.connect.mysql;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import io.vertx.sqlclient.impl.RowDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A channel handler that closes the connection to a server that makes forbidden requests or sends unreadable data, and keeps the
 * reason. It stands between the packets and the driver. The driver would send any file, or the password in the clear; it would drop
 * a row silently and report success; or it would wait forever.
 *
 * <p>Packets are handled on the connection's loop. {@link #whyEnded} is safe on any thread.
 */
final class ServerGuard extends ChannelDuplexHandler {
    private static final int HEADER = 4;
    private static final int FULL_PACKET = 0xFFFFFF;
    private static final int FILE = 0xFB;
    private static final int THREE_BYTES_FOLLOW = 0xFD;
    private static final int EIGHT_BYTES_FOLLOW = 0xFE;
    private static final byte[] CLEAR_PASSWORD = "mysql_clear_password\0".getBytes(StandardCharsets.US_ASCII);

    private final String source;
    private final ResultStarts results = new ResultStarts();
    private boolean loggedIn;
    private boolean inRow;
    private volatile @Nullable MusterException ended;

    ServerGuard(String source) {
        this.source = source;
    }

    /** Why the guard closed the connection, if it did. Safe on any thread. */
    Optional<MusterException> whyEnded() {
        return Optional.ofNullable(ended);
    }

    /** The handler to add behind the driver. It receives the exceptions that the driver throws while reading. */
    ChannelInboundHandlerAdapter behindDriver() {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable thrown) {
                boolean isBroken = thrown instanceof IOException || thrown.getCause() instanceof IOException;
                if (isBroken || thrown instanceof Error) {
                    context.fireExceptionCaught(thrown);
                } else {
                    end(
                            context,
                            isInRow(thrown) ? unreadableRow(thrown) : unreadable(String.valueOf(thrown.getMessage())));
                }
            }
        };
    }

    void loggedIn() {
        loggedIn = true;
    }

    void endUnreadable(ChannelHandlerContext context, String what) {
        end(context, unreadable(what));
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        if (message instanceof ByteBuf bytes) {
            if (!loggedIn && asksForPassword(context, bytes)) {
                bytes.release();
                promise.tryFailure(end(context, passwordAsked()));
                return;
            }
            results.sent(bytes);
        }
        super.write(context, message, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var packet = (ByteBuf) message;
        boolean continues = inRow;
        inRow = packet.getUnsignedMediumLE(packet.readerIndex()) == FULL_PACKET;
        if (ended == null && !continues) {
            check(context, packet);
        }
        if (ended == null) {
            context.fireChannelRead(packet);
        } else {
            packet.release();
        }
    }

    /**
     * Checks the first packet of a row or message. It rejects a request for a file, and a column count beyond any table, for which
     * the driver would allocate memory at once. No row in text form (only the greeting has such rows) begins with a null, so only a
     * file request begins with this byte.
     */
    private void check(ChannelHandlerContext context, ByteBuf packet) {
        if (packet.readableBytes() <= HEADER) {
            end(context, unreadable("an empty packet"));
            return;
        }
        int opening = packet.getUnsignedByte(packet.readerIndex() + HEADER);
        boolean begins = results.begins(packet);
        if (opening == FILE) {
            end(context, refusal("the server asks for a file of this machine (load data local), which is rejected"));
        } else if (begins && (opening == THREE_BYTES_FOLLOW || opening == EIGHT_BYTES_FOLLOW)) {
            end(context, unreadable("a result of more columns than a table can have"));
        } else if (!loggedIn && opening == EIGHT_BYTES_FOLLOW && asksForPassword(context, packet)) {
            end(context, passwordAsked());
        }
    }

    private static boolean asksForPassword(ChannelHandlerContext context, ByteBuf packet) {
        return context.pipeline().get(SslHandler.class) == null && contains(packet, CLEAR_PASSWORD);
    }

    private static boolean contains(ByteBuf packet, byte[] text) {
        int last = packet.writerIndex() - text.length;
        for (int at = packet.readerIndex(); at <= last; at++) {
            int same = 0;
            while (same < text.length && packet.getByte(at + same) == text[same]) {
                same++;
            }
            if (same == text.length) {
                return true;
            }
        }
        return false;
    }

    private MusterException passwordAsked() {
        return refusal("the server asks for the plain password, which is sent over TLS only (sslMode of the address)");
    }

    private MusterException unreadable(String what) {
        return refusal("the server sent what cannot be read (" + what + ")");
    }

    private MusterException refusal(String why) {
        return new MusterException(ErrorType.BAD_RESPONSE, source + ": " + why + "; the connection is closed");
    }

    /** Closes the connection immediately, without a goodbye message. The statement then fails, and its error is taken from here. */
    private MusterException end(ChannelHandlerContext context, MusterException why) {
        if (ended == null) {
            ended = why;
            ChannelHandlerContext first = context.pipeline().firstContext();
            var unused = first != null ? first.close() : context.channel().close();
        }
        return why;
    }

    private static boolean isInRow(Throwable thrown) {
        return Arrays.stream(thrown.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(RowDecoder.class.getName()));
    }

    private MusterException unreadableRow(Throwable thrown) {
        return new MusterException(
                ErrorType.BAD_RESPONSE,
                source + ": a row holds a value that cannot be read (" + thrown.getMessage()
                        + "); select it with cast(… as char)",
                thrown);
    }
}
