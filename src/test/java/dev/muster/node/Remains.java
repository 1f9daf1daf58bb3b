package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What this process has of threads, open files and memory at one moment, and what has come since. Linux only. */
public final class Remains {
    private static final long JOIN_MILLIS = 20_000;
    private static final long WARM_UP_MILLIS = 1_000;
    private static final int COLLECTIONS = 30;

    /** Threads that outlive a Vert.x, such as the one that asks here and the JVM's own, may know the last one that they saw. */
    private static final int MAX_KNOWN = 2;

    /** A JVM loads some classes late: of rare paths, of its own tools. One kept class loader a restart is more than this. */
    private static final long LATE_CLASSES = 400;

    /** Of the JVM, and of clients of the test's own that stay: they come and go. */
    private static final Set<String> OTHERS = Set.of(
            "ForkJoinPool.commonPool-worker-#",
            "Common-Cleaner",
            "Attach Listener",
            "HttpClient-#-SelectorManager",
            "HttpClient-#-Worker-#",
            "process reaper (pid #)",
            "process reaper",
            "Keep-Alive-Timer");

    private final Set<Thread> threads;
    private final Map<String, Long> files;
    private final long classes;
    private final long bytes;
    private final List<WeakReference<Vertx>> vertx = new ArrayList<>();

    private Remains(Set<Thread> threads, Map<String, Long> files, long classes, long bytes) {
        this.threads = threads;
        this.files = files;
        this.classes = classes;
        this.bytes = bytes;
    }

    /** What there is now. */
    public static Remains now() throws IOException {
        long bytes = usedBytes();
        return new Remains(threads(), files(), classes(), bytes);
    }

    /** What there is now that some of it has been started for the first time; waits a moment for what is just ending. */
    public Remains afterWarmUp() throws IOException, InterruptedException {
        for (Thread thread : more()) {
            thread.join(WARM_UP_MILLIS);
        }
        return now();
    }

    /** This one has to be gone, with all its timers. */
    public void watch(Vertx one) {
        vertx.add(new WeakReference<>(one));
    }

    /** Waits for threads that are just ending, and fails if anything else is there. The kilobytes of memory that have come. */
    public long assertNothingCame() throws IOException, InterruptedException {
        Set<Thread> more = more();
        for (Thread thread : more) {
            thread.join(JOIN_MILLIS);
        }
        assertThat(more()).as("threads that are left").isEmpty();
        // Fewer are no fault: what another test has left may be closed meanwhile.
        assertThat(files())
                .as("files and sockets that are open, where there were %s", files)
                .allSatisfy((kind, count) -> assertThat(count).isLessThanOrEqualTo(files.getOrDefault(kind, 0L)));
        for (int i = 0; i < COLLECTIONS && live() > MAX_KNOWN; i++) {
            System.gc();
        }
        assertThat(live())
                .as("of %d Vert.x that were closed, those that somebody holds", vertx.size())
                .isLessThanOrEqualTo(MAX_KNOWN);
        assertThat(classes() - classes).as("classes that are loaded").isLessThan(LATE_CLASSES);
        return (usedBytes() - bytes) / 1024;
    }

    private Set<Thread> more() {
        Set<Thread> now = threads();
        now.removeAll(threads);
        return now;
    }

    private long live() {
        return vertx.stream().filter(one -> one.get() != null).count();
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !OTHERS.contains(thread.getName().replaceAll("[0-9]+", "#")))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** How many of each kind; the JVM opens jars when it likes. */
    private static Map<String, Long> files() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.map(Remains::kind)
                    .filter(kind -> !kind.startsWith("/"))
                    .collect(Collectors.groupingBy(kind -> kind, TreeMap::new, Collectors.counting()));
        }
    }

    private static String kind(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().replaceAll("[0-9]+", "#");
        } catch (IOException e) {
            return "/that of this listing";
        }
    }

    private static long classes() {
        return ManagementFactory.getClassLoadingMXBean().getLoadedClassCount();
    }

    private static long usedBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
