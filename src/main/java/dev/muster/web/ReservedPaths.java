package dev.muster.web;

import java.util.List;

/** The paths that are reserved for Muster, by their first segment. */
final class ReservedPaths {

    private static final List<String> FIRST = List.of("v1", "health", "openapi.json", "docs");
    private static final String EVENT_BUS = "eventbus";

    private ReservedPaths() {}

    /** Whether a path that starts with a slash is reserved. */
    static boolean has(String path) {
        if (path.startsWith(EVENT_BUS, 1)) {
            return true;
        }
        for (int i = 0; i < FIRST.size(); i++) {
            String first = FIRST.get(i);
            int end = 1 + first.length();
            if (path.startsWith(first, 1) && (path.length() == end || path.charAt(end) == '/')) {
                return true;
            }
        }
        return false;
    }

    /** The reserved paths, for messages. */
    static String describe() {
        return "/v1/, /health/, /docs, /openapi.json and /eventbus are reserved for Muster";
    }
}
