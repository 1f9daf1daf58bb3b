package dev.muster.connect.mysql;

import dev.muster.connect.http.TestKeys;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.security.KeyStore;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * Gives TLS to a server that has none: says in the server's greeting that it has, speaks TLS with the client after that, and
 * takes the wish for TLS out of the client's login.
 */
final class TlsRelay implements AutoCloseable {
    private static final int HEADER = 4;
    private static final int SEQUENCE = 3;
    private static final int REQUEST_BYTES = 36;
    private static final int SSL = 0x08;

    private final MySqlAddress server;
    private final String user;
    private final SSLContext tls;
    private final ServerSocket listener;
    private final Set<Closeable> open = ConcurrentHashMap.newKeySet();

    TlsRelay(String address, TestKeys keys) throws Exception {
        server = MySqlAddress.parse(address);
        user = address.substring(address.indexOf("://") + 3, address.indexOf(server.host()));
        tls = context(keys);
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(() -> {
            while (true) {
                Socket near = listener.accept();
                start(() -> serve(near));
            }
        });
    }

    /** Where it listens, by this name of the machine. */
    String address(String host, String sslMode) {
        String database = server.database().orElse("");
        return "mysql://" + user + host + ":" + listener.getLocalPort() + "/" + database + "?sslMode=" + sslMode;
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

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        var thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // One side has left, which is how it ends.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket near) throws IOException {
        try (near;
                Socket far = new Socket(server.host(), server.port())) {
            open.add(near);
            byte[] greeting = packet(far.getInputStream());
            offer(greeting);
            near.getOutputStream().write(greeting);
            near.getInputStream().readNBytes(REQUEST_BYTES);
            var secure = (SSLSocket) tls.getSocketFactory().createSocket(near, null, true);
            secure.setUseClientMode(false);
            byte[] login = packet(secure.getInputStream());
            login[SEQUENCE] = 1;
            login[HEADER + 1] &= ~SSL;
            far.getOutputStream().write(login);
            start(() -> copy(far.getInputStream(), secure.getOutputStream()));
            copy(secure.getInputStream(), far.getOutputStream());
        }
    }

    private static byte[] packet(InputStream in) throws IOException {
        var data = new DataInputStream(in);
        byte[] header = new byte[HEADER];
        data.readFully(header);
        int length = header[0] & 0xFF | (header[1] & 0xFF) << 8 | (header[2] & 0xFF) << 16;
        byte[] packet = new byte[HEADER + length];
        System.arraycopy(header, 0, packet, 0, HEADER);
        data.readFully(packet, HEADER, length);
        return packet;
    }

    /** Capabilities come behind the version of the protocol and of the server, the number, a nonce and a zero. */
    private static void offer(byte[] greeting) {
        int at = HEADER + 1;
        while (greeting[at] != 0) {
            at++;
        }
        greeting[at + 1 + 4 + 8 + 1 + 1] |= SSL;
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] some = new byte[8192];
        for (int read = from.read(some); read >= 0; read = from.read(some)) {
            to.write(some, 0, read);
            to.flush();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Closeable socket : open) {
            socket.close();
        }
    }
}
