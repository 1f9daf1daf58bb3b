package dev.muster.connect.postgres;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import java.nio.charset.StandardCharsets;
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
 *
 * <p>The driver knows nothing of {@code COPY} and waits forever for the end of an empty statement; what it cannot decode it
 * throws, one exception for each further message. So a copy is left out and told of, an empty statement changes no rows, and
 * the first message that makes no sense, or that nobody has asked for, ends the connection.
 */
final class PgWire extends ChannelDuplexHandler {
    private static final String NAME = "muster-wire";
    private static final String CODEC = "codec";
    private static final int HEADER_BYTES = PgNotes.HEADER_BYTES;
    private static final int MOST_DESCRIPTION_BYTES = 16 << 20;

    /** In place of an empty statement's end, which the driver does not know. */
    private static final byte[] NOTHING_DONE = {'C', 0, 0, 0, 5, 0};

    private static final byte[] NO_COPY = "not supported by this client\0".getBytes(StandardCharsets.US_ASCII);

    private final int mostRowBytes;
    private final PgNotes notes = new PgNotes();
    private final PgTypes types = new PgTypes();
    private @Nullable ByteBuf kept;
    private int keptBytes = HEADER_BYTES;
    private long passBytes;
    private long skipBytes;
    private boolean isGarbled;
    private volatile @Nullable Runnable rowTooLarge;
    private volatile @Nullable Runnable copies;

    private PgWire(int mostRowBytes) {
        this.mostRowBytes = mostRowBytes;
    }

    /** One between the socket and the driver of a connection. */
    static PgWire into(ChannelPipeline pipeline, int mostRowBytes) {
        var wire = new PgWire(mostRowBytes);
        pipeline.addBefore(CODEC, NAME, wire);
        pipeline.addAfter(CODEC, NAME + "-end", new PgEnd(() -> wire.isGarbled = true));
        return wire;
    }

    /** Sets who is told, on the connection's loop, that a row was left out, and that a copy was. */
    void onLost(Runnable row, Runnable copy) {
        rowTooLarge = row;
        copies = copy;
    }

    /** The types that were learned on this connection: behind the next one there may be another server. */
    PgTypes types() {
        return types;
    }

    /** What the server has said. */
    PgNotes notes() {
        return notes;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        notes.asked();
        var unused = context.write(message, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf in)) {
            context.fireChannelRead(message);
            return;
        }
        try {
            while (in.isReadable() && !isGarbled) {
                read(context, in);
            }
        } catch (GarbledException e) {
            garbled(context, e);
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            garbled(context, new GarbledException("a message is shorter than it says"));
        } finally {
            in.release();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        drop();
    }

    private void garbled(ChannelHandlerContext context, GarbledException why) {
        isGarbled = true;
        drop();
        // The driver fails what waits for an answer, and marks the connection as closed.
        context.fireExceptionCaught(why);
        var unused = context.close();
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
            PgWay way = way(type, length);
            boolean isWhole = at + 1 + length <= end;
            if (way == PgWay.NOTE && isWhole) {
                notes.note(type, in, (int) at, (int) (at + 1 + length));
            } else if (way != PgWay.PASS) {
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

    private PgWay way(byte type, long length) {
        return notes.expects(type) ? PgWay.of(type, length, mostRowBytes) : PgWay.UNKNOWN;
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
        PgWay way = way(type, length);
        if (way == PgWay.UNKNOWN) {
            throw new GarbledException("a message of type " + (type & 0xff) + " and " + length + " bytes");
        }
        if (way == PgWay.DROP) {
            drop();
            skipBytes = length - 4;
            dropped(context, type);
        } else if (way != PgWay.PASS && keptBytes == HEADER_BYTES && length > 4 && length < MOST_DESCRIPTION_BYTES) {
            keptBytes = (int) length + 1;
        } else {
            kept = null;
            passBytes = length + 1 - into.readableBytes();
            if (way != PgWay.PASS && passBytes == 0) {
                note(type, into);
            }
            context.fireChannelRead(into);
        }
    }

    private void note(byte type, ByteBuf message) {
        try {
            notes.note(type, message, message.readerIndex(), message.writerIndex());
        } catch (RuntimeException e) {
            message.release();
            throw e;
        }
    }

    private void dropped(ChannelHandlerContext context, byte type) {
        switch (type) {
            case PgWay.ROW -> tell(rowTooLarge);
            case PgWay.EMPTY -> {
                notes.note(type, Unpooled.EMPTY_BUFFER, 0, 0);
                context.fireChannelRead(
                        context.alloc().buffer(NOTHING_DONE.length).writeBytes(NOTHING_DONE));
            }
            case PgWay.COPY_OUT -> tell(copies);
            case PgWay.COPY_IN -> {
                tell(copies);
                refuseCopy(context);
            }
            default -> {}
        }
    }

    /** The server has read the end of the statement as a part of the copy, so it is said again. */
    private static void refuseCopy(ChannelHandlerContext context) {
        ByteBuf refusal = context.alloc().buffer(NO_COPY.length + 2 * HEADER_BYTES);
        refusal.writeByte('f').writeInt(NO_COPY.length + 4).writeBytes(NO_COPY);
        refusal.writeByte('S').writeInt(4);
        var unused = context.writeAndFlush(refusal, context.voidPromise());
    }

    private static void tell(@Nullable Runnable told) {
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
