package dev.muster.node;

import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Two nodes of a cluster in this process, at ports that were free. Each has a bridge; the second one is started last. */
final class ClusterRig implements AutoCloseable {

    static final String BRIDGE =
            "server: {port: 0, workers: 2, drain: 5s, bridge: {tcp: {port: 0}, addresses: ['images.*']}}\n";

    final ServeRig first;
    final ServeRig second;

    ClusterRig(Path dir) throws Exception {
        first = new ServeRig(dir.resolve("first"));
        second = new ServeRig(dir.resolve("second"));
    }

    /** Starts them, with these further sections, and each with its share of the words of the section about the cluster. */
    ClusterRig start(String ofFirst, String ofSecond, String cluster) throws Exception {
        List<Integer> ports = ports(2);
        String name = "test-" + UUID.randomUUID();
        first.config(BRIDGE + section(name, ports.get(0), ports.get(1), cluster) + ofFirst);
        second.config(BRIDGE + section(name, ports.get(1), ports.get(0), cluster) + ofSecond);
        first.start();
        second.start();
        return this;
    }

    /** The section of a node at a port, that looks for another one. */
    static String section(String name, int port, int other, String more) {
        return "cluster: {on: true, name: " + name + ", port: " + port + ", members: ['127.0.0.1:" + other + "']" + more
                + "}\n";
    }

    /** So many ports that were free a moment ago. */
    static List<Integer> ports(int count) throws Exception {
        List<ServerSocket> open = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                open.add(new ServerSocket(0));
            }
            return open.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket one : open) {
                one.close();
            }
        }
    }

    /** Waits until a node knows so many who answer at an address. */
    static void awaitAnswering(ServeRig node, String address, int count) throws Exception {
        while (Waiting.got(node.service().otherNodes().places(address)).size() != count) {
            node.get("/health/live");
        }
    }

    @Override
    public void close() {
        close(first);
        close(second);
    }

    private static void close(@Nullable ServeRig one) {
        if (one != null) {
            one.close();
        }
    }
}
