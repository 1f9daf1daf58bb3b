package dev.muster.access;

import dev.muster.config.Position;
import dev.muster.config.Problems;
import dev.muster.config.Suggest;
import java.util.Map;
import java.util.Set;

/**
 * The plans or queues that a caller may use: some by name, or all.
 *
 * @param all whether it is all of them
 * @param places where each name stands that was granted by itself
 */
record GrantedNames(boolean all, Map<String, Position> places) {

    /** None. */
    static final GrantedNames NONE = new GrantedNames(false, Map.of());

    /** All, those of later configurations too. */
    static final GrantedNames ALL = new GrantedNames(true, Map.of());

    boolean contain(String name) {
        return all || places.containsKey(name);
    }

    /** Notes each name that nothing has. */
    void check(String kind, Set<String> known, String caller, Problems problems) {
        places.forEach((name, at) -> {
            if (!known.contains(name)) {
                problems.add(
                        at,
                        "the caller \"" + caller + "\" is granted the " + kind + " \"" + name + "\", which there is not"
                                + Suggest.didYouMean(name, known));
            }
        });
    }
}
