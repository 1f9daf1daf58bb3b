package dev.muster.web;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds what references within a JSON Schema point to. */
final class SchemaParts {

    private SchemaParts() {}

    /** What a reference such as {@code #/$defs/id} points to; empty for another kind, and where there is nothing. */
    static Optional<Object> find(Map<String, ?> root, String reference) {
        if (reference.equals("#")) {
            return Optional.of(root);
        }
        if (!reference.startsWith("#/")) {
            return Optional.empty();
        }
        Object at = root;
        for (String part : reference.substring(2).split("/", -1)) {
            at = below(at, name(part));
            if (at == null) {
                return Optional.empty();
            }
        }
        return Optional.of(at);
    }

    private static @Nullable Object below(Object at, String name) {
        if (at instanceof Map<?, ?> map) {
            return map.get(name);
        }
        if (at instanceof List<?> list && name.matches("[0-9]{1,6}")) {
            int index = Integer.parseInt(name);
            return index < list.size() ? list.get(index) : null;
        }
        return null;
    }

    private static String name(String part) {
        String plain = part;
        if (part.indexOf('%') >= 0) {
            try {
                plain = URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                return part;
            }
        }
        return plain.replace("~1", "/").replace("~0", "~");
    }

    /** A name as a part of a reference. */
    static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
