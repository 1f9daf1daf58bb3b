package dev.muster.connect.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies outside of the folder of a source stays out of reach. */
class FileJailTest extends FileBench {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "../secret",
                "a/../../secret",
                "..",
                "%2e%2e/secret",
                "..%2Fsecret",
                "%2e%2e%2fsecret",
                "a%2F..%2F..%2Fsecret",
                "x%00.txt",
                "..%5csecret",
                "%zz",
                "%",
                "%ff",
                "/../secret"
            })
    void pathOutside_isRefused(String path) throws IOException {
        Files.createDirectory(folder.resolve("a"));
        assertThat(failure(ErrorType.FILE, "read", path)).endsWith("is outside of the source's folder");
        assertThat(failure(ErrorType.FILE, "write", path, "content", "x"))
                .endsWith("is outside of the source's folder");
        assertThat(dir.resolve("secret")).hasContent("secret");
    }

    @Test
    void valueOutside_isRefused() {
        for (String template : List.of("{name}", "{+name}")) {
            for (String name : List.of("../secret", "..", "/../secret", "a\0b")) {
                assertThat(failure(ErrorType.FILE, "read", template, "args", Map.of("name", name)))
                        .endsWith("is outside of the source's folder");
            }
        }
    }

    @Test
    void absolutePath_isBelowTheFolder() {
        assertThat(failure(
                        ErrorType.FILE, "read", dir.resolve("secret").toString().replace(dir.toString(), "")))
                .contains("does not exist");
    }

    @Test
    void linkOutside_isRefusedForEveryAction() throws IOException {
        Files.createSymbolicLink(folder.resolve("link"), dir.resolve("secret"));
        Files.createSymbolicLink(folder.resolve("up"), dir);
        for (String path : List.of("link", "up/secret")) {
            for (String action : List.of("read", "lines")) {
                assertThat(failure(ErrorType.FILE, action, path)).contains("is outside");
            }
            for (String action : List.of("write", "append")) {
                assertThat(failure(ErrorType.FILE, action, path, "content", "x"))
                        .contains("is outside");
            }
        }
        assertThat(failure(ErrorType.FILE, "write", "up/new", "content", "x")).contains("is outside");
        assertThat(dir.resolve("secret")).hasContent("secret");
        assertThat(dir.resolve("new")).doesNotExist();
    }

    @Test
    void linkToNowhere_isRefused() throws IOException {
        Files.createSymbolicLink(folder.resolve("link"), dir.resolve("new"));
        assertThat(failure(ErrorType.FILE, "append", "link", "content", "x")).contains("dangling link");
        assertThat(failure(ErrorType.FILE, "write", "link", "content", "x")).contains("dangling link");
        assertThat(dir.resolve("new")).doesNotExist();
    }

    @Test
    void linkInside_isFollowed() throws IOException {
        file("2024/app.log", "one\n");
        Files.createSymbolicLink(folder.resolve("current"), Path.of("2024"));
        Files.createSymbolicLink(folder.resolve("app.log"), folder.resolve("2024/app.log"));
        assertThat(run("read", "current/app.log")).isEqualTo("one\n");
        run("append", "app.log", "content", "two\n");
        assertThat(folder.resolve("2024/app.log")).hasContent("one\ntwo\n");
        run("write", "app.log", "content", "new");
        assertThat(folder.resolve("2024/app.log")).hasContent("new");
        assertThat(folder.resolve("app.log")).isSymbolicLink();
    }

    @Test
    void folderExchangedForALinkBetweenCheckAndOpening_neverLeadsOutside() throws Exception {
        file("a/x", "inside");
        Files.createDirectory(dir.resolve("out"));
        Files.writeString(dir.resolve("out/x"), "OUTSIDE");
        Path a = folder.resolve("a");
        Path real = folder.resolve("real");
        var stop = new AtomicBoolean();
        var swapper = new Thread(() -> {
            while (!stop.get()) {
                try {
                    Files.move(a, real);
                    Files.createSymbolicLink(a, dir.resolve("out"));
                    Files.delete(a);
                    Files.move(real, a);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        swapper.start();
        try {
            for (int i = 0; i < 3_000; i++) {
                try (var channel =
                        new Jail(Folders.readOnly(folder), "a/x").read(List.of(Path.of("a"), Path.of("x")))) {
                    var bytes = ByteBuffer.allocate(16);
                    channel.read(bytes);
                    assertThat(new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8))
                            .isEqualTo("inside");
                } catch (IOException | MusterException e) {
                    // Not there at this moment, or found out.
                }
            }
        } finally {
            stop.set(true);
            swapper.join();
        }
    }
}
