package dev.muster.access;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who asks for something: a name, what it may, how many runs at once. Immutable; any thread.
 *
 * <p>Runs belong to the caller of that name, whichever key or token it came with, and whatever the configuration said when
 * they began.
 */
public final class Caller {
    /** The name of whoever brings no key; no caller of the configuration is called so. */
    static final String ANYONE = "anyone";

    private static final Caller EVERYONE = new Caller(ANYONE, Grants.EVERYTHING, OptionalInt.empty(), Map.of());
    private static final Caller STRANGER = new Caller(ANYONE, Grants.NOTHING, OptionalInt.empty(), Map.of());

    private final String name;
    private final Grants grants;
    private final OptionalInt runsAtOnce;
    private final Map<String, Object> value;

    Caller(String name, Grants grants, OptionalInt runsAtOnce, Map<String, @Nullable Object> claims) {
        this.name = name;
        this.grants = grants;
        this.runsAtOnce = runsAtOnce;
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("name", name);
        described.put("claims", claims);
        this.value = described;
    }

    /** Whoever asks where no callers are configured: it may everything and has no quota. */
    public static Caller everyone() {
        return EVERYONE;
    }

    /**
     * Whoever brings no key where callers are configured: it may nothing. Plans that are public need no grant, so it is the
     * one who runs them.
     */
    public static Caller stranger() {
        return STRANGER;
    }

    /**
     * Somebody of the node's own, such as the consumers of a queue: it may everything and has no quota.
     *
     * @param name what logs and reports say of whose runs they are
     * @param about what expressions see as its claims
     */
    public static Caller ofNode(String name, Map<String, @Nullable Object> about) {
        return new Caller(name, Grants.EVERYTHING, OptionalInt.empty(), about);
    }

    /** Its name in the configuration; {@code anyone} for {@link #everyone} and {@link #stranger}. */
    public String name() {
        return name;
    }

    /** Whether it may run the saved plan of that name. */
    public boolean mayRun(String plan) {
        return grants.plans().contain(plan);
    }

    /** Whether it may put into, take from and look at the queue of that name. */
    public boolean mayUseQueue(String queue) {
        return grants.queues().contain(queue);
    }

    /** Whether it may run plans that it brings itself. */
    public boolean mayRunAdhoc() {
        return grants.adhoc();
    }

    /** Whether it may see what the monitor shows, which is of all callers. */
    public boolean mayMonitor() {
        return grants.monitor();
    }

    /** Whether it may cancel, and see, the runs of the caller of that name. */
    public boolean mayCancel(String ownerName) {
        return switch (grants.cancels()) {
            case NONE -> false;
            case OWN -> name.equals(ownerName);
            case ALL -> true;
        };
    }

    /** Whether it may answer the calls of an event-bus address, over a bridge that permits this address. */
    public boolean mayWorkAt(String address) {
        return grants.workers().contain(address);
    }

    /** How many runs it may have at once on a node; empty where only the node's own bound counts. */
    public OptionalInt runsAtOnce() {
        return runsAtOnce;
    }

    /**
     * The variable {@code caller} of expressions: {@code {name, claims}}, of the values that package {@code json} lists. The
     * claims are those of the token, an empty map for whoever came with a key. Never to be changed.
     */
    public Map<String, Object> toValue() {
        return value;
    }

    Grants grants() {
        return grants;
    }

    /** The same caller, who came with a token of these claims. */
    Caller withClaims(Map<String, @Nullable Object> claims) {
        return new Caller(name, grants, runsAtOnce, claims);
    }

    /** Its name; claims may be personal. */
    @Override
    public String toString() {
        return "caller " + name;
    }
}
