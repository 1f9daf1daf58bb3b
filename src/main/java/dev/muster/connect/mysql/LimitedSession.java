package dev.muster.connect.mysql;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A channel handler that limits the time of the next statement in a session. It writes a {@code set session} statement directly
 * before the statement and removes the server's response from the stream. The driver and the {@link ServerGuard} see neither, and
 * there is no additional round trip.
 *
 * <p>Packets are handled on the connection's loop. No other response is outstanding when a statement begins. {@link #limit} is safe
 * on any thread before the statement.
 */
final class LimitedSession extends ChannelDuplexHandler {
    private static final int HEADER = 4;
    private static final int SEQUENCE = 3;
    private static final int QUERY = 0x03;
    private static final int EXECUTE = 0x17;
    private static final int OK = 0x00;
    private static final int ERROR = 0xFF;
    private static final int STATE_BYTES = 6;

    /** The session's limit is unknown: the next statement sets it. */
    private static final long UNKNOWN = -1;

    /** Errors of a statement that was killed or timed out. They do not mean that the server rejects limits. */
    private static final Set<Integer> PASSING = Set.of(1317, 1969, 3024);

    private final StatementLimits limits;
    private final ServerGuard guard;
    private StatementLimits.@Nullable Variable variable;
    private long ownMillis;
    private long saidMillis = StatementLimits.NONE;
    private long bytesLeft;
    private boolean answerDue;
    private volatile long wantedMillis = StatementLimits.NONE;

    /** Creates the handler of a connection whose limit has not been changed. */
    LimitedSession(StatementLimits limits, ServerGuard guard) {
        this.limits = limits;
        this.guard = guard;
    }

    /** Records the session's initial limit in milliseconds. Runs on the connection's loop, before the first statement. */
    void begins(StatementLimits.Variable bounds, long millis) {
        variable = bounds;
        ownMillis = millis;
    }

    /**
     * Sets the time limit of the next statement.
     *
     * @param millis a length from {@link StatementLimits#step}, or {@link StatementLimits#NONE}
     */
    void limit(long millis) {
        wantedMillis = millis;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        if (message instanceof ByteBuf bytes && beginsStatement(bytes)) {
            StatementLimits.Variable bounds = variable;
            long millis = effective(wantedMillis);
            if (bounds != null && millis != saidMillis && limits.isOn()) {
                saidMillis = millis;
                answerDue = true;
                long value = millis == StatementLimits.NONE ? ownMillis : millis;
                var unused = context.write(query(context.alloc(), bounds.set(value)));
            }
        }
        super.write(context, message, promise);
    }

    /** Keeps the server's own limit if it is shorter. */
    private long effective(long millis) {
        boolean ownIsShorter = ownMillis > 0 && millis >= ownMillis;
        return ownIsShorter ? StatementLimits.NONE : millis;
    }

    /**
     * Whether these bytes begin a statement. A bare packet header counts, because its body follows separately only for a large
     * statement.
     */
    private boolean beginsStatement(ByteBuf bytes) {
        int readable = bytes.readableBytes();
        if (bytesLeft > 0) {
            bytesLeft -= readable;
            return false;
        }
        if (readable < HEADER) {
            return false;
        }
        int at = bytes.readerIndex();
        bytesLeft = (long) bytes.getUnsignedMediumLE(at) - (readable - HEADER);
        if (bytes.getByte(at + SEQUENCE) != 0) {
            return false;
        }
        int command = readable > HEADER ? bytes.getUnsignedByte(at + HEADER) : EXECUTE;
        return command == QUERY || command == EXECUTE;
    }

    private static ByteBuf query(ByteBufAllocator allocator, String sql) {
        ByteBuf packet = allocator.ioBuffer(HEADER + 1 + sql.length());
        packet.writeMediumLE(1 + sql.length()).writeByte(0).writeByte(QUERY);
        packet.writeCharSequence(sql, StandardCharsets.US_ASCII);
        return packet;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!answerDue) {
            context.fireChannelRead(message);
            return;
        }
        answerDue = false;
        var packet = (ByteBuf) message;
        int at = packet.readerIndex() + HEADER;
        int opening = packet.writerIndex() > at ? packet.getUnsignedByte(at) : -1;
        if (opening == ERROR && packet.writerIndex() > at + 2) {
            refused(packet, at + 1);
        } else if (opening != OK) {
            guard.endUnreadable(context, "an answer that does not belong to the limit of a statement");
        }
        packet.release();
    }

    private void refused(ByteBuf packet, int at) {
        int code = packet.getUnsignedShortLE(at);
        saidMillis = UNKNOWN;
        if (!PASSING.contains(code)) {
            int from = Math.min(packet.writerIndex(), at + 2 + STATE_BYTES);
            limits.refused(code + " "
                    + packet.toString(from, packet.writerIndex() - from, StandardCharsets.UTF_8)
                            .strip());
        }
    }
}
