package dev.muster.connect.postgres;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import io.vertx.sqlclient.SqlConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's own end of a connection, by which it notices a server that is gone: the same times as the server gets for its end.
 *
 * <p>By epoll and io_uring, all of it; by NIO what the JDK knows, which is all but the time for what stays unanswered; on a
 * system without these options, keep-alive as that system has it.
 */
public final class PgSocket {
    private static final Logger LOG = LoggerFactory.getLogger("dev.muster.connect.postgres");

    static final int IDLE_SECONDS = 5;
    static final int INTERVAL_SECONDS = 3;
    static final int PROBES = 3;
    static final int UNANSWERED_MILLIS = 15_000;

    /** By their names: the native ones are on the class path only where they are used. */
    private static final List<String> NATIVE =
            List.of("io.netty.channel.epoll.EpollChannelOption", "io.netty.channel.uring.IoUringChannelOption");

    private static final Map<ChannelOption<Integer>, Integer> TIMES = times();

    private PgSocket() {}

    private static Map<ChannelOption<Integer>, Integer> times() {
        List<Map.Entry<ChannelOption<Integer>, Integer>> times = new ArrayList<>();
        for (String options : NATIVE) {
            times.add(Map.entry(ChannelOption.valueOf(options + "#TCP_KEEPIDLE"), IDLE_SECONDS));
            times.add(Map.entry(ChannelOption.valueOf(options + "#TCP_KEEPINTVL"), INTERVAL_SECONDS));
            times.add(Map.entry(ChannelOption.valueOf(options + "#TCP_KEEPCNT"), PROBES));
            times.add(Map.entry(ChannelOption.valueOf(options + "#TCP_USER_TIMEOUT"), UNANSWERED_MILLIS));
        }
        times.add(Map.entry(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), IDLE_SECONDS));
        times.add(Map.entry(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), INTERVAL_SECONDS));
        times.add(Map.entry(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), PROBES));
        return times.stream().collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Sets the times on a connection that has just been made. From any thread. */
    public static void watch(SqlConnection connection) {
        watch(PgStatements.pipeline(connection).channel());
    }

    static void watch(Channel channel) {
        try {
            channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
            // Those of another transport, and those that the system does not have, are answered with false.
            TIMES.forEach(channel.config()::setOption);
        } catch (ChannelException e) {
            LOG.debug("the socket is closed already: {}", e.toString());
        }
    }
}
