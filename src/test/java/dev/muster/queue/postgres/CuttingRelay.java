package dev.muster.queue.postgres;

import dev.muster.connect.Rig;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands between a node and its database, and cuts and delays what goes through. Faults may be asked for from any thread. */
final class CuttingRelay implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final URI server;
    private final NetClient client = vertx.createNetClient(new NetClientOptions().setConnectTimeout(2_000));
    private final Set<Line> lines = ConcurrentHashMap.newKeySet();
    private final int port;

    /** What goes wrong on a connection. */
    enum Fault {
        /** It is closed on both sides at once. */
        CUT,
        /** What the node says next reaches the server, which answers nobody. */
        LOSE_ANSWER,
        /** What the node says next reaches nobody. */
        LOSE_QUESTION,
        /** The next answer is held back for up to 150 ms. */
        DELAY
    }

    CuttingRelay(String address) {
        server = URI.create(address);
        port = Rig.await(vertx.createNetServer().connectHandler(this::accept).listen(0, "127.0.0.1"))
                .actualPort();
    }

    /** The same database, through here. */
    String address() {
        return "postgres://" + server.getUserInfo() + "@127.0.0.1:" + port + server.getPath();
    }

    /** Does it to one connection, or to all. */
    void fault(Fault fault, boolean toAll, Random random) {
        List<Line> all = new ArrayList<>(lines);
        if (!all.isEmpty()) {
            int millis = 1 + random.nextInt(150);
            (toAll ? all : List.of(all.get(random.nextInt(all.size())))).forEach(line -> line.fault(fault, millis));
        }
    }

    private void accept(NetSocket near) {
        near.exceptionHandler(broken -> {});
        near.pause();
        client.connect(server.getPort(), server.getHost())
                .onSuccess(far -> new Line(near, far).open())
                .onFailure(failure -> near.close());
    }

    private final class Line {
        private final NetSocket near;
        private final NetSocket far;
        private volatile boolean losesAnswer;
        private volatile boolean losesQuestion;
        private volatile int delayMillis;

        Line(NetSocket near, NetSocket far) {
            this.near = near;
            this.far = far;
        }

        void open() {
            lines.add(this);
            far.exceptionHandler(broken -> {});
            near.closeHandler(gone -> cut());
            far.closeHandler(gone -> cut());
            near.handler(this::said);
            far.handler(this::answered);
            near.resume();
        }

        void fault(Fault fault, int millis) {
            switch (fault) {
                case CUT -> cut();
                case LOSE_ANSWER -> losesAnswer = true;
                case LOSE_QUESTION -> losesQuestion = true;
                default -> delayMillis = millis;
            }
        }

        private void cut() {
            lines.remove(this);
            near.close();
            far.close();
        }

        private void said(Buffer data) {
            if (losesQuestion) {
                cut();
            } else {
                far.write(data);
            }
        }

        private void answered(Buffer data) {
            if (losesAnswer) {
                cut();
                return;
            }
            near.write(data);
            int millis = delayMillis;
            if (millis > 0) {
                delayMillis = 0;
                far.pause();
                vertx.setTimer(millis, over -> far.resume());
            }
        }
    }

    @Override
    public void close() {
        Rig.await(vertx.close());
    }
}
