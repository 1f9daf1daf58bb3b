package dev.muster.connect.mysql;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The nodes that a watcher suspects to be dead: statements carry their mark, but their lock is free. For one thread.
 *
 * <p>A lock is also free for a moment when a living node loses its side connection. A node is therefore dead only after its lock
 * was free at every look for {@link #PATIENCE} while it began no statement. A living node takes its lock again or begins another
 * statement.
 */
final class Suspects {
    /** How long a node's lock must be free. */
    static final Duration PATIENCE = Duration.ofMillis(1_900);

    /** After a longer break between looks, all suspicion is dropped, because the watcher itself could have been held up. */
    private static final Duration LONGEST_BREAK = Duration.ofSeconds(5);

    private final Map<String, Suspect> byNode = new HashMap<>();
    private long lastLookNanos;

    /**
     * A statement in the server's process list.
     *
     * @param id the connection id
     * @param seconds how long the statement has been running
     * @param sum checksum of its text
     */
    record Statement(long id, long seconds, long sum) {

        /** Whether a statement seen later is still this one. */
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
     * Records a look at the server.
     *
     * @param nowNanos the time of the loop, in nanoseconds
     * @param running the running statements by node, only for nodes whose lock is free
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

    /** The statements of a dead node, among those running now, that were already seen at the previous look. */
    List<Statement> left(String node, List<Statement> now) {
        Suspect known = byNode.get(node);
        return known == null ? List.of() : now.stream().filter(known::has).toList();
    }

    void clear() {
        byNode.clear();
    }
}
