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
 * Tells a session how long its next statement may run, by a statement of its own that is written right before that one, and
 * takes the server's answer to it off the wire. Neither the driver nor the {@link ServerGuard} sees anything of it, and
 * nobody waits: both travel together.
 *
 * <p>Packets are handled on the connection's loop, on which nothing is awaited whenever a statement begins; the limit may be
 * set on any thread before that.
 */
final class LimitedSession extends ChannelDuplexHandler {
    private static final int HEADER = 4;
    private static final int SEQUENCE = 3;
    private static final int QUERY = 0x03;
    private static final int EXECUTE = 0x17;
    private static final int OK = 0x00;
    private static final int ERROR = 0xFF;
    private static final int STATE_BYTES = 6;

    /** The session's limit is not known: the next statement sets it. */
    private static final long UNKNOWN = -1;

    /** The statement was killed or cut: it says nothing about the server. */
    private static final Set<Integer> PASSING = Set.of(1317, 1969, 3024);

    private final StatementLimits limits;
    private final ServerGuard guard;
    private StatementLimits.@Nullable Variable variable;
    private long ownMillis;
    private long saidMillis = StatementLimits.NONE;
    private long bytesLeft;
    private boolean answerDue;
    private volatile long wantedMillis = StatementLimits.NONE;

    /** Of a connection that is told nothing yet. */
    LimitedSession(StatementLimits limits, ServerGuard guard) {
        this.limits = limits;
        this.guard = guard;
    }

    /** Notes what the session began with. On the connection's loop, before its first statement. */
    void begins(StatementLimits.Variable bounds, long millis) {
        variable = bounds;
        ownMillis = millis;
    }

    /**
     * Says how long the next statement may run.
     *
     * @param millis one of the lengths of {@link StatementLimits#step}, or {@link StatementLimits#NONE}
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

    /** The server's own limit is never loosened. */
    private long effective(long millis) {
        boolean ownIsShorter = ownMillis > 0 && millis >= ownMillis;
        return ownIsShorter ? StatementLimits.NONE : millis;
    }

    /** Whether these are the first bytes of a statement, or of something so large that it must be one. */
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
