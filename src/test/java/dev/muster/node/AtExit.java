package dev.muster.node;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What outlives this process unless somebody ends it: ended when this one is asked to end before it could do so itself. */
final class AtExit {
    private static final Set<AutoCloseable> ALL = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(AtExit::closeAll));
    }

    private AtExit() {}

    static void close(AutoCloseable resource) {
        ALL.add(resource);
    }

    /** It has been closed. */
    static void forget(AutoCloseable resource) {
        ALL.remove(resource);
    }

    private static void closeAll() {
        for (AutoCloseable one : ALL) {
            try {
                one.close();
            } catch (Exception e) {
                e.printStackTrace();
            }
        }
    }
}
