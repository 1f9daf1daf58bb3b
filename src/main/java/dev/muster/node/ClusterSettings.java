package dev.muster.node;

import dev.muster.config.Configuration;
import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Node;
import dev.muster.config.Position;
import dev.muster.config.Problems;
import dev.muster.config.Sequence;
import dev.muster.connect.TlsFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The settings of the section {@code cluster}. Immutable.
 *
 * @param isOn whether the node joins a cluster
 * @param name the name of the cluster; nodes join only clusters of the same name
 * @param host the address of this machine that other nodes reach
 * @param ports the port of the cluster manager, or a list whose first free port is used; 0 alone lets the system pick
 * @param busPort the port of the event bus; 0 lets the system pick
 * @param members the addresses at which to look for other nodes, as {@code host:port}
 * @param multicast whether to find nodes by multicast instead
 * @param tls the certificates of the event bus, if it uses TLS
 */
record ClusterSettings(
        boolean isOn,
        String name,
        String host,
        List<Integer> ports,
        int busPort,
        List<String> members,
        boolean multicast,
        Optional<TlsFiles> tls) {

    private static final String LOOPBACK = "127.0.0.1";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final Pattern MEMBER = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?");
    private static final int FIRST_PORT = 5701;
    private static final int MAX_PORT = 65_535;

    /** The default ports: ten nodes on one machine find each other without settings. */
    private static final List<Integer> PORTS =
            IntStream.range(FIRST_PORT, FIRST_PORT + 10).boxed().toList();

    static ClusterSettings read(Configuration configuration, Problems problems) {
        Mapping none = Mapping.empty(Position.start("muster.yaml"));
        return read(new Fields(configuration.section("cluster").orElse(none), "the cluster", problems));
    }

    private static ClusterSettings read(Fields fields) {
        String host = fields.string("host", LOOPBACK);
        boolean multicast = fields.bool("multicast", false);
        List<Integer> ports = fields.integer("port", 0, MAX_PORT)
                .map(port -> List.of(port.intValue()))
                .orElse(PORTS);
        Optional<List<String>> given = fields.strings("members");
        List<String> members = given.map(names -> expanded(fields, names, ports))
                .orElseGet(() -> multicast ? List.of() : at(host, ports));
        var settings = new ClusterSettings(
                fields.bool("on", false),
                name(fields),
                host,
                ports,
                fields.integer("busPort", 0, MAX_PORT, 0),
                members,
                multicast,
                fields.fields("tls").map(ClusterSettings::tls));
        if (multicast && given.isPresent()) {
            fields.problem("members", "nodes are found by multicast or by members, not both: leave one of the two out");
        }
        settings.checkHost(fields, given.isPresent() || multicast);
        return settings;
    }

    ClusterSettings switchedOn() {
        return new ClusterSettings(true, name, host, ports, busPort, members, multicast, tls);
    }

    private void checkHost(Fields fields, boolean findsOthers) {
        boolean isOpen = fields.bool("open", false);
        if (host.equals("0.0.0.0") || host.equals("::") || host.equals("[::]")) {
            fields.problem("host", "host of the cluster must be the address at which other nodes reach this one");
        } else if (!isLoopback() && !isOpen) {
            fields.problem(
                    "host",
                    "anyone who reaches " + fields.shown("host")
                            + " could join the cluster, because Hazelcast requires no password, and run code on its"
                            + " nodes: restrict access in the network and set open: true, or leave host out");
        } else if (!isLoopback() && !findsOthers) {
            fields.problem("host", "the cluster needs members, or multicast: true, to find nodes of other machines");
        }
    }

    private boolean isLoopback() {
        return host.equals("localhost") || host.startsWith("127.") || host.equals("::1") || host.equals("[::1]");
    }

    private static String name(Fields fields) {
        String name = fields.string("name", "muster");
        if (!NAME.matcher(name).matches()) {
            fields.problem(
                    "name",
                    "name of the cluster has up to 100 letters, digits, '.', '_' and '-', and begins with a letter or a"
                            + " digit");
        }
        return name;
    }

    /** The TLS files. All three are required: only a node with a certificate of the same authority connects to the event bus. */
    private static TlsFiles tls(Fields fields) {
        boolean isWhole = fields.has("cert") && fields.has("key") && fields.has("trust");
        TlsFiles files = TlsFiles.read(fields);
        fields.unknownWords();
        if (!isWhole) {
            fields.problem("tls", fields.what() + " needs cert, key and trust");
        }
        return files;
    }

    private static List<String> expanded(Fields fields, List<String> names, List<Integer> ports) {
        var members = new ArrayList<String>();
        for (String name : names) {
            Matcher parts = MEMBER.matcher(name);
            boolean isOne = parts.matches();
            int port = isOne && parts.group(2) != null ? Integer.parseInt(parts.group(2)) : FIRST_PORT;
            if (!isOne || port < 1 || port > MAX_PORT) {
                Node at = fields.node("members")
                        .filter(Sequence.class::isInstance)
                        .orElse(fields.mapping());
                fields.problems()
                        .add(
                                at.at(),
                                "the member \"" + fields.shownItem("members", name)
                                        + "\" of the cluster must be HOST or HOST:PORT");
            } else if (parts.group(2) != null) {
                members.add(name);
            } else {
                members.addAll(at(name, ports));
            }
        }
        return members;
    }

    private static List<String> at(String host, List<Integer> ports) {
        String written = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        return ports.stream()
                .filter(port -> port > 0)
                .map(port -> written + ":" + port)
                .toList();
    }
}
