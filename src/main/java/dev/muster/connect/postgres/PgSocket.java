package dev.muster.connect.postgres;

import dev.muster.connect.sql.Database;
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
 * The keep-alive settings of the node's sockets, by which the node detects a dead server. The server gets the same times for its
 * side.
 *
 * <p>All settings apply with epoll and io_uring. NIO supports all but the timeout for unacknowledged data. A system without these
 * options uses its default keep-alive.
 */
public final class PgSocket {
    private static final Logger LOG = LoggerFactory.getLogger("dev.muster.connect.postgres");

    static final int IDLE_SECONDS = 5;
    static final int INTERVAL_SECONDS = 3;
    static final int PROBES = 3;
    static final int UNANSWERED_MILLIS = 15_000;

    /** Named as text, because the native transports are on the class path only if they are used. */
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

    /** Applies the settings to a new connection. Safe on any thread. */
    public static void watch(SqlConnection connection) {
        watch(Database.channelOf(connection));
    }

    static void watch(Channel channel) {
        try {
            channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
            // Options of another transport, or unknown to the system, are ignored and reported as false.
            TIMES.forEach(channel.config()::setOption);
        } catch (ChannelException e) {
            LOG.debug("the socket is closed already: {}", e.toString());
        }
    }
}
