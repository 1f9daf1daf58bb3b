package dev.muster.connect.mysql;

import dev.muster.connect.http.TestKeys;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.KeyStore;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * Speaks as much of MySQL's protocol as a login and a statement take, and answers each command as a test says. It knows which
 * abilities clients offer, and what they sent when they were asked for a file.
 */
final class FakeMySql implements AutoCloseable {
    static final int QUERY = 3;
    static final int PREPARE = 0x16;
    static final int EXECUTE = 0x17;
    static final int FETCH = 0x1C;
    static final int RESET = 0x1A;
    static final int LOCAL_FILES = 0x80;
    private static final int CLOSE = 0x19;
    private static final int QUIT = 1;
    private static final int SSL = 0x800;
    private static final int PLUGIN_AUTH = 0x80000;
    private static final int OFFERS =
            0x1 | 0x8 | LOCAL_FILES | 0x200 | 0x2000 | 0x8000 | 0x10000 | 0x20000 | PLUGIN_AUTH;

    /** What becomes of a command: the payloads of the packets, or null for what a server would say by itself. */
    interface Script {
        byte @Nullable [][] answer(int command, String text);
    }

    /** Offers of each client, that before TLS first where there is TLS. */
    final List<Integer> offers = new CopyOnWriteArrayList<>();

    /** The texts of the commands. */
    final List<String> commands = new CopyOnWriteArrayList<>();

    /** What came after a request for a file, until the client had hung up. */
    final LinkedBlockingQueue<byte[]> afterFile = new LinkedBlockingQueue<>();

    private final ServerSocket listener;
    private final @Nullable SSLContext tls;
    private final Script script;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    FakeMySql(Script script) throws Exception {
        this(script, null);
    }

    /** With TLS, if there are keys. */
    FakeMySql(Script script, @Nullable TestKeys keys) throws Exception {
        this.script = script;
        this.tls = keys == null ? null : context(keys);
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        var thread = new Thread(this::accept, "fake-mysql");
        thread.setDaemon(true);
        thread.start();
    }

    String address() {
        return "mysql://u:p@127.0.0.1:" + listener.getLocalPort() + "/x?sslMode="
                + (tls == null ? "disabled" : "required");
    }

    /** What a client that was asked for a file sent before it hung up. */
    byte[] sentForFile() throws InterruptedException {
        byte[] sent = afterFile.poll(30, TimeUnit.SECONDS);
        if (sent == null) {
            throw new AssertionError("the client has not hung up");
        }
        return sent;
    }

    static byte[][] packets(byte[]... payloads) {
        return payloads;
    }

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** Nothing comes; another result follows if so. */
    static byte[] ok(boolean more) {
        return bytes(0, 0, 0, 2 | (more ? 8 : 0), 0, 0, 0);
    }

    /** The end of columns, or of rows. */
    static byte[] end(boolean more) {
        return bytes(0xFE, 0, 0, 2 | (more ? 8 : 0), 0);
    }

    static byte[] error(int code, String state, String text) {
        return join(bytes(0xFF, code & 0xFF, code >> 8), ("#" + state + text).getBytes(StandardCharsets.UTF_8));
    }

    /** The wish for a file of the client. */
    static byte[] file(String name) {
        return join(bytes(0xFB), name.getBytes(StandardCharsets.UTF_8));
    }

