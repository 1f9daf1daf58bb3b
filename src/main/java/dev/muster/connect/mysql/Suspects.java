package dev.muster.connect.mysql;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a watcher has seen of nodes that may be dead: statements that carry the name of a node whose lock nobody holds. Of one
 * thread.
 *
 * <p>A lock is free for a moment, too, where a living node has lost the connection that held it. So a node counts as dead only
 * after it was seen without its lock, look after look, for {@link #PATIENCE}, and while none of its statements began: the
 * living one takes its lock again, or begins another.
 */
final class Suspects {
    /** For how long a node has to be without its lock. */
    static final Duration PATIENCE = Duration.ofMillis(1_900);

    /** After such a break in looking nothing is known any more: the watcher itself may have been held up. */
    private static final Duration LONGEST_BREAK = Duration.ofSeconds(5);

    private final Map<String, Suspect> byNode = new HashMap<>();
    private long lastLookNanos;

    /**
     * A statement in the server's list.
     *
     * @param id its connection's number
     * @param seconds for how long it runs
     * @param sum of its text
     */
    record Statement(long id, long seconds, long sum) {

        /** Whether a statement that is seen later is still this one. */
        boolean goesOnAs(Statement later) {
            return id == later.id && sum == later.sum && seconds <= later.seconds;
        }
    }

    private record Suspect(long sinceNanos, List<Statement> statements) {

        boolean has(Statement later) {
            return statements.stream().anyMatch(known -> known.goesOnAs(later));
        }

        Suspect seenAgain(long nowNanos, List<Statement> now) {
            return now.stream().allMatch(this::has) ? new Suspect(sinceNanos, now) : new Suspect(nowNanos, now);
        }
    }

    /**
     * Takes in a look.
     *
     * @param running the statements by their node, only of nodes whose lock is free
     * @return the nodes that are dead
     */
    Set<String> look(long nowNanos, Map<String, List<Statement>> running) {
        if (nowNanos - lastLookNanos > LONGEST_BREAK.toNanos()) {
            byNode.clear();
        }
        lastLookNanos = nowNanos;
        byNode.keySet().retainAll(running.keySet());
        running.forEach((node, now) -> {
            Suspect known = byNode.get(node);
            byNode.put(node, known == null ? new Suspect(nowNanos, now) : known.seenAgain(nowNanos, now));
        });
        return byNode.entrySet().stream()
                .filter(entry -> nowNanos - entry.getValue().sinceNanos() >= PATIENCE.toNanos())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** What a dead node has left, of the statements that are running now. */
    List<Statement> left(String node, List<Statement> now) {
        Suspect known = byNode.get(node);
        return known == null ? List.of() : now.stream().filter(known::has).toList();
    }

    /** Forgets all that was seen. */
    void clear() {
        byNode.clear();
    }
}
