package dev.muster.connect.mysql;

import dev.muster.connect.sql.SqlSettings;
import dev.muster.plan.MusterException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.impl.SocketConnectionBase;
import io.vertx.sqlclient.internal.SqlConnectionInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
 *   <li>Its {@link LimitedSession} tells the server how long statements may run.
 *   <li>Its {@link ServerGuard} ends it where the server asks for a file, or sends what cannot be read.
 * </ul>
 *
 * <p>Packets are handled on the connection's loop; the other methods may be called from any thread.
 */
final class MySqlWire extends ChannelInboundHandlerAdapter {
    private static final AttributeKey<MySqlWire> KEY = AttributeKey.valueOf(MySqlWire.class, "wire");
    private static final String DRIVER = "codec";
    private static final String LIMIT = "muster-limit";
    private static final String GUARD = "muster-guard";
    private static final String BEFORE = "muster-packets";
    private static final String AFTER = "muster-rows";
    private static final int FULL_PACKET = 0xFFFFFF;
    private static final int HEADER = 4;
    private static final int SEQUENCE = 3;
    private static final int ERROR = 0xFF;
    private static final int NO_CURSOR = 1421;

    private final SqlSettings settings;
    private final ServerGuard guard;
    private final LimitedSession session;
    private final List<ByteBuf> parts = new ArrayList<>();
    private long partBytes;
    private boolean dropping;
    private boolean describing;
    private @Nullable ByteBuf refusal;
    private List<Column> columns = List.of();
    private volatile @Nullable PrepareAnswer awaited;
    private volatile @Nullable Consumer<MusterException> rowLost;
    private volatile @Nullable Greeting greeting;

    private MySqlWire(SqlSettings settings, StatementLimits limits) {
        this.settings = settings;
        this.guard = new ServerGuard(settings.name());
        this.session = new LimitedSession(limits, guard);
    }

    /** Puts one into a new connection, before anything has come. On its loop. */
    static MySqlWire into(Channel channel, SqlSettings settings, StatementLimits limits) {
        var wire = new MySqlWire(settings, limits);
        channel.attr(KEY).set(wire);
        channel.pipeline()
                .addBefore(DRIVER, LIMIT, wire.session)
                .addBefore(DRIVER, GUARD, wire.guard)
                .addBefore(DRIVER, BEFORE, wire)
                .addAfter(DRIVER, AFTER, wire.guard.behindDriver());
        return wire;
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

    /** Says that the login is over. */
    void loggedIn() {
        guard.loggedIn();
    }

    /** Notes who the connection is on the server. */
    void greeted(Greeting greetings) {
        greeting = greetings;
        greetings.bounds().ifPresent(variable -> session.begins(variable, greetings.ownLimitMillis()));
    }

    /** Its session, as far as the length of its statements goes. */
    LimitedSession session() {
        return session;
    }

    /** Who the connection is on the server, once it was asked. */
    Greeting greeting() {
        return Objects.requireNonNull(greeting, "a connection that is not greeted");
    }

    /** Why this side has ended the connection, if it has. */
    Optional<MusterException> whyEnded() {
        return guard.whyEnded();
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
}
