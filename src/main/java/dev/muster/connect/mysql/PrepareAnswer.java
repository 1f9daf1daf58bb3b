package dev.muster.connect.mysql;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The server's response to preparing a statement: the number of placeholders, and the columns. The driver reads the same packets
 * and keeps neither. Written on the connection's loop, read afterwards.
 */
final class PrepareAnswer {
    private static final int HEADER = 4;
    private static final int COUNTS_AT = 5;

    private final List<String> columns = new ArrayList<>();
    private int params = -1;
    private int paramsLeft;
    private int columnsLeft;

    int params() {
        return params;
    }

    /** The column names of the statement; empty if it has no result set. */
    List<String> columns() {
        return Collections.unmodifiableList(columns);
    }

    /**
     * Inspects a packet, header included, without changing it.
     *
     * @return whether more packets belong to the response
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
        } else if (Column.describes(packet) && paramsLeft > 0) {
            paramsLeft--;
        } else if (Column.describes(packet)) {
            columnsLeft--;
            columns.add(Column.read(packet).name());
        }
        return paramsLeft + columnsLeft > 0;
    }
}
