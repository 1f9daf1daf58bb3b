package dev.muster.connect.mysql;

import dev.muster.connect.sql.SqlSettings;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.impl.RowDecoder;
import io.vertx.sqlclient.impl.SocketConnectionBase;
import io.vertx.sqlclient.internal.SqlConnectionInternal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection below its driver: who it is on the server, and what the driver does not do.
 *
 * <ul>
 *   <li>It tells the columns and placeholders of a prepared statement, and the types of the columns of a result.
 *   <li>It keeps the driver from reading values of which it would lose some, see {@link Column#disguise}.
 *   <li>It keeps why a server could not open a cursor. The driver takes that answer for a success, fetches, and hears that
 *       there is no cursor.
 *   <li>A row that is larger than rows may be is left out before it is put together, and reported.
 *   <li>A row that cannot be read is reported. The driver would drop it in silence, call the statement a success, and lose
 *       the connection.
 * </ul>
 *
 * <p>Packets are handled on the connection's loop; the other methods may be called from any thread.
 */
final class MySqlWire extends ChannelInboundHandlerAdapter {
    private static final AttributeKey<MySqlWire> KEY = AttributeKey.valueOf(MySqlWire.class, "wire");
    private static final String DRIVER = "codec";
    private static final String BEFORE = "muster-packets";
    private static final String AFTER = "muster-rows";
    private static final int FULL_PACKET = 0xFFFFFF;
    private static final int HEADER = 4;
    private static final int SEQUENCE = 3;
    private static final int ERROR = 0xFF;
    private static final int NO_CURSOR = 1421;

    private final SqlSettings settings;
    private final Greeting greeting;
    private final List<ByteBuf> parts = new ArrayList<>();
    private long partBytes;
    private boolean dropping;
    private boolean describing;
    private @Nullable ByteBuf refusal;
    private List<Column> columns = List.of();
    private volatile @Nullable PrepareAnswer awaited;
    private volatile @Nullable Consumer<MusterException> rowLost;

    private MySqlWire(SqlSettings settings, Greeting greeting) {
        this.settings = settings;
        this.greeting = greeting;
    }

    /** Puts one into a new connection. On its loop. */
    static void into(SqlConnection connection, SqlSettings settings, Greeting greeting) {
        var wire = new MySqlWire(settings, greeting);
        Channel channel = channelOf(connection);
        channel.attr(KEY).set(wire);
        channel.pipeline().addBefore(DRIVER, BEFORE, wire);
        channel.pipeline().addAfter(DRIVER, AFTER, wire.new Unreadable());
    }

    /** That of a connection. */
    static MySqlWire of(SqlConnection connection) {
        return Objects.requireNonNull(channelOf(connection).attr(KEY).get(), "a connection of another pool");
    }

    /** The socket of a connection, borrowed from a pool or not. */
    static Channel channelOf(SqlConnection connection) {
        var physical = (SocketConnectionBase)
                ((SqlConnectionInternal) connection).unwrap().unwrap();
        return physical.socket().channelHandlerContext().channel();
    }

    /** Who the connection is on the server. */
    Greeting greeting() {
        return greeting;
    }

    /** Sets who is told why a row was left out. */
    void onRowLost(Consumer<MusterException> told) {
        rowLost = told;
    }

    /** The columns of the last result: on the connection's loop, or once its statement has ended. */
    List<Column> columns() {
        return columns;
    }

    /** Says that the next packet from the server begins this answer. */
    void await(PrepareAnswer answer) {
        awaited = answer;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var packet = (ByteBuf) message;
        PrepareAnswer answer = awaited;
        if (answer != null && !answer.read(packet)) {
            awaited = null;
        }
        boolean full = packet.getUnsignedMediumLE(packet.readerIndex()) == FULL_PACKET;
        if (full || dropping || !parts.isEmpty()) {
            part(context, packet, !full);
            return;
        }
        boolean describes = Column.describes(packet);
        if (describes) {
            describe(packet);
        }
        context.fireChannelRead(withRefusal(packet));
        describing = describes;
    }

    private void describe(ByteBuf packet) {
        if (!describing) {
            columns = new ArrayList<>();
        }
        Column column = Column.read(packet);
        columns.add(column);
        column.disguise(packet);
    }

    /** Puts the error that came in the place of rows there where the driver looks for one. */
    private ByteBuf withRefusal(ByteBuf packet) {
        ByteBuf known = refusal;
        refusal = null;
        int at = packet.readerIndex() + HEADER;
        boolean isError = packet.getUnsignedByte(at) == ERROR;
        if (known != null && isError && packet.getUnsignedShortLE(at + 1) == NO_CURSOR) {
            known.setByte(known.readerIndex() + SEQUENCE, packet.getByte(packet.readerIndex() + SEQUENCE));
            packet.release();
            return known;
        }
        if (known != null) {
            known.release();
        }
        if (describing && isError) {
            refusal = packet.copy();
        }
        return packet;
    }

    /** One of the packets of a row that needs several. They are held until it is known that they are not too many. */
    private void part(ChannelHandlerContext context, ByteBuf packet, boolean last) {
        partBytes += packet.readableBytes();
        if (partBytes > settings.maxResponse() && !dropping) {
            dropping = true;
            releaseParts();
            lost(settings.rowTooLarge());
        }
        if (dropping) {
            packet.release();
        } else {
            parts.add(packet);
        }
        if (last) {
            var whole = List.copyOf(parts);
            parts.clear();
            partBytes = 0;
            dropping = false;
            whole.forEach(context::fireChannelRead);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        releaseParts();
        if (refusal != null) {
            refusal.release();
            refusal = null;
        }
        context.fireChannelInactive();
    }

    private void releaseParts() {
        parts.forEach(ByteBuf::release);
        parts.clear();
    }

    private void lost(MusterException why) {
        Consumer<MusterException> told = rowLost;
        if (told != null) {
            told.accept(why);
        }
    }

    /** Behind the driver: takes what it throws while it reads a row. What comes after that row is read as usual. */
    private final class Unreadable extends ChannelInboundHandlerAdapter {

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable thrown) {
            boolean inRow = Arrays.stream(thrown.getStackTrace())
                    .anyMatch(frame -> frame.getClassName().equals(RowDecoder.class.getName()));
            if (inRow) {
                lost(new MusterException(
                        ErrorType.BAD_RESPONSE,
                        settings.name() + ": a row holds a value that cannot be read (" + thrown.getMessage()
                                + "), a date with a zero in it, say; select it with cast(… as char)",
                        thrown));
            } else {
                context.fireExceptionCaught(thrown);
            }
        }
    }
}
