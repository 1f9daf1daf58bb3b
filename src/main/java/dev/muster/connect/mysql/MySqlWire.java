package dev.muster.connect.mysql;

import dev.muster.connect.sql.Database;
import dev.muster.connect.sql.SqlSettings;
import dev.muster.plan.MusterException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import io.vertx.sqlclient.SqlConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A channel handler that adds to a connection what the driver lacks, and holds the connection's identity on the server.
 *
 * <ul>
 *   <li>It records the columns and placeholders of a prepared statement, and the column types of a result.
 *   <li>It keeps the driver from parsing values of which it would lose information, see {@link Column#disguise}.
 *   <li>It keeps the error of a cursor that could not be opened. The driver treats this response as a success and fetches, and then
 *       only learns that there is no cursor.
 *   <li>It drops a row that exceeds the size limit before the row is assembled, and reports it.
 *   <li>Its {@link LimitedSession} limits the time of statements on the server.
 *   <li>Its {@link ServerGuard} closes the connection if the server requests a file or sends unreadable data.
 * </ul>
 *
 * <p>Packets are handled on the connection's loop. The other methods are safe on any thread unless they state otherwise.
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

    /** Adds a handler to a new connection before any data has arrived. Runs on the connection's loop. */
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

    static MySqlWire of(SqlConnection connection) {
        return Objects.requireNonNull(Database.channelOf(connection).attr(KEY).get(), "a connection of another pool");
    }

    void loggedIn() {
        guard.loggedIn();
    }

    void greeted(Greeting greetings) {
        greeting = greetings;
        greetings.bounds().ifPresent(variable -> session.begins(variable, greetings.ownLimitMillis()));
    }

    LimitedSession session() {
        return session;
    }

    /** The connection's identity on the server, once the greeting is complete. */
    Greeting greeting() {
        return Objects.requireNonNull(greeting, "a connection that is not greeted");
    }

    /** Why this node closed the connection, if it did. */
    Optional<MusterException> whyEnded() {
        return guard.whyEnded();
    }

    /** Sets the listener for the reasons of dropped rows. */
    void onRowLost(Consumer<MusterException> listener) {
        rowLost = listener;
    }

    /** The columns of the last result. Call on the connection's loop, or after the statement has ended. */
    List<Column> columns() {
        return columns;
    }

    /** Announces that the server's next packet begins this response. */
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

    /** Moves the error that arrived in place of rows to the position at which the driver expects an error. */
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

    /** Handles one packet of a multi-packet row. The packets are held until the row is known to be within the limit. */
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
        Consumer<MusterException> listener = rowLost;
        if (listener != null) {
            listener.accept(why);
        }
    }
}
