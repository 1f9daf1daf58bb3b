package dev.muster.dev;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Finds a loopback port that is free now. Another process can take it at any time afterwards. */
final class FreePort {
    static final String LOOPBACK = "127.0.0.1";

    private FreePort() {}

    static int find() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
