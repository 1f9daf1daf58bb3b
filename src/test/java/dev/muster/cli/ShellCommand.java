package dev.muster.cli;

import dev.muster.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A command line in a process of its own, started by a shell that redirects its streams; what came of it. */
record ShellCommand(int code, String out, String err) {

    private static final long MAX_SECONDS = 90;

    /** Muster, with redirections such as {@code >/dev/full}, without a locale unless the variables have one. */
    static ShellCommand muster(String redirections, Map<String, String> env, String... words) throws Exception {
        return java(redirections, env, List.of("-XX:TieredStopAtLevel=1"), Main.class.getName(), words);
    }

    /** A main class with options of its JVM. */
    static ShellCommand java(
            String redirections, Map<String, String> env, List<String> options, String main, String... words)
            throws Exception {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(List.of(words));
        return shell("exec \"$@\" " + redirections, env, command);
    }

    /** A script of the shell; the words are its parameters. */
    static ShellCommand shell(String script, Map<String, String> env, List<String> words) throws Exception {
        var command = new ArrayList<>(List.of("bash", "-c", script, "bash"));
        command.addAll(words);
        var builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().put("PATH", System.getenv("PATH"));
        builder.environment().putAll(env);
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            CompletableFuture<String> out = CompletableFuture.supplyAsync(() -> text(process, true));
            CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> text(process, false));
            if (!process.waitFor(MAX_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("still running after " + MAX_SECONDS + " s: " + command);
            }
            return new ShellCommand(process.exitValue(), out.get(), err.get());
        } finally {
            process.destroyForcibly();
        }
    }

    /** Its lines for people, without what a newer JVM says of libraries. */
    List<String> said() {
        return err.lines().filter(line -> !line.startsWith("WARNING: ")).toList();
    }

    private static String text(Process process, boolean isOut) {
        try (var in = isOut ? process.getInputStream() : process.getErrorStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
