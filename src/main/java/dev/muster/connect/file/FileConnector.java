package dev.muster.connect.file;

import dev.muster.config.SourceConfig;
import dev.muster.connect.Connector;
import dev.muster.connect.Operation;
import dev.muster.connect.Receipts;
import dev.muster.connect.SourceKind;
import dev.muster.connect.WorkPool;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The connector of the verb {@code file}: reads, writes and filters files. Each source is confined to one folder.
 *
 * <p>Everything that touches a file runs on the blocking pool, never on a loop. A cancel interrupts the work, which closes the
 * file, and is complete when the file is closed. Safe on any thread. {@code read} returns text or JSON; {@code write} and
 * {@code append} return {@code {bytes: n}}; {@code lines} returns a bounded list or a stream in constant memory. The caller owns
 * the pool.
 */
public final class FileConnector implements Connector {
    /** The kind of these sources. */
    public static final SourceKind KIND = new SourceKind(FileSettings.KIND, FileConnector::open);

    private final Map<String, FileSettings> sources = new LinkedHashMap<>();
    private final Map<String, Receipts> receipts = new LinkedHashMap<>();
    private final WorkPool pool;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong opened = new AtomicLong();
    private final VerbSpec words;

    /**
     * Creates a connector for these sources.
     *
     * @param pool the pool for blocking work
     */
    public FileConnector(Collection<FileSettings> sources, WorkPool pool) {
        for (FileSettings source : sources) {
            this.sources.put(source.name(), source);
            receipts.put(source.name(), new Receipts(source.name()));
        }
        this.pool = pool;
        this.words = FileOptions.of(this.sources);
    }

    private static Connector open(List<SourceConfig> sources, SourceKind.Context context) {
        return new FileConnector(
                sources.stream()
                        .map(source -> FileSettings.read(source, context.conf(), context.problems()))
                        .toList(),
                context.blocking());
    }

    /** The specification of the words of {@code file}, without checks against sources. */
    public static VerbSpec verbWords() {
        return FileOptions.of(Map.of());
    }

    @Override
    public VerbSpec words() {
        return words;
    }

    @Override
    public Operation prepare(VerbCall call) {
        FileSettings source = sources.get(call.target());
        if (source == null) {
            return (scope, arguments) -> Future.failedFuture(
                    new MusterException(ErrorType.FILE, "there is no source of files " + call.target()));
        }
        return new FileOperation(call, source, this, Objects.requireNonNull(receipts.get(source.name())));
    }

    /** {@inheritDoc} The folder of the source must exist. */
    @Override
    public Future<@Nullable Void> ready(Scope scope, String source) {
        FileSettings settings = sources.get(source);
        if (settings == null) {
            throw new IllegalArgumentException("there is no source of files " + source);
        }
        return pool.submit(scope, "folder of " + source, stop -> {
            if (!Files.isDirectory(settings.folder())) {
                throw new MusterException(
                        ErrorType.FILE, source + ": the folder " + settings.shownFolder() + " does not exist");
            }
            return null;
        });
    }

    /** The number of open files. Safe on any thread. */
    public Statistics files() {
        return new Statistics(open.get(), opened.get());
    }

    /** Counts a file that was opened. */
    void opened() {
        open.incrementAndGet();
        opened.incrementAndGet();
    }

    /** Counts a file that was closed. */
    void closed() {
        open.decrementAndGet();
    }

    WorkPool pool() {
        return pool;
    }

    /** The outcomes of the cancels of each source. Safe on any thread. */
    public Map<String, Receipts.Statistics> cancels() {
        var cancels = new LinkedHashMap<String, Receipts.Statistics>();
        receipts.forEach((name, of) -> cancels.put(name, of.statistics()));
        return cancels;
    }

    /**
     * Counts of files.
     *
     * @param open files open now
     * @param opened files opened since the start
     */
    public record Statistics(int open, long opened) {}
}
