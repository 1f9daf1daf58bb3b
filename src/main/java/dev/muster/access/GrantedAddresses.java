package dev.muster.access;

import dev.muster.config.Glob;
import java.util.List;

/**
 * The event-bus addresses that a caller may answer at.
 *
 * @param globs those, as they are written
 */
record GrantedAddresses(List<Glob> globs) {

    /** None. */
    static final GrantedAddresses NONE = new GrantedAddresses(List.of());

    /** All that bridges permit. */
    static final GrantedAddresses ALL = new GrantedAddresses(List.of(Glob.of("*")));

    boolean contain(String address) {
        return globs.stream().anyMatch(glob -> glob.matches(address));
    }
}
