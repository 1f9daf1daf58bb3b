package dev.muster.access;

import dev.muster.config.Glob;
import dev.muster.config.Position;
import dev.muster.config.Problems;
import dev.muster.config.Suggest;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The permissions of a caller: the words of {@code may}.
 *
 * @param plans plans that the caller may run
 * @param queues queues that the caller may use
 * @param adhoc whether the caller may run plans that it sends with the request
 * @param cancels whose runs the caller may cancel and look at
 * @param monitor whether the caller may see the monitor
 * @param workers patterns of the addresses at which the caller may respond to calls over a bridge
 */
record Grants(Names plans, Names queues, boolean adhoc, Cancels cancels, boolean monitor, List<Glob> workers) {

    /** The owners of the runs that a caller may see and cancel. */
    enum Cancels {
        NONE,
        OWN,
        ALL
    }

    /**
     * The plans or queues that a caller may use: all, or some by name.
     *
     * @param all whether all are granted, in later configurations too
     * @param places position in the configuration of each name that is granted by itself
     */
    record Names(boolean all, Map<String, Position> places) {
        static final Names NONE = new Names(false, Map.of());
        static final Names ALL = new Names(true, Map.of());

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

    /** The grants of a caller without {@code may}: only its own runs. */
    static final Grants OWN = new Grants(Names.NONE, Names.NONE, false, Cancels.OWN, false, List.of());

    static final Grants NOTHING = new Grants(Names.NONE, Names.NONE, false, Cancels.NONE, false, List.of());

    static final Grants EVERYTHING = new Grants(Names.ALL, Names.ALL, true, Cancels.ALL, true, List.of(Glob.of("*")));
}
