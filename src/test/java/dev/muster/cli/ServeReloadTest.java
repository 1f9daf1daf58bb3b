package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Edition;
import dev.muster.Main;
import dev.muster.Soon;
import dev.muster.node.ServeRig;
import dev.muster.task.CancelReason;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ServeReloadTest {

    private static final Pattern SERVES = Pattern.compile("muster serves http://0\\.0\\.0\\.0:(\\d+)\n");

    @TempDir
    Path conf;

    @Test
    void nodeThatOthersReach_doesNotReloadIntoHavingNoCallers() throws Exception {
        String key = "ops-ops-ops-ops-ops";
        config("server: {host: 0.0.0.0, port: 0, workers: 1, drain: 1ms}\ncallers: {ops: {key: " + key
                + ", may: {cancel: all}}}");
        var err = new ByteArrayOutputStream();
        var io = new ProcessIo(
                InputStream.nullInputStream(), OutputStream.nullOutputStream(), err, false, false, name -> null);
        var stop = new Stop();
        var code = CompletableFuture.supplyAsync(
                () -> Main.run(Edition.PRODUCTION, List.of("serve", "--conf", conf.toString()), io, stop));
        Matcher serves = SERVES.matcher("");
        Soon.until("the address at which it serves", () -> {
            assertThat(code).isNotDone();
            return serves.reset(err.toString(StandardCharsets.UTF_8)).find();
        });
        // Where it listens is settled: the file cannot take it back.
        config("server: {host: 127.0.0.1, port: 0, workers: 1, drain: 1ms}");
        HttpResponse<String> answer = ServeRig.CLIENT.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + serves.group(1) + "/v1/reload"))
                        .header("Authorization", "Bearer " + key)
                        .POST(BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
        stop.ask(ExitCode.DONE, CancelReason.of("the test is over"));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("no callers are configured").contains("0.0.0.0");
        assertThat(code.get()).isZero();
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("ERROR dev.muster.node.Node: not reloaded");
    }

    private void config(String text) throws Exception {
        Files.createDirectories(conf.resolve("plans"));
        Files.writeString(conf.resolve("muster.yaml"), text + "\n");
    }
}
