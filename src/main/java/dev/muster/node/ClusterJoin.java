package dev.muster.node;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.Config;
import com.hazelcast.config.InterfacesConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.ListenerConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.NetworkConfig;
import dev.muster.cluster.Cluster;
import dev.muster.cluster.ClusterNodes;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Joins a node to its cluster through Hazelcast. Hazelcast classes load only here. Blocks; never use it on an event loop. */
final class ClusterJoin {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final String LOGGING = "hazelcast.logging.type";

    /**
     * The Hazelcast properties. Nodes on one machine join at once instead of waiting five seconds for others to start.
     * A dead node is noticed when its connections break, or after 15 s without a heartbeat, which is half of a default
     * lease.
     */
    private static final Map<String, String> PROPERTIES = Map.ofEntries(
            Map.entry(LOGGING, "slf4j"),
            Map.entry("hazelcast.phone.home.enabled", "false"),
            Map.entry("hazelcast.socket.bind.any", "false"),
            Map.entry("hazelcast.wait.seconds.before.join", "0"),
            Map.entry("hazelcast.max.wait.seconds.before.join", "2"),
            Map.entry("hazelcast.max.join.seconds", "20"),
            Map.entry("hazelcast.heartbeat.interval.seconds", "2"),
            Map.entry("hazelcast.max.no.heartbeat.seconds", "15"),
            Map.entry("hazelcast.merge.first.run.delay.seconds", "5"),
            Map.entry("hazelcast.merge.next.run.delay.seconds", "10"),
            Map.entry("hazelcast.graceful.shutdown.max.wait", "3"),
            Map.entry("hazelcast.health.monitoring.level", "OFF"),
            Map.entry("hazelcast.slow.operation.detector.enabled", "false"),
            Map.entry("hazelcast.operation.thread.count", "2"),
            Map.entry("hazelcast.operation.generic.thread.count", "2"),
            Map.entry("hazelcast.event.thread.count", "1"),
            Map.entry("hazelcast.io.thread.count", "1"));

    private final ClusterSettings settings;
    private @Nullable Cluster otherNodes;

    ClusterJoin(ClusterSettings settings) {
        this.settings = settings;
    }

    /**
     * Creates Vert.x as a node of the cluster. Blocks.
     *
     * @throws MusterException if the node cannot join; nothing is left running then
     */
    Vertx join(VertxBuilder builder, VertxOptions options) throws InterruptedException {
        checkPlace();
        System.setProperty(LOGGING, System.getProperty(LOGGING, "slf4j"));
        var manager = new HazelcastClusterManager(config());
        options.setEventBusOptions(eventBus());
        Future<Vertx> joining =
                builder.with(options).withClusterManager(manager).buildClustered();
        if (!Waiting.ends(joining, LIMIT)) {
            joining.onSuccess(Vertx::close);
            throw failed("it took more than " + LIMIT.toSeconds() + " s", null);
        }
        if (joining.failed()) {
            throw failed(joining.cause().getMessage(), joining.cause());
        }
        Vertx vertx = joining.result();
        otherNodes = Waiting.got(ClusterNodes.open(manager, vertx));
        return vertx;
    }

    /** The other nodes. Call only after {@link #join}. */
    Cluster otherNodes() {
        return Objects.requireNonNull(otherNodes);
    }

    /** Checks the most common mistakes, host and ports, before Hazelcast floods the log about them. */
    private void checkPlace() {
        try {
            InetAddress at = InetAddress.getByName(settings.host());
            if (NetworkInterface.getByInetAddress(at) == null) {
                throw failed("it is not an address of this machine", null);
            }
            for (int port : settings.ports()) {
                if (isFree(at, port)) {
                    return;
                }
            }
            throw failed("there is no free port in " + settings.ports(), null);
        } catch (IOException e) {
            throw failed("the host is not known", e);
        }
    }

    private static boolean isFree(InetAddress at, int port) {
        try (var socket = new ServerSocket(port, 1, at)) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private MusterException failed(@Nullable String why, @Nullable Throwable cause) {
        return new MusterException(
                ErrorType.UNAVAILABLE,
                "cannot join the cluster " + settings.name() + " at " + settings.host() + ": " + why
                        + "; see host, port and members of the section cluster",
                cause);
    }

    private EventBusOptions eventBus() {
        EventBusOptions options = new EventBusOptions()
                .setHost(address())
                .setPort(settings.busPort())
                .setClusterPingInterval(5_000)
                .setClusterPingReplyInterval(5_000)
                .setClusterNodeMetadata(ClusterNodes.mark());
        settings.tls().ifPresent(files -> {
            options.setSsl(true).setClientAuth(ClientAuth.REQUIRED);
            files.identity().ifPresent(options::setKeyCertOptions);
            files.trusted().ifPresent(options::setTrustOptions);
        });
        return options;
    }

    private Config config() {
        var config = new Config();
        config.setClusterName(settings.name());
        PROPERTIES.forEach(config::setProperty);
        config.getMetricsConfig().setEnabled(false);
        // The maps that the Vert.x cluster manager expects, with its own settings.
        config.addMultiMapConfig(new MultiMapConfig("__vertx.subs")
                .setBackupCount(1)
                .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET));
        config.getMapConfig("__vertx.haInfo").setBackupCount(1);
        config.getMapConfig("__vertx.nodeInfo").setBackupCount(1);
        config.addListenerConfig(new ListenerConfig(new MembershipLog(settings.name())));
        network(config.getNetworkConfig());
        return config;
    }

    private void network(NetworkConfig network) {
        network.setPort(settings.ports().get(0))
                .setPortCount(settings.ports().size())
                .setPortAutoIncrement(settings.ports().size() > 1)
                .setInterfaces(new InterfacesConfig().setEnabled(true).addInterface(address()));
        JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(settings.multicast());
        join.getTcpIpConfig()
                .setEnabled(!settings.multicast())
                .setConnectionTimeoutSeconds(3)
                .setMembers(settings.members());
    }

    private String address() {
        try {
            return InetAddress.getByName(settings.host()).getHostAddress();
        } catch (UnknownHostException e) {
            throw failed("the host is not known", e);
        }
    }

    /** Logs nodes that join or leave the cluster. */
    private record MembershipLog(String cluster) implements MembershipListener {

        private static final Logger LOG = LoggerFactory.getLogger(ClusterJoin.class);

        @Override
        public void memberAdded(MembershipEvent event) {
            log("joined", event);
        }

        @Override
        public void memberRemoved(MembershipEvent event) {
            log("left", event);
        }

        private void log(String what, MembershipEvent event) {
            LOG.info(
                    "the node {}:{} {} the cluster {}, which has {} nodes now",
                    event.getMember().getAddress().getHost(),
                    event.getMember().getAddress().getPort(),
                    what,
                    cluster,
                    event.getMembers().size());
        }
    }
}
