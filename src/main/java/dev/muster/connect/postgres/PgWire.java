package dev.muster.connect.postgres;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stands between the socket of a connection and the driver, and reads along. On the connection's loop.
 *
 * <p>The driver gives null for types that it does not know (bit strings, XML), takes any text that begins with a brace for an
 * array, rounds numbers in JSON, reads a number of rows out of {@code CREATE TABLE}, and keeps the types of parameters to
 * itself. Here the messages that describe a statement are
 * noted, and the driver is told that parameters are of unknown type and columns are search vectors: both travel as text,
 * which this package writes and reads by the real types. A row that is too large is left out as it streams by, so that it
 * never takes memory.
 */
final class PgWire extends ChannelInboundHandlerAdapter {
    static final String NAME = "muster-wire";

    private static final int HEADER_BYTES = 5;
    private static final int MOST_DESCRIPTION_BYTES = 16 << 20;
    private static final int TEXT_IN = 705;
    private static final int TEXT_OUT = 3614;
    private static final byte ROW = 'D';
    private static final byte COLUMNS = 'T';
    private static final byte PARAMETERS = 't';
    private static final byte COMPLETE = 'C';
    private static final byte READY = 'Z';

    private final int mostRowBytes;
    private @Nullable ByteBuf kept;
    private int keptBytes = HEADER_BYTES;
    private long passBytes;
    private long skipBytes;
    private int[] parameters = {};
    private @Nullable List<Described.Column> columns;
    private long changed;
    private volatile boolean idle = true;
    private volatile @Nullable Runnable rowTooLarge;

    PgWire(int mostRowBytes) {
        this.mostRowBytes = mostRowBytes;
    }

    /** Sets who is told, on the connection's loop, that a row was left out. */
    void onRowTooLarge(Runnable told) {
        rowTooLarge = told;
    }

    /** The statement that was described last. */
    Described described() {
        return new Described(parameters.clone(), columns);
    }

    /** How many rows the statement that ended last has changed, or given. */
    long changed() {
        return changed;
    }

    /** Whether the server was outside of any transaction when it last said that it was ready. From any thread. */
    boolean isIdle() {
        return idle;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf in)) {
            context.fireChannelRead(message);
            return;
        }
        try {
            while (in.isReadable()) {
                read(context, in);
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        drop();
    }

    private void read(ChannelHandlerContext context, ByteBuf in) {
        if (skipBytes > 0) {
            int bytes = (int) Math.min(skipBytes, in.readableBytes());
            in.skipBytes(bytes);
            skipBytes -= bytes;
        } else if (passBytes > 0) {
            int bytes = (int) Math.min(passBytes, in.readableBytes());
            passBytes -= bytes;
            context.fireChannelRead(in.readRetainedSlice(bytes));
        } else if (kept != null || in.readableBytes() < HEADER_BYTES) {
            keep(context, in);
        } else {
            scan(context, in);
        }
    }

    /** Passes on all messages up to one that needs a look. */
    private void scan(ChannelHandlerContext context, ByteBuf in) {
        int from = in.readerIndex();
        int end = in.writerIndex();
        long at = from;
        while (end - at >= HEADER_BYTES) {
            byte type = in.getByte((int) at);
            long length = in.getUnsignedInt((int) at + 1);
            boolean isWhole = at + 1 + length <= end;
            if (isWhole && (type == COMPLETE || type == READY)) {
                note(type, in, (int) at, (int) (at + 1 + length));
            } else if (needsLook(type, length)) {
                break;
            }
            at += 1 + length;
        }
        passBytes = Math.max(0, at - end);
        int whole = (int) Math.min(at, end) - from;
        if (whole > 0) {
            context.fireChannelRead(in.readRetainedSlice(whole));
        } else {
            keep(context, in);
        }
    }

    private boolean needsLook(byte type, long length) {
        return switch (type) {
            case COLUMNS, PARAMETERS, COMPLETE, READY -> true;
            case ROW -> length > mostRowBytes;
            default -> false;
        };
    }

    /** Collects a message, first its header. */
    private void keep(ChannelHandlerContext context, ByteBuf in) {
        ByteBuf into = kept;
        if (into == null) {
            into = context.alloc().buffer(HEADER_BYTES);
            kept = into;
            keptBytes = HEADER_BYTES;
        }
        into.writeBytes(in, Math.min(in.readableBytes(), keptBytes - into.readableBytes()));
        if (into.readableBytes() < keptBytes) {
            return;
        }
        byte type = into.getByte(0);
        long length = into.getUnsignedInt(1);
        if (keptBytes > HEADER_BYTES || length == 4) {
            kept = null;
            note(type, into, into.readerIndex(), into.writerIndex());
            context.fireChannelRead(into);
        } else if (type == ROW && length > mostRowBytes) {
            drop();
            skipBytes = length - 4;
            tellTooLarge();
        } else if (needsLook(type, length) && length < MOST_DESCRIPTION_BYTES) {
            keptBytes = (int) length + 1;
        } else {
            kept = null;
            passBytes = Math.max(0, length - 4);
            context.fireChannelRead(into);
        }
    }

    private void note(byte type, ByteBuf in, int from, int to) {
        int body = from + HEADER_BYTES;
        switch (type) {
            case PARAMETERS -> noteParameters(in, body);
            case COLUMNS -> noteColumns(in, body, to);
            case COMPLETE -> changed = count(in, body, to - 1);
            default -> idle = in.getByte(body) == 'I';
        }
    }

    private void noteParameters(ByteBuf message, int body) {
        parameters = new int[message.getUnsignedShort(body)];
        columns = null;
        for (int i = 0, at = body + 2; i < parameters.length; i++, at += 4) {
            parameters[i] = message.getInt(at);
            message.setInt(at, TEXT_IN);
        }
    }

    private void noteColumns(ByteBuf message, int body, int to) {
        var found = new ArrayList<Described.Column>();
        int at = body + 2;
        for (int i = message.getUnsignedShort(body); i > 0; i--) {
            int end = message.indexOf(at, to, (byte) 0);
            String name = message.toString(at, end - at, StandardCharsets.UTF_8);
            // Behind the name: table, number in it, type, size, modifier, format.
            int type = end + 1 + 6;
            found.add(new Described.Column(name, message.getInt(type)));
            message.setInt(type, TEXT_OUT);
            at = type + 12;
        }
        columns = List.copyOf(found);
    }

    /** The number at the end of a command's tag, {@code INSERT 0 3}; 0 where there is none. */
    private static long count(ByteBuf message, int from, int to) {
        long count = 0;
        long place = 1;
        for (int at = to - 1; at >= from && place < Long.MAX_VALUE / 10; at--) {
            int digit = message.getByte(at) - '0';
            if (digit < 0 || digit > 9) {
                return count;
            }
            count += digit * place;
            place *= 10;
        }
        return count;
    }

    private void tellTooLarge() {
        Runnable told = rowTooLarge;
        if (told != null) {
            told.run();
        }
    }

    private void drop() {
        ByteBuf dropped = kept;
        kept = null;
        if (dropped != null) {
            dropped.release();
        }
    }
}