    /** A statement that is prepared, without columns and with this many placeholders, which are not described. */
    static byte[] prepared() {
        return bytes(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /** A column of that type of the protocol. */
    static byte[] column(String name, int type) {
        var out = new ByteArrayOutputStream();
        for (String part : List.of("def", "", "", "", name, name)) {
            out.write(part.length());
            out.writeBytes(part.getBytes(StandardCharsets.UTF_8));
        }
        out.writeBytes(bytes(12, 45, 0, 255, 0, 0, 0, type, 0, 0, 0, 0, 0));
        return out.toByteArray();
    }

    /** One row of four columns: what a greeting asks for, the last of them only where statements are bounded. */
    static byte[][] greeting() {
        return packets(
                bytes(4),
                column("id", 8),
                column("packet", 8),
                column("server", 253),
                column("limit", 8),
                end(false),
                bytes(1, '7', 8, '1', '6', '7', '7', '7', '2', '1', '6', 1, 's', 1, '0'),
                end(false));
    }

    /** One row of one number of one digit. */
    static byte[][] row(char digit) {
        return packets(bytes(1), column("number", 8), end(false), bytes(1, digit), end(false));
    }

    private static byte[] join(byte[] first, byte[] second) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(first);
        out.writeBytes(second);
        return out.toByteArray();
    }

    private static SSLContext context(TestKeys keys) throws Exception {
        char[] password = "changeit".toCharArray();
        var store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys.cert().resolveSibling("localhost.p12"))) {
            store.load(in, password);
        }
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, password);
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                open.add(client);
                var thread = new Thread(() -> serve(client), "fake-mysql-client");
                thread.setDaemon(true);
                thread.start();
            }
        } catch (IOException e) {
            // It is closed.
        }
    }

    private void serve(Socket plain) {
        try (plain) {
            write(plain.getOutputStream(), 0, hello());
            Packet login = Packet.read(plain.getInputStream());
            offers.add(login.offers());
            Socket client = plain;
            if (tls != null) {
                var secure = (SSLSocket) tls.getSocketFactory().createSocket(plain, null, true);
                secure.setUseClientMode(false);
                client = secure;
                login = Packet.read(secure.getInputStream());
                offers.add(login.offers());
            }
            write(client.getOutputStream(), login.sequence() + 1, script(0, "login", ok(false)));
            converse(client);
        } catch (IOException e) {
            // The client has left.
        }
    }

    private byte[][] script(int command, String text, byte[]... otherwise) {
        byte[][] said = script.answer(command, text);
        return said == null ? otherwise : said;
    }

    private void converse(Socket client) throws IOException {
        while (true) {
            Packet packet = Packet.read(client.getInputStream());
            int command = packet.body()[0];
            if (command == QUIT) {
                return;
            }
            if (command == CLOSE) {
                continue;
            }
            String text = new String(packet.body(), 1, packet.body().length - 1, StandardCharsets.UTF_8);
            commands.add(text);
            byte[][] usual = command == QUERY && text.startsWith("select connection_id()")
                    ? greeting()
                    : packets(command == PREPARE ? prepared() : ok(false));
            byte[][] answer = script(command, text, usual);
            write(client.getOutputStream(), 1, answer);
            if (answer.length > 0
                    && answer[answer.length - 1].length > 0
                    && (answer[answer.length - 1][0] & 0xFF) == 0xFB) {
                afterFile.add(readAll(client.getInputStream()));
                return;
            }
        }
    }

    private static byte[] readAll(InputStream in) {
        var all = new ByteArrayOutputStream();
        try {
            in.transferTo(all);
        } catch (IOException e) {
            // A reset ends it too.
        }
        return all.toByteArray();
    }

    private byte[][] hello() {
        int caps = tls == null ? OFFERS : OFFERS | SSL;
        var out = new ByteArrayOutputStream();
        out.writeBytes("\n5.7.99-fake\0".getBytes(StandardCharsets.ISO_8859_1));
        out.writeBytes(bytes(7, 0, 0, 0));
        out.writeBytes("12345678\0".getBytes(StandardCharsets.ISO_8859_1));
        out.writeBytes(bytes(caps, caps >> 8, 0x21, 2, 0, caps >> 16, caps >> 24, 21));
        out.writeBytes(new byte[10]);
        out.writeBytes("901234567890\0".getBytes(StandardCharsets.ISO_8859_1));
        String plugin = new String(
                script(-1, "plugin", "mysql_native_password".getBytes(StandardCharsets.US_ASCII))[0],
                StandardCharsets.US_ASCII);
        out.writeBytes((plugin + "\0").getBytes(StandardCharsets.ISO_8859_1));
        return packets(out.toByteArray());
    }

    private static void write(OutputStream out, int sequence, byte[]... payloads) throws IOException {
        var all = new ByteArrayOutputStream();
        int number = sequence;
        for (byte[] payload : payloads) {
            all.writeBytes(bytes(payload.length, payload.length >> 8, payload.length >> 16, number++));
            all.writeBytes(payload);
        }
        out.write(all.toByteArray());
        out.flush();
    }

    private record Packet(int sequence, byte[] body) {
        static Packet read(InputStream from) throws IOException {
            var in = new DataInputStream(from);
            byte[] header = new byte[4];
            in.readFully(header);
            byte[] body = in.readNBytes(header[0] & 0xFF | (header[1] & 0xFF) << 8 | (header[2] & 0xFF) << 16);
            if (body.length == 0) {
                throw new EOFException();
            }
            return new Packet(header[3], body);
        }

        int offers() {
            return body[0] & 0xFF | (body[1] & 0xFF) << 8 | (body[2] & 0xFF) << 16 | body[3] << 24;
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
