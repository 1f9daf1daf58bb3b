package dev.muster.connect.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.bson.BsonBinaryWriter;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;

/** Stands between driver and server, sees every command, and may answer, hold or break it. */
final class Tap implements AutoCloseable {
    private static final int HEADER = 16;
    private static final int OP_REPLY = 1;
    private static final int REPLY_HEADER = HEADER + 20;
    private static final int OP_MSG = 2013;

    private final ServerSocket door;
    private final URI server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Map<Integer, Seen> held = new ConcurrentHashMap<>();
    private final BlockingQueue<Seen> news = new LinkedBlockingQueue<>();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final Map<Socket, CountDownLatch> closed = new ConcurrentHashMap<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final Semaphore greeted = new Semaphore(0);
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile boolean sessions;
    private volatile Function<Seen, Act> script = command -> Act.PASS;

    /** What becomes of a command. */
    enum Act {
        /** It goes on to the server, and the answer back. */
        PASS,
        /** It gets no answer before {@link Seen#answer}. */
        HOLD,
        /** Its connection is closed. */
        BREAK
    }

    /** A command on its way, with its connection. */
    record Seen(String name, BsonDocument body, int request, Socket from) {
        /** Answers it in the server's place. */
        void answer(BsonDocument reply) {
            answer(bytes(reply));
        }

        /** The same, with what may be no BSON. */
        void answer(byte[] reply) {
            try {
                write(from.getOutputStream(), message(reply, request));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    Tap(String uri) throws IOException {
        server = URI.create(uri);
        door = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        thread(() -> {
            while (true) {
                accept(door.accept());
            }
        });
    }

    /** The server's address by way of this. */
    String uri() {
        return "mongodb://127.0.0.1:" + door.getLocalPort() + server.getPath();
    }

    void script(Function<Seen, Act> with) {
        script = with;
    }

    /** The next command of that name that has not been asked for; others before it are passed over. */
    Seen await(String name) {
        try {
            for (Seen next = news.poll(10, TimeUnit.SECONDS); next != null; next = news.poll(10, TimeUnit.SECONDS)) {
                if (next.name().equals(name)) {
                    return next;
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("no " + name + " within 10 s");
    }

    List<String> names() {
        return seen.stream().map(Seen::name).toList();
    }

    /** Keeps connections from coming about: the first message of each, which is no command, waits. */
    void holdGreetings(boolean hold) {
        greeted.drainPermits();
        gate.countDown();
        gate = new CountDownLatch(hold ? 1 : 0);
    }

    void awaitGreeting() {
        try {
            assertThat(greeted.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Makes the server greet like one that knows sessions, as a real one does and the embedded one does not. */
    void offerSessions() {
        sessions = true;
    }

    /** Whether the connection of a command has been closed by the driver. */
    boolean isClosed(Seen command) {
        try {
            return closed.computeIfAbsent(command.from(), it -> new CountDownLatch(1))
                    .await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** How many connections there have been. */
    int connections() {
        return connections.get();
    }

    /** Closes every connection. */
    void breakAll() {
        sockets.forEach(Tap::close);
    }

    static BsonDocument ok() {
        return new BsonDocument("ok", new BsonInt32(1));
    }

    @Override
    public void close() throws IOException {
        door.close();
        breakAll();
    }

    private void accept(Socket client) throws IOException {
        var upstream = new Socket(server.getHost(), server.getPort());
        connections.incrementAndGet();
        sockets.add(client);
        sockets.add(upstream);
        thread(() -> pump(client, upstream, true));
        thread(() -> pump(upstream, client, false));
    }

    private void pump(Socket from, Socket to, boolean isRequest) throws IOException {
        try {
            var in = new DataInputStream(from.getInputStream());
            while (true) {
                byte[] message = read(in);
                ByteBuffer header = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
                if (isRequest && header.getInt(12) != OP_MSG) {
                    greeted.release();
                    gate.await();
                }
                boolean passes = isRequest
                        ? header.getInt(12) != OP_MSG || passes(command(message, header.getInt(4), from))
                        : !held.containsKey(header.getInt(8));
                if (passes) {
                    boolean isGreeting = !isRequest && header.getInt(12) == OP_REPLY;
                    write(to.getOutputStream(), isGreeting && sessions ? withSessions(message) : message);
                }
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        } finally {
            closed.computeIfAbsent(from, it -> new CountDownLatch(1)).countDown();
            close(from);
            close(to);
        }
    }

    private boolean passes(Seen command) {
        Act act = script.apply(command);
        if (act == Act.HOLD) {
            held.put(command.request(), command);
        }
        seen.add(command);
        news.add(command);
        if (act == Act.BREAK) {
            close(command.from());
        }
        return act == Act.PASS;
    }

    private static byte[] withSessions(byte[] reply) {
        int size = ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN).getInt(REPLY_HEADER);
        byte[] greeting = bytes(new RawBsonDocument(reply, REPLY_HEADER, size)
                .decode(new BsonDocumentCodec())
                .append("logicalSessionTimeoutMinutes", new BsonInt32(30)));
        return ByteBuffer.allocate(REPLY_HEADER + greeting.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(reply, 0, REPLY_HEADER)
                .put(greeting)
                .putInt(0, REPLY_HEADER + greeting.length)
                .array();
    }

    private static Seen command(byte[] message, int request, Socket from) {
        int at = HEADER + 4;
        while (message[at] != 0) {
            at += 1 + ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).getInt(at + 1);
        }
        int size = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).getInt(at + 1);
        var body = new RawBsonDocument(message, at + 1, size).decode(new BsonDocumentCodec());
        return new Seen(body.getFirstKey(), body, request, from);
    }

    private static byte[] message(byte[] bson, int request) {
        return ByteBuffer.allocate(HEADER + 5 + bson.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(HEADER + 5 + bson.length)
                .putInt(1)
                .putInt(request)
                .putInt(OP_MSG)
                .putInt(0)
                .put((byte) 0)
                .put(bson)
                .array();
    }

    private static byte[] bytes(BsonDocument document) {
        try (var body = new BasicOutputBuffer();
                var writer = new BsonBinaryWriter(body)) {
            new BsonDocumentCodec()
                    .encode(writer, document, EncoderContext.builder().build());
            return body.toByteArray();
        }
    }

    private static byte[] read(DataInputStream in) throws IOException {
        byte[] size = in.readNBytes(4);
        if (size.length < 4) {
            throw new IOException("closed");
        }
        int length = ByteBuffer.wrap(size).order(ByteOrder.LITTLE_ENDIAN).getInt();
        var message = new byte[length];
        System.arraycopy(size, 0, message, 0, 4);
        in.readFully(message, 4, length - 4);
        return message;
    }

    private static synchronized void write(OutputStream out, byte[] message) throws IOException {
        out.write(message);
        out.flush();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void thread(Step step) {
        var thread = new Thread(
                () -> {
                    try {
                        step.run();
                    } catch (IOException e) {
                        // It was closed, which is how each ends.
                    }
                },
                "tap");
        thread.setDaemon(true);
        thread.start();
    }
}
