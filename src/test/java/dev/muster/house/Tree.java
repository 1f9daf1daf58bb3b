package dev.muster.house;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The text files of the project, found by a walk that needs no git, so that the tests also pass in a source archive. */
final class Tree {
    private static final Set<String> NOT_OURS =
            Set.of(".git", "target", "node_modules", ".idea", ".vscode", ".settings");
    private static final Set<String> TEXT = Set.of(
            "java",
            "md",
            "xml",
            "yaml",
            "yml",
            "json",
            "sql",
            "html",
            "css",
            "js",
            "sh",
            "py",
            "go",
            "properties",
            "txt",
            "config",
            "mjs",
            "ts");
    private static final Set<String> TEXT_WITHOUT_ENDING =
            Set.of("LICENSE", "NOTICE", "Dockerfile", ".gitignore", ".editorconfig");

    /** A text file: its path from the root, with {@code /}, and its text. */
    record Source(String path, String text) {
        List<String> lines() {
            return text.lines().toList();
        }
    }

    private Tree() {}

    /** Returns the root of the project, which is the working directory of the tests. */
    static Path root() {
        return Path.of("").toAbsolutePath();
    }

    /** Returns every text file of the project. */
    static Stream<Source> texts() {
        return texts(path -> true);
    }

    /** Returns the text files whose path matches the filter. */
    static Stream<Source> texts(Predicate<String> filter) {
        return walk().stream().filter(Tree::isText).filter(filter).map(Tree::read);
    }

    /** Returns the Java sources of the product. */
    static Stream<Source> mainJava() {
        return texts(path -> path.startsWith("src/main/java/") && path.endsWith(".java"));
    }

    static Source read(String path) {
        try {
            return new Source(path, Files.readString(root().resolve(path), UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }

    private static boolean isText(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        boolean script = (path.startsWith("scripts/") || path.startsWith(".ci/")) && name.indexOf('.') < 0;
        return script || TEXT_WITHOUT_ENDING.contains(name) || TEXT.contains(name.substring(name.lastIndexOf('.') + 1));
    }

    private static List<String> walk() {
        List<String> found = new ArrayList<>();
        try {
            Files.walkFileTree(root(), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    return NOT_OURS.contains(folder.getFileName().toString())
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile()) {
                        found.add(root().relativize(file).toString().replace('\\', '/'));
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        found.sort(null);
        return found;
    }
}
