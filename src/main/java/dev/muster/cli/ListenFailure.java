package dev.muster.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;

/** The error of a node that cannot listen at its configured address, with advice. */
final class ListenFailure {

    private static final int FIRST_FREE_PORT = 1024;

    private ListenFailure() {}

    /**
     * Creates the error for an address.
     *
     * @param host the configured host
     * @param port the configured port
     * @param words the names of the options or settings for host and port
     */
    static UsageException of(String host, int port, String words, Throwable why) {
        return new UsageException("cannot listen at " + (host.contains(":") ? "[" + host + "]" : host) + ":" + port
                + ": " + why.getMessage() + "; " + advice(host, port, words));
    }

    private static String advice(String host, int port, String words) {
        if (!isOurs(host)) {
            return host + " is not an address of this machine: set " + words + " to one that is";
        }
        return "stop what listens there (ss -ltnp shows it), or set " + words + " to a free port; port 0 takes any"
                + (port > 0 && port < FIRST_FREE_PORT ? "; ports below 1024 are for privileged users" : "");
    }

    private static boolean isOurs(String host) {
        try {
            InetAddress address = InetAddress.getByName(host.replace("[", "").replace("]", ""));
            return address.isAnyLocalAddress() || NetworkInterface.getByInetAddress(address) != null;
        } catch (IOException e) {
            return false;
        }
    }
}
