package dev.muster.connect.postgres;

import dev.muster.connect.postgres.PgWire.GarbledException;
import io.netty.buffer.ByteBuf;
import io.vertx.pgclient.PgException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The facts from a server's messages that the driver does not expose. Written on the connection's loop. */
final class PgNotes {
    /**
     * The server's description of a statement.
     *
     * @param parameters the types of the parameters, as object identifiers (OIDs)
     * @param columns the columns; null if the statement has no result set
     */
    record Described(int[] parameters, @Nullable List<Column> columns) {

        Set<Integer> types() {
            IntStream ofColumns =
                    columns == null ? IntStream.empty() : columns.stream().mapToInt(Column::type);
            return IntStream.concat(IntStream.of(parameters), ofColumns).boxed().collect(Collectors.toSet());
        }
    }

    /** A column and its type, as an object identifier. */
    record Column(String name, int type) {}

    /** A message begins with its type and its length. */
    static final int HEADER_BYTES = 5;

    private static final int TEXT_IN = 705;
    private static final int TEXT_OUT = 3614;
    private static final Set<String> LAST_WORDS = Set.of("FATAL", "PANIC");

    private int[] parameters = {};
    private @Nullable List<Column> columns;
    private long changed;
    private boolean isBound;
    private boolean isOver;
    private boolean isAnswerDue;
    private volatile boolean failedBeforeBound;
    private volatile boolean idle = true;
    private volatile boolean isShared;
    private volatile @Nullable PgException end;
    private volatile @Nullable Throwable unfit;

    Described described() {
        return new Described(parameters.clone(), columns);
    }

    /** The number of rows that the last completed statement changed or returned. */
    long changed() {
        return changed;
    }

    /** Records that the driver has sent something, so that a response is expected. */
    void requestSent() {
        isAnswerDue = true;
    }

    /**
     * Whether a message is allowed now. Notices, notifications, parameter changes and errors are always allowed, others only as a
     * response.
     */
    boolean expects(byte type) {
        return isAnswerDue || type == 'N' || type == 'A' || type == 'S' || type == 'E';
    }

    /**
     * Whether the connection is reusable: the server was outside any transaction when it last reported to be ready, and the session
     * is private and set up correctly. Safe on any thread.
     */
    boolean isIdle() {
        return idle && end == null && !isShared && unfit == null;
    }

    void isShared(boolean known) {
        isShared = known;
    }

    /** Whether other connections share the server session. Safe on any thread. */
    boolean isShared() {
        return isShared;
    }

    /** Records why the session is not known to be set up correctly. */
    void unfit(Throwable why) {
        unfit = why;
    }

    /** Why no statement may be sent to this session; null if it is set up correctly. Safe on any thread. */
    @Nullable
    Throwable unfit() {
        return unfit;
    }

    /** The error with which the server ended the connection; null if it sent none. Safe on any thread. */
    @Nullable
    PgException end() {
        return end;
    }

    /** Whether the last rejected statement failed before its parameters were bound, so that nothing was executed. Safe on any thread. */
    boolean failedBeforeBound() {
        return failedBeforeBound;
    }

    /**
     * Records a message. Changes the types in a description so that the driver transfers all values as text.
     *
     * @param from the start of the message, as an index of the buffer
     * @param to the end of the message, exclusive
     * @throws GarbledException if the message is not allowed here
     */
    void note(byte type, ByteBuf in, int from, int to) {
        int body = from + HEADER_BYTES;
        switch (type) {
            case 't' -> noteParameters(in, body);
            case 'T' -> noteColumns(in, body, to);
            case '2' -> isBound = true;
            case 'C' -> {
                changed = count(in, body, to - 1);
                isOver = true;
            }
            case 'E' -> noteError(in, body, to);
            case 's' -> isOver = true;
            case 'I' -> {
                changed = 0;
                isOver = true;
            }
            default -> noteReady(in.getByte(body));
        }
    }

    private void noteReady(byte state) {
        if (isBound && !isOver) {
            throw new GarbledException("it is ready for the next statement before this one has ended");
        }
        isBound = false;
        isOver = false;
        isAnswerDue = false;
        idle = state == 'I';
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
        var found = new ArrayList<Column>();
        int at = body + 2;
        for (int i = message.getUnsignedShort(body); i > 0; i--) {
            int end = message.indexOf(at, to, (byte) 0);
            String name = message.toString(at, end - at, StandardCharsets.UTF_8);
            // After the name: table, column number, type, size, modifier, format.
            int type = end + 1 + 6;
            found.add(new Column(name, message.getInt(type)));
            message.setInt(type, TEXT_OUT);
            at = type + 12;
        }
        columns = List.copyOf(found);
    }

    /** Records an error. The driver drops the server's last message and the severity in its untranslated form. */
    private void noteError(ByteBuf message, int body, int to) {
        isOver = true;
        failedBeforeBound = !isBound;
        Map<Character, String> fields = new HashMap<>();
        int at = body;
        while (at < to && message.getByte(at) != 0) {
            int end = message.indexOf(at + 1, to, (byte) 0);
            char field = (char) message.getByte(at);
            fields.put(field, message.toString(at + 1, end - at - 1, StandardCharsets.UTF_8));
            at = end + 1;
        }
        String severity = fields.getOrDefault('V', fields.get('S'));
        if (severity != null && LAST_WORDS.contains(severity)) {
            end = new PgException(fields.get('M'), severity, fields.get('C'), null);
        }
    }

    /** The number at the end of a command tag such as {@code INSERT 0 3}; 0 if there is none. */
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
}
