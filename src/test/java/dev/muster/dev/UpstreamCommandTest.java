package dev.muster.dev;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Main;
import dev.muster.cli.ProcessIo;
import dev.muster.cli.Stop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class UpstreamCommandTest {
    @Test
    @Timeout(60)
    void portInUse_isSaidAndFails() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var err = new ByteArrayOutputStream();
            var shell = new ProcessIo(
                    InputStream.nullInputStream(), new ByteArrayOutputStream(), err, false, false, name -> null);
            String port = String.valueOf(taken.getLocalPort());
            int code = Main.run(DevMain.edition(), List.of("dev", "upstream", "--port", port), shell, new Stop());
            assertThat(code).isEqualTo(1);
            assertThat(err.toString()).contains("port " + port + " cannot be listened on", "in use", "--port");
        }
    }
}
