package dev.muster.access;

import dev.muster.config.Position;
import dev.muster.config.Problems;
import dev.muster.config.Suggest;
import java.util.Map;
import java.util.Set;

/**
 * The plans or queues that a caller may use: all, or some by name.
 *
 * @param all whether all are granted
 * @param places position in the configuration of each name that is granted by itself
 */
record GrantedNames(boolean all, Map<String, Position> places) {

    /** No name. */
    static final GrantedNames NONE = new GrantedNames(false, Map.of());

    /** All names, in later configurations too. */
    static final GrantedNames ALL = new GrantedNames(true, Map.of());

    boolean contain(String name) {
        return all || places.containsKey(name);
    }

    /** Adds a problem for each granted name that is unknown. */
    void check(String kind, Set<String> known, String caller, Problems problems) {
        places.forEach((name, at) -> {
            if (!known.contains(name)) {
                problems.add(
                        at,
                        "the caller \"" + caller + "\" is granted the " + kind + " \"" + name
                                + "\", which does not exist" + Suggest.didYouMean(name, known));
            }
        });
    }
}
