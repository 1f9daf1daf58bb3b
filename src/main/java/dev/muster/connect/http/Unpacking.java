package dev.muster.connect.http;

import io.vertx.core.buffer.Buffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * The streaming decoder of a compressed body: gzip with any number of members (RFC 1952), or deflate (RFC 1950) with or without
 * its zlib header, which some servers omit.
 *
 * <p>The checksum and length of the data are verified; the optional checksum of a gzip header is skipped. A body is complete
 * only if its format has ended. {@link #close} releases memory outside the heap.
 */
final class Unpacking implements AutoCloseable {

    private enum Part {
        GZIP_HEAD,
        EXTRA_LENGTH,
        EXTRA,
        NAME,
        COMMENT,
        HEAD_SUM,
        DEFLATE_HEAD,
        DATA,
        GZIP_END,
        /** The end, or another member of a gzip. */
        BETWEEN,
        /** The end. */
        OVER
    }

    /** The codings that are decoded, as the value of the header {@code accept-encoding}. */
    static final String CODINGS = "gzip, deflate";

    private static final int ROOM_BYTES = 8 << 10;
    private static final int HAS_HEAD_SUM = 2;
    private static final int HAS_EXTRA = 4;
    private static final int HAS_NAME = 8;
    private static final int HAS_COMMENT = 16;
    private static final int RESERVED = 0xE0;

    private final boolean gzip;

    /** The field of a header or trailer that is being assembled from the pieces in which it arrives. */
    private final byte[] field = new byte[10];

    private final byte[] room = new byte[ROOM_BYTES];
    private final CRC32 sum = new CRC32();
    private int gathered;
    private Part part;
    private @Nullable Inflater inflater;
    private int flags;
    private int extraBytes;
    private boolean begun;

    private Unpacking(boolean gzip) {
        this.gzip = gzip;
        this.part = gzip ? Part.GZIP_HEAD : Part.DEFLATE_HEAD;
    }

    /** The decoder of a content coding in lower case; null if the coding is not supported. */
    static @Nullable Unpacking of(String coding) {
        return switch (coding) {
            case "gzip", "x-gzip" -> new Unpacking(true);
            case "deflate" -> new Unpacking(false);
            default -> null;
        };
    }

    /**
     * Decodes received data.
     *
     * @return false if the result is larger than the buffer's limit
     * @throws DataFormatException if the data is malformed, with the reason
     */
    boolean add(Buffer packed, BodyBuffer into) throws DataFormatException {
        byte[] bytes = packed.getBytes();
        begun |= bytes.length > 0;
        int at = 0;
        while (at < bytes.length) {
            if (part == Part.DATA) {
                Inflater open = open();
                open.setInput(bytes, at, bytes.length - at);
                if (!inflate(open, into)) {
                    return false;
                }
                at = bytes.length - open.getRemaining();
                if (!open.finished()) {
                    return true;
                }
                part = gzip ? Part.GZIP_END : Part.OVER;
            } else {
                at = step(bytes, at);
                if (part == Part.DATA && !gzip && !begin(into)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether the end of the format was seen. An empty body counts as complete. */
    boolean isWhole() {
        return !begun || part == Part.BETWEEN || part == Part.OVER;
    }

    @Override
    public void close() {
        if (inflater != null) {
            inflater.end();
            inflater = null;
        }
    }

    private Inflater open() {
        if (inflater == null) {
            inflater = new Inflater(true);
        }
        return inflater;
    }

    private boolean inflate(Inflater open, BodyBuffer into) throws DataFormatException {
        while (true) {
            int count = open.inflate(room);
            if (count == 0) {
                if (open.needsDictionary()) {
                    throw new DataFormatException("it is compressed with an unknown dictionary");
                }
                return true;
            }
            if (gzip) {
                sum.update(room, 0, count);
            }
            if (!into.add(room, 0, count)) {
                return false;
            }
        }
    }

    /** Parses bytes that are not compressed data. Returns the index of the next byte. */
    private int step(byte[] bytes, int from) throws DataFormatException {
        switch (part) {
            case GZIP_HEAD, BETWEEN -> {
                part = Part.GZIP_HEAD;
                int at = gather(bytes, from, 10);
                if (gathered == 10) {
                    gzipHead();
                }
                return at;
            }
            case EXTRA_LENGTH -> {
                int at = gather(bytes, from, 2);
                if (gathered == 2) {
                    extraBytes = at(0) | at(1) << 8;
                    next(extraBytes > 0 ? Part.EXTRA : after(HAS_EXTRA));
                }
                return at;
            }
            case EXTRA, HEAD_SUM -> {
                int skipped = Math.min(extraBytes, bytes.length - from);
                extraBytes -= skipped;
                if (extraBytes == 0) {
                    next(part == Part.EXTRA ? after(HAS_EXTRA) : Part.DATA);
                }
                return from + skipped;
            }
            case NAME, COMMENT -> {
                int at = from;
                while (at < bytes.length) {
                    if (bytes[at++] == 0) {
                        next(after(part == Part.NAME ? HAS_NAME : HAS_COMMENT));
                        return at;
                    }
                }
                return at;
            }
            case DEFLATE_HEAD -> {
                int at = gather(bytes, from, 2);
                if (gathered == 2) {
                    boolean wrapped = (at(0) & 0x0F) == 8 && (at(0) << 8 | at(1)) % 31 == 0;
                    inflater = new Inflater(!wrapped);
                    part = Part.DATA;
                }
                return at;
            }
            case GZIP_END -> {
                int at = gather(bytes, from, 8);
                if (gathered == 8) {
                    gzipEnd();
                }
                return at;
            }
            default -> throw new DataFormatException("bytes follow after its end");
        }
    }

    /** Decodes the two bytes that were inspected to detect the header; they belong to the data. */
    private boolean begin(BodyBuffer into) throws DataFormatException {
        Inflater open = open();
        open.setInput(field, 0, 2);
        gathered = 0;
        boolean fits = inflate(open, into);
        if (open.finished()) {
            if (open.getRemaining() > 0) {
                throw new DataFormatException("bytes follow after its end");
            }
            part = Part.OVER;
        }
        return fits;
    }

    private void gzipHead() throws DataFormatException {
        if (at(0) != 0x1F || at(1) != 0x8B || at(2) != 8) {
            throw new DataFormatException("it is not gzip");
        }
        flags = at(3);
        if ((flags & RESERVED) != 0) {
            throw new DataFormatException("it is a gzip of an unknown kind");
        }
        sum.reset();
        if (inflater != null) {
            inflater.reset();
        }
        next(after(0));
    }

    private void gzipEnd() throws DataFormatException {
        if (intAt(0) != (int) sum.getValue() || intAt(4) != (int) open().getBytesWritten()) {
            throw new DataFormatException("its checksum or length is wrong");
        }
        next(Part.BETWEEN);
    }

    /** The part of a gzip header that follows the part of a flag. */
    private Part after(int flag) {
        if (flag < HAS_EXTRA && (flags & HAS_EXTRA) != 0) {
            return Part.EXTRA_LENGTH;
        }
        if (flag < HAS_NAME && (flags & HAS_NAME) != 0) {
            return Part.NAME;
        }
        if (flag < HAS_COMMENT && (flags & HAS_COMMENT) != 0) {
            return Part.COMMENT;
        }
        return (flags & HAS_HEAD_SUM) != 0 ? Part.HEAD_SUM : Part.DATA;
    }

    private void next(Part following) {
        part = following;
        extraBytes = following == Part.HEAD_SUM ? 2 : extraBytes;
        gathered = 0;
    }

    /** Appends bytes to the field up to the wanted number. Returns the index after the last byte taken. */
    private int gather(byte[] from, int at, int wanted) {
        int taken = Math.min(wanted - gathered, from.length - at);
        System.arraycopy(from, at, field, gathered, taken);
        gathered += taken;
        return at + taken;
    }

    /** A byte of the field as an unsigned number. */
    private int at(int index) {
        return field[index] & 0xFF;
    }

    /** A number of four bytes, little-endian. */
    private int intAt(int index) {
        return at(index) | at(index + 1) << 8 | at(index + 2) << 16 | at(index + 3) << 24;
    }
}
