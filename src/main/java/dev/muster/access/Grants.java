package dev.muster.access;

/**
 * What a caller may: the words of {@code may}.
 *
 * @param plans which plans it may run
 * @param queues which queues it may use
 * @param adhoc whether it may run plans that it brings
 * @param cancels whose runs it may cancel and look at
 * @param monitor whether it may see the monitor
 * @param workers at which addresses it may answer calls over a bridge
 */
record Grants(
        GrantedNames plans,
        GrantedNames queues,
        boolean adhoc,
        Cancels cancels,
        boolean monitor,
        GrantedAddresses workers) {

    /** Whose runs. */
    enum Cancels {
        NONE,
        OWN,
        ALL
    }

    /** Nothing but what is its own. */
    static final Grants OWN =
            new Grants(GrantedNames.NONE, GrantedNames.NONE, false, Cancels.OWN, false, GrantedAddresses.NONE);

    /** Nothing. */
    static final Grants NOTHING =
            new Grants(GrantedNames.NONE, GrantedNames.NONE, false, Cancels.NONE, false, GrantedAddresses.NONE);

    /** Everything. */
    static final Grants EVERYTHING =
            new Grants(GrantedNames.ALL, GrantedNames.ALL, true, Cancels.ALL, true, GrantedAddresses.ALL);
}
