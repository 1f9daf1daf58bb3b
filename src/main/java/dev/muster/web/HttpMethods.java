package dev.muster.web;

import java.util.ArrayList;
import java.util.List;

/** The HTTP methods that plans can be exposed with, as numbers. */
final class HttpMethods {

    private static final List<String> NAMES = List.of("GET", "POST", "PUT", "PATCH", "DELETE");
    static final int COUNT = NAMES.size();

    /** The number of GET. */
    static final int GET = 0;

    /** The bit of HEAD. No plan is exposed with HEAD. */
    static final int HEAD_BIT = 1 << COUNT;

    private HttpMethods() {}

    /** The number of a method; HEAD has the number of GET. Returns -1 for a method that plans cannot be exposed with. */
    static int index(String method) {
        return NAMES.indexOf(method.equals("HEAD") ? "GET" : method);
    }

    /** The names of the methods in a bit set, for the header {@code Allow}. */
    static List<String> named(int bits) {
        List<String> names = new ArrayList<>();
        for (int method = 0; method < COUNT; method++) {
            if ((bits & 1 << method) != 0) {
                names.add(NAMES.get(method));
                if (method == GET && (bits & HEAD_BIT) != 0) {
                    names.add("HEAD");
                }
            }
        }
        return List.copyOf(names);
    }
}
