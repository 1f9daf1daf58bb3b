package dev.muster.connect.mysql;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What the server answers when it prepares a statement: how many placeholders it has, and which columns. The driver reads
 * the same packets and keeps neither. Written on the connection's loop, read after that.
 */
final class PrepareAnswer {
    private static final int HEADER = 4;
    private static final int COUNTS_AT = 5;

    /** Every definition opens with the catalog, which is always {@code def}. */
    private static final int DEFINITION = 3;

    private final List<Column> columns = new ArrayList<>();
    private int params = -1;
    private int paramsLeft;
    private int columnsLeft;

    /** How many placeholders the statement has. */
    int params() {
        return params;
    }

    /** Its columns; none where it has no result. */
    List<Column> columns() {
        return Collections.unmodifiableList(columns);
    }

    /**
     * Looks at a packet, header included, and leaves it as it is.
     *
     * @return whether more packets belong to the answer
     */
    boolean read(ByteBuf packet) {
        int at = packet.readerIndex() + HEADER;
        if (params < 0) {
            if (packet.getByte(at) != 0) {
                return false;
            }
            columnsLeft = packet.getUnsignedShortLE(at + COUNTS_AT);
            paramsLeft = packet.getUnsignedShortLE(at + COUNTS_AT + 2);
            params = paramsLeft;
        } else if (packet.getByte(at) == DEFINITION) {
            definition(packet, at);
        }
        return paramsLeft + columnsLeft > 0;
    }

    private void definition(ByteBuf packet, int at) {
        if (paramsLeft > 0) {
            paramsLeft--;
            return;
        }
        columnsLeft--;
        int place = at;
        for (int skipped = 0; skipped < 4; skipped++) {
            place = textAt(packet, place) + lengthAt(packet, place);
        }
        int from = textAt(packet, place);
        int length = lengthAt(packet, place);
        String name = packet.toString(from, length, StandardCharsets.UTF_8);
        place = from + length;
        place = textAt(packet, place) + lengthAt(packet, place);
        // Behind the length of what follows: 2 bytes of character set, 4 of width, then the type.
        columns.add(new Column(name, packet.getUnsignedByte(place + 7)));
    }

    private static int lengthAt(ByteBuf packet, int at) {
        int first = packet.getUnsignedByte(at);
        return first == 0xFC ? packet.getUnsignedShortLE(at + 1) : first;
    }

    private static int textAt(ByteBuf packet, int at) {
        return at + (packet.getUnsignedByte(at) == 0xFC ? 3 : 1);
    }
}
