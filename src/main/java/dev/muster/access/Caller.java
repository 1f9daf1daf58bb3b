package dev.muster.access;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A sender of requests: its name, its grants and its quota of concurrent runs. Immutable; safe on any thread.
 *
 * <p>A run belongs to a caller by name: the key or token that was used, and later changes of the configuration, do not matter.
 */
public final class Caller {
    /** The name of every caller without a key; the configuration rejects a caller of this name. */
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

    /** The caller of every request when no callers are configured: it has all grants and no quota. */
    public static Caller everyone() {
        return EVERYONE;
    }

    /**
     * The caller of a request without a key when callers are configured. It has no grants; it can run public plans, which need
     * none.
     */
    public static Caller stranger() {
        return STRANGER;
    }

    /**
     * A caller that belongs to the node itself, such as the consumers of a queue. It has all grants and no quota.
     *
     * @param name the owner of its runs, as logs and reports show it
     * @param about the claims that expressions see
     */
    public static Caller ofNode(String name, Map<String, @Nullable Object> about) {
        return new Caller(name, Grants.EVERYTHING, OptionalInt.empty(), about);
    }

    /** The name in the configuration; {@code anyone} for {@link #everyone} and {@link #stranger}. */
    public String name() {
        return name;
    }

    /** Whether the caller may run the saved plan of that name. */
    public boolean mayRun(String plan) {
        return grants.plans().contain(plan);
    }

    /** Whether the caller may put into, take from and look at the queue of that name. */
    public boolean mayUseQueue(String queue) {
        return grants.queues().contain(queue);
    }

    /** Whether the caller may run plans that it sends with the request. */
    public boolean mayRunAdhoc() {
        return grants.adhoc();
    }

    /** Whether the caller may see the monitor, which shows the runs of all callers. */
    public boolean mayMonitor() {
        return grants.monitor();
    }

    /** Whether the caller may see and cancel the runs of the caller of that name. */
    public boolean mayCancel(String ownerName) {
        return switch (grants.cancels()) {
            case NONE -> false;
            case OWN -> name.equals(ownerName);
            case ALL -> true;
        };
    }

    /** Whether the caller may be a worker: respond to calls at an event-bus address, over a bridge that permits this address. */
    public boolean mayWorkAt(String address) {
        return grants.workers().stream().anyMatch(pattern -> pattern.matches(address));
    }

    /** The maximum number of concurrent runs on a node; empty if only the node's own bound applies. */
    public OptionalInt runsAtOnce() {
        return runsAtOnce;
    }

    /**
     * The variable {@code caller} of expressions: {@code {name, claims}}, made of the values that package {@code json} lists.
     * The claims come from the token; for a caller with a key they are an empty map. Must not be modified.
     */
    public Map<String, Object> toValue() {
        return value;
    }

    Grants grants() {
        return grants;
    }

    /** A copy of this caller with the claims of a token. */
    Caller withClaims(Map<String, @Nullable Object> claims) {
        return new Caller(name, grants, runsAtOnce, claims);
    }

    /** The name alone; claims can be personal data. */
    @Override
    public String toString() {
        return "caller " + name;
    }
}
