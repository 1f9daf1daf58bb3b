package dev.muster.dev;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Soon;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the servers when nobody stops them: {@code kill -9} of the process that started them. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class KilledTest {
    private static final long MAX_SECONDS = 20;

    @TempDir
    private Path dir;

    @Test
    void killedProcess_takesItsServersAndTheirFoldersAlong() throws Exception {
        Process holder = start();
        BufferedReader out = holder.inputReader();
        assertThat(out.readLine()).isEqualTo("starting");
        assertThat(out.readLine()).isEqualTo("started");
        List<ProcessHandle> servers = holder.descendants().toList();
        assertThat(commands(servers)).anyMatch(it -> it.endsWith("/postgres")).anyMatch(it -> it.endsWith("/mariadbd"));
        assertThat(temporary()).hasSize(2);

        holder.destroyForcibly();

        awaitEnd(servers);
        awaitNothingTemporary();
    }

    @Test
    void killedWhileItStarts_leavesNothingEither() throws Exception {
        Process holder = start();
        assertThat(holder.inputReader().readLine()).isEqualTo("starting");
        Soon.until(
                "the database server",
                () -> !holder.descendants()
                        .noneMatch(it -> it.info().command().orElse("").endsWith("/mariadbd")));
        List<ProcessHandle> servers = holder.descendants().toList();

        holder.destroyForcibly();

        awaitEnd(servers);
        awaitNothingTemporary();
    }

    @Test
    void killedProcess_leavesALastingFolderThatCanBeUsedAgain() throws Exception {
        Path data = dir.resolve("data");
        Process holder = start(data.toString());
        BufferedReader out = holder.inputReader();
        assertThat(out.readLine()).isEqualTo("starting");
        assertThat(out.readLine()).isEqualTo("started");
        List<ProcessHandle> servers = holder.descendants().toList();

        holder.destroyForcibly();

        awaitEnd(servers);
        try (DatabaseServer again = DatabaseServer.postgres(Optional.of(data), line -> {})) {
            assertThat(again.create("x")).isTrue();
        }
        try (DatabaseServer again = DatabaseServer.mysql(Optional.of(data), line -> {})) {
            assertThat(again.create("x")).isTrue();
        }
    }

    private Process start(String... words) throws IOException {
        Stream<String> command = Stream.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + dir,
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName());
        return new ProcessBuilder(Stream.concat(command, Stream.of(words)).toList())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Who removes a folder may be one that was started after its server was seen. */
    private void awaitNothingTemporary() throws IOException {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(MAX_SECONDS);
        while (!temporary().isEmpty() && System.nanoTime() < endNanos) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        assertThat(temporary()).isEmpty();
    }

    private List<Path> temporary() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.filter(it -> it.getFileName().toString().startsWith("muster-"))
                    .toList();
        }
    }

    private static List<String> commands(List<ProcessHandle> processes) {
        return processes.stream().map(it -> it.info().command().orElse("")).toList();
    }

    private static void awaitEnd(List<ProcessHandle> processes) throws Exception {
        for (ProcessHandle process : processes) {
            process.onExit().get(MAX_SECONDS, TimeUnit.SECONDS);
        }
    }
}
