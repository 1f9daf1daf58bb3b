package dev.muster.app;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Something that has a queue in the database: it takes an order at a time, and answers with figures by name. */
interface Contestant extends AutoCloseable {

    /** Who it is, with its version. */
    String version();

    /** Does as the orders say that {@code contestant.mjs} explains. */
    Map<String, Object> obey(String order, int... numbers);

    @Override
    void close();

    /** One in a process of its own, by a script in JavaScript. */
    static Contestant script(Path folder, List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            var script = new Script(
                    process,
                    new BufferedWriter(process.outputWriter(StandardCharsets.UTF_8)),
                    new BufferedReader(process.inputReader(StandardCharsets.UTF_8)),
                    new JsonObject());
            script.hello.mergeIn(script.answer());
            return script;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    record Script(Process process, BufferedWriter in, BufferedReader out, JsonObject hello) implements Contestant {
        @Override
        public String version() {
            return hello.getString("version");
        }

        @Override
        public Map<String, Object> obey(String order, int... numbers) {
            try {
                in.write(order);
                for (int number : numbers) {
                    in.write(" " + number);
                }
                in.write("\n");
                in.flush();
                return answer().getMap();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        JsonObject answer() throws IOException {
            String line = out.readLine();
            if (line == null) {
                throw new IllegalStateException(
                        "the script ended: " + process.info().commandLine());
            }
            return new JsonObject(line);
        }

        @Override
        public void close() {
            try {
                in.close();
                process.waitFor();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                process.destroy();
                Thread.currentThread().interrupt();
            }
        }
    }
}
