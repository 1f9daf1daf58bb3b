package dev.muster.access;

import dev.muster.config.Glob;
import java.util.List;

/**
 * The event-bus addresses at which a caller may be a worker.
 *
 * @param globs patterns of the addresses, as written
 */
record GrantedAddresses(List<Glob> globs) {

    /** No address. */
    static final GrantedAddresses NONE = new GrantedAddresses(List.of());

    /** All addresses that bridges permit. */
    static final GrantedAddresses ALL = new GrantedAddresses(List.of(Glob.of("*")));

    boolean contain(String address) {
        return globs.stream().anyMatch(glob -> glob.matches(address));
    }
}
