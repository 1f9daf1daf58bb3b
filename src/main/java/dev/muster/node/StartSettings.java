package dev.muster.node;

import dev.muster.bus.BusSettings;
import dev.muster.connect.PoolSettings;
import dev.muster.queue.QueueSettings;
import dev.muster.service.RunManager;
import dev.muster.web.ServerSettings;
import dev.muster.web.ServerSettings.HttpLimits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The settings of a node and of its queues that are fixed at start; a reload does not change them. */
final class StartSettings {

    private static final String CLUSTER = "cluster.";

    private StartSettings() {}

    /** The paths of the fixed settings that differ now, in the order of the documentation. */
    static List<String> changed(NodeSetup started, NodeSetup now) {
        return changed(of(started), of(now))
                .map(name -> name.startsWith(CLUSTER) ? name : "server." + name)
                .toList();
    }

    /**
     * The paths of the settings of a queue that differ now and need a restart. {@code adhoc} is not among them: it takes
     * effect at reload.
     *
     * @param now the settings read last; null if the queue is not among them
     */
    static List<String> changed(QueueSettings running, @Nullable QueueSettings now) {
        return now == null
                ? List.of()
                : changed(of(running), of(now))
                        .map(name -> "queues." + running.name() + "." + name)
                        .toList();
    }

    private static Stream<String> changed(Map<String, @Nullable Object> before, Map<String, @Nullable Object> after) {
        return before.entrySet().stream()
                .filter(setting -> !Objects.equals(setting.getValue(), after.get(setting.getKey())))
                .map(Map.Entry::getKey);
    }

    private static Map<String, @Nullable Object> of(NodeSetup setup) {
        var values = new LinkedHashMap<String, @Nullable Object>();
        put(values, setup.settings());
        put(values, setup.bus());
        Limits limits = setup.limits();
        values.put("limits.cleanUp", limits.cleanUp());
        put(values, limits.cpu());
        put(values, limits.blocking());
        put(values, limits.adhoc());
        put(values, limits.dispatch());
        put(values, limits.http());
        put(values, setup.cluster());
        return values;
    }

    private static void put(Map<String, @Nullable Object> values, ServerSettings server) {
        values.put("host", server.host());
        values.put("hosts", server.hosts());
        values.put("port", server.port());
        values.put("workers", server.workers());
        values.put("drain", server.drain());
        values.put("transport", server.transport());
        values.put("compression", server.compression());
        values.put("cors", server.cors());
        values.put("accessLog", server.accessLog());
    }

    private static void put(Map<String, @Nullable Object> values, BusSettings bus) {
        values.put("bridge.tcp.host", bus.tcp().map(BusSettings.Tcp::host).orElse(null));
        values.put("bridge.tcp.port", bus.tcp().map(BusSettings.Tcp::port).orElse(null));
        values.put("bridge.websocket", bus.webSocket());
        values.put("bridge.addresses", bus.addresses());
    }

    private static void put(Map<String, @Nullable Object> values, ClusterSettings cluster) {
        values.put(CLUSTER + "on", cluster.isOn());
        values.put(CLUSTER + "name", cluster.name());
        values.put(CLUSTER + "host", cluster.host());
        values.put(CLUSTER + "port", cluster.ports());
        values.put(CLUSTER + "busPort", cluster.busPort());
        values.put(CLUSTER + "members", cluster.members());
        values.put(CLUSTER + "multicast", cluster.multicast());
        values.put(CLUSTER + "tls", cluster.tls());
    }

    private static void put(Map<String, @Nullable Object> values, PoolSettings pool) {
        values.put("limits." + pool.name() + "Threads", pool.threads());
        values.put("limits." + pool.name() + "Waiting", pool.waiting());
    }

    private static void put(Map<String, @Nullable Object> values, RunManager.Limits dispatch) {
        values.put("limits.runs", dispatch.runs());
        values.put("limits.events", dispatch.events());
        values.put("limits.eventsBytes", dispatch.eventsBytes());
        values.put("limits.eventsAge", dispatch.eventsAge());
        values.put("limits.ended", dispatch.ended());
        values.put("limits.endedBytes", dispatch.endedBytes());
        values.put("limits.memory", dispatch.memoryBytes());
    }

    private static void put(Map<String, @Nullable Object> values, HttpLimits http) {
        values.put("limits.body", http.bodyBytes());
        values.put("limits.headers", http.headerBytes());
        values.put("limits.requestTime", http.requestTime());
        values.put("limits.idle", http.idle());
        values.put("limits.connections", http.connections());
    }

    private static Map<String, @Nullable Object> of(QueueSettings settings) {
        var values = new LinkedHashMap<String, @Nullable Object>();
        values.put("store", settings.store());
        values.put("size", settings.size());
        values.put("bytes", settings.bytes());
        values.put("body", settings.bodyBytes());
        values.put("retries", settings.retries());
        values.put("lease", settings.lease());
        values.put("perKey", settings.perKey());
        values.put("keyRate", settings.keyRate());
        values.put("order", settings.order());
        values.put("backoff", settings.backoff());
        values.put("keep", settings.keep());
        return values;
    }
}
