package dev.muster.web;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node of the endpoint tree. Built by one thread, read-only afterwards. */
final class PathNode {

    /** The methods that plans can be exposed with. Their indexes are used as numbers. */
    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE");

    private static final int GET = 0;

    /** The bit of HEAD. No plan is exposed with HEAD. */
    private static final int HEAD_BIT = 1 << METHODS.size();

    /** An open-addressing hash table of literal segments, so that a segment is looked up without copying it. */
    private @Nullable String[] segments = new String[4];

    private @Nullable PathNode[] nodes = new PathNode[4];
    private int size;
    private @Nullable PathNode variable;
    private final @Nullable Endpoint[] endpoints = new Endpoint[METHODS.size()];

    /** The child for a literal segment, created if absent. */
    PathNode literal(String segment) {
        int slot = slot(segment, 0, segment.length());
        PathNode there = nodes[slot];
        if (there != null) {
            return there;
        }
        PathNode made = new PathNode();
        segments[slot] = segment;
        nodes[slot] = made;
        if (++size * 2 > segments.length) {
            grow();
        }
        return made;
    }

    /** The child for a variable segment, created if absent. */
    PathNode variable() {
        if (variable == null) {
            variable = new PathNode();
        }
        return variable;
    }

    /** Adds an endpoint unless the method has one; returns the existing endpoint, or null. */
    @Nullable
    Endpoint put(int method, Endpoint endpoint) {
        Endpoint before = endpoints[method];
        if (before == null) {
            endpoints[method] = endpoint;
        }
        return before;
    }

    /**
     * The endpoint for the rest of a path, or null. Literals are tried before variables. Visits each node at most once.
     *
     * @param from the start of the next segment; beyond the end of the path if there is none
     * @param starts receives the start of each path variable
     * @param variables the number of variables matched so far
     */
    @Nullable
    Endpoint find(int method, String path, int from, int[] starts, int variables) {
        if (from > path.length()) {
            return endpoints[method];
        }
        int end = endOfSegment(path, from);
        PathNode literal = nodes[slot(path, from, end)];
        Endpoint found = literal == null ? null : literal.find(method, path, end + 1, starts, variables);
        if (found == null && variable != null && mayBeValue(path, from, end)) {
            starts[variables] = from;
            found = variable.find(method, path, end + 1, starts, variables + 1);
        }
        return found;
    }

    /** The methods of all endpoints for the rest of a path, as a bit set. */
    int methods(String path, int from) {
        if (from > path.length()) {
            int bits = 0;
            for (int method = 0; method < endpoints.length; method++) {
                bits |= endpoints[method] == null ? 0 : 1 << method;
            }
            Endpoint get = endpoints[GET];
            return get == null || get.hasEffects() ? bits : bits | HEAD_BIT;
        }
        int end = endOfSegment(path, from);
        PathNode literal = nodes[slot(path, from, end)];
        int bits = literal == null ? 0 : literal.methods(path, end + 1);
        return variable != null && mayBeValue(path, from, end) ? bits | variable.methods(path, end + 1) : bits;
    }

    /** The number of a method; HEAD has the number of GET. Returns -1 for a method that plans cannot be exposed with. */
    static int method(String method) {
        return METHODS.indexOf(method.equals("HEAD") ? "GET" : method);
    }

    /** The names of the methods in a bit set, for the header {@code Allow}. */
    static List<String> methodNames(int bits) {
        List<String> names = new ArrayList<>();
        for (int method = 0; method < METHODS.size(); method++) {
            if ((bits & 1 << method) != 0) {
                names.add(METHODS.get(method));
                if (method == GET && (bits & HEAD_BIT) != 0) {
                    names.add("HEAD");
                }
            }
        }
        return List.copyOf(names);
    }

    /** The end of a segment: the next slash, or the end of the path. */
    static int endOfSegment(String path, int from) {
        int slash = path.indexOf('/', from);
        return slash < 0 ? path.length() : slash;
    }

    /**
     * Whether a segment can be the value of a variable. Empty segments and the dot segments {@code .} and {@code ..}, escaped or
     * not, cannot: proxies resolve them.
     */
    private static boolean mayBeValue(String path, int from, int end) {
        int dots = 0;
        int at = from;
        while (at < end && dots < 3) {
            if (path.charAt(at) == '.') {
                at++;
            } else if (path.regionMatches(true, at, "%2e", 0, 3) && at + 3 <= end) {
                at += 3;
            } else {
                return true;
            }
            dots++;
        }
        return dots > 2;
    }

    /** The slot of a segment in the table, or the free slot where it belongs. */
    private int slot(String text, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + text.charAt(i);
        }
        int slot = (hash ^ hash >>> 16) & segments.length - 1;
        while (true) {
            String segment = segments[slot];
            if (segment == null || segment.length() == to - from && text.startsWith(segment, from)) {
                return slot;
            }
            slot = slot + 1 & segments.length - 1;
        }
    }

    private void grow() {
        @Nullable String[] oldSegments = segments;
        @Nullable PathNode[] oldNodes = nodes;
        segments = new String[oldSegments.length * 2];
        nodes = new PathNode[oldSegments.length * 2];
        for (int i = 0; i < oldSegments.length; i++) {
            String segment = oldSegments[i];
            if (segment != null) {
                int slot = slot(segment, 0, segment.length());
                segments[slot] = segment;
                nodes[slot] = oldNodes[i];
            }
        }
    }
}
