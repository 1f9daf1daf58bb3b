package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A cable that can be cut: a network namespace whose only way to this machine leads through another one, which forwards
 * packets or drops them without a word. The addresses are of the range for such measurements. Needs root on Linux.
 */
final class Cable implements AutoCloseable {

    /** All addresses of cables. */
    static final String NETWORK = "198.18.0.0/15";

    private static final int ONES = 200;

    private final String far;
    private final String middle;
    private final String here;
    private final String there;

    private Cable(String name, String prefix) {
        this.far = name + "f";
        this.middle = name + "m";
        this.here = prefix + ".1";
        this.there = prefix + ".6";
    }

    /**
     * Lays one.
     *
     * @return null where this process may not
     */
    static @Nullable Cable lay() throws IOException, InterruptedException {
        long pid = ProcessHandle.current().pid();
        // No other process of this machine has this name; one that has the same addresses is not there for long.
        var cable = new Cable("mst" + pid, "198.18." + pid % ONES);
        if (!tried("ip", "netns", "add", cable.far)) {
            return null;
        }
        AtExit.close(cable);
        try {
            cable.connect();
            return cable;
        } catch (AssertionError | IOException e) {
            cable.close();
            throw e;
        }
    }

    private void connect() throws IOException, InterruptedException {
        ip("netns", "add", middle);
        ip("link", "add", middle, "type", "veth", "peer", "name", "near", "netns", middle);
        ip("-n", middle, "link", "add", "away", "type", "veth", "peer", "name", "only", "netns", far);
        String prefix = here.substring(0, here.lastIndexOf('.'));
        ip("addr", "add", here + "/30", "dev", middle);
        ip("-n", middle, "addr", "add", prefix + ".2/30", "dev", "near");
        ip("-n", middle, "addr", "add", prefix + ".5/30", "dev", "away");
        ip("-n", far, "addr", "add", there + "/30", "dev", "only");
        ip("link", "set", middle, "up");
        ip("-n", middle, "link", "set", "near", "up");
        ip("-n", middle, "link", "set", "away", "up");
        ip("-n", far, "link", "set", "only", "up");
        ip("-n", far, "link", "set", "lo", "up");
        ip("route", "add", prefix + ".4/30", "via", prefix + ".2");
        ip("-n", far, "route", "add", "default", "via", prefix + ".5");
        forwards(true);
    }

    /** The address of this machine as those at the far end know it. */
    String here() {
        return here;
    }

    /** Words before a command that have it run at the far end. */
    List<String> atTheFarEnd() {
        return List.of("ip", "netns", "exec", far);
    }

    /** Drops all packets from now on, both ways; nobody is told. */
    void cut() throws IOException, InterruptedException {
        forwards(false);
    }

    void mend() throws IOException, InterruptedException {
        forwards(true);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        // What leads into a namespace goes with it.
        tried("ip", "netns", "del", far);
        tried("ip", "netns", "del", middle);
        AtExit.forget(this);
    }

    private void forwards(boolean yes) throws IOException, InterruptedException {
        String file = "/proc/sys/net/ipv4/ip_forward";
        ip("netns", "exec", middle, "sh", "-c", "echo " + (yes ? 1 : 0) + " > " + file);
    }

    private static void ip(String... words) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(words));
        assertThat(tried(command.toArray(String[]::new))).as("%s", command).isTrue();
    }

    private static boolean tried(String... command) throws InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            return false;
        }
        try {
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } finally {
            process.destroyForcibly();
        }
    }
}
