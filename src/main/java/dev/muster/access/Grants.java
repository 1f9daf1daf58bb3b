package dev.muster.access;

/**
 * The permissions of a caller: the words of {@code may}.
 *
 * @param plans plans that the caller may run
 * @param queues queues that the caller may use
 * @param adhoc whether the caller may run plans that it sends with the request
 * @param cancels whose runs the caller may cancel and look at
 * @param monitor whether the caller may see the monitor
 * @param workers addresses at which the caller may respond to calls over a bridge
 */
record Grants(
        GrantedNames plans,
        GrantedNames queues,
        boolean adhoc,
        Cancels cancels,
        boolean monitor,
        GrantedAddresses workers) {

    /** The owners of the runs that a caller may see and cancel. */
    enum Cancels {
        NONE,
        OWN,
        ALL
    }

    /** The grants of a caller without {@code may}: only its own runs. */
    static final Grants OWN =
            new Grants(GrantedNames.NONE, GrantedNames.NONE, false, Cancels.OWN, false, GrantedAddresses.NONE);

    /** No grants. */
    static final Grants NOTHING =
            new Grants(GrantedNames.NONE, GrantedNames.NONE, false, Cancels.NONE, false, GrantedAddresses.NONE);

    /** All grants. */
    static final Grants EVERYTHING =
            new Grants(GrantedNames.ALL, GrantedNames.ALL, true, Cancels.ALL, true, GrantedAddresses.ALL);
}
