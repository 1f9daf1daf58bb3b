package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that cannot listen where they should. */
@Timeout(60)
class ServeCommandTest extends CommandCase {

    @ParameterizedTest
    @ValueSource(strings = {"nio", "auto"})
    void portThatIsTaken_isUsageWithAdvice(String transport) throws IOException {
        Files.writeString(dir.resolve("conf/muster.yaml"), "server: {transport: " + transport + ", workers: 1}\n");
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            Called called = Called.with("serve", "--conf", conf, "--port", String.valueOf(port));
            assertThat(called.code()).as(called.err()).isEqualTo(2);
            assertThat(called.err())
                    .contains("muster: cannot listen at 127.0.0.1:" + port + ": ")
                    .contains("--port", "server.port", "stop what listens there")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void portOfTheBridgeThatIsTaken_namesTheBridge() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            Files.writeString(
                    dir.resolve("conf/muster.yaml"),
                    "server: {port: 0, workers: 1, bridge: {tcp: {port: " + port + "}}}\n");
            Called called = Called.with("serve", "--conf", conf);
            assertThat(called.code()).as(called.err()).isEqualTo(2);
            assertThat(called.err()).contains("127.0.0.1:" + port).contains("server.bridge.tcp");
        }
    }

    @Test
    void hostOfAnotherMachine_isSaidToBeNone() {
        // Of a network that is for documentation only.
        Called called = Called.with("serve", "--conf", conf, "--host", "203.0.113.5", "--port", "0", "--open");
        assertThat(called.code()).as(called.err()).isEqualTo(2);
        assertThat(called.err()).contains("203.0.113.5 is not an address of this machine");
    }
}
