package dev.muster.app;

import dev.muster.config.Problems;
import dev.muster.config.ProblemsException;
import dev.muster.web.Site;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * The generation that is offered now, and those before it whose runs have not ended. One changes into the next at once, or not
 * at all. Safe on every thread; {@link #open} and {@link #close} block.
 */
final class Generations implements AutoCloseable {

    private final ServiceSetup started;
    private final Supplier<ServiceSetup> reading;
    private final Embedded embedded;
    private final Resources resources;
    private final Map<String, String> addresses;
    private final List<Generation> open = new CopyOnWriteArrayList<>();
    private final ExecutorService changes = Executors.newSingleThreadExecutor(Generations::thread);
    private volatile Offered offered;

    /** A generation and how HTTP sees it, which change together. */
    private record Offered(Generation generation, Site site) {}

    private Generations(
            ServiceSetup started,
            Supplier<ServiceSetup> reading,
            Embedded embedded,
            Resources resources,
            Map<String, String> addresses,
            Offered first) {
        this.started = started;
        this.reading = reading;
        this.embedded = embedded;
        this.resources = resources;
        this.addresses = addresses;
        this.offered = first;
        this.open.add(first.generation());
    }

    /**
     * The first one.
     *
     * @param setup what was read
     * @param reading reads it anew, for a reload
     * @param addresses of embedded sources
     * @throws ProblemsException with what is wrong in endpoints; nothing is left open then
     */
    static Generations open(
            ServiceSetup setup,
            Project project,
            Supplier<ServiceSetup> reading,
            Embedded embedded,
            Map<String, String> addresses,
            Resources resources)
            throws InterruptedException {
        Offered first = offered(setup, project, addresses, resources);
        return new Generations(setup, reading, embedded, resources, addresses, first);
    }

    /** The one that new runs begin with. */
    Generation current() {
        return offered.generation();
    }

    /** The same, as HTTP sees it. */
    Site site() {
        return offered.site();
    }

    /**
     * Reads the configuration anew and offers what it says; fails, with all as it was, if anything is wrong with it.
     *
     * @return the paths of settings that say something else than at the start and need a restart
     */
    Future<List<String>> reload() {
        Promise<List<String>> done = Promise.promise();
        changes.execute(() -> {
            try {
                done.complete(change());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                done.fail(e);
            } catch (RuntimeException e) {
                ServiceNews.notReloaded(e);
                done.fail(e);
            }
        });
        return done.future();
    }

    /** Cancels the runs that are left and closes the sources of all of them. */
    @Override
    public void close() {
        changes.shutdown();
        open.forEach(this::close);
    }

    private void close(Generation generation) {
        if (open.remove(generation)) {
            generation.close();
        }
    }

    private List<String> change() throws InterruptedException {
        ServiceSetup setup = reading.get();
        Project project = setup.project(embedded, resources);
        Offered before = offered;
        setup.callers().takeOver(before.generation().callers());
        Offered next = offered(setup, project, addresses, resources);
        List<String> ofQueues = changeQueues(project, next);
        open.add(next.generation());
        offered = next;
        before.generation().retire().onSuccess(unused -> {
            if (!changes.isShutdown()) {
                changes.execute(() -> close(before.generation()));
            }
        });
        Log.apply(setup.log());
        List<String> forRestart = new ArrayList<>(StartSettings.changed(started, setup));
        forRestart.addAll(ofQueues);
        ServiceNews.reloaded(setup, project, forRestart);
        return forRestart;
    }

    /** The last thing that may go wrong: from then on there is no way back. */
    private List<String> changeQueues(Project project, Offered next) throws InterruptedException {
        try {
            return resources.queues().change(project.queues(), next.generation().postgres());
        } catch (RuntimeException | InterruptedException e) {
            next.generation().close();
            throw e;
        }
    }

    private static Offered offered(
            ServiceSetup setup, Project project, Map<String, String> addresses, Resources resources)
            throws InterruptedException {
        Generation generation = Generation.open(project, addresses, setup.callers(), resources);
        var problems = new Problems();
        try {
            Site site = Site.of(generation, problems);
            problems.throwIfAny();
            Waiting.got(setup.callers().open(resources.vertx(), resources.loop()));
            return new Offered(generation, site);
        } catch (RuntimeException | InterruptedException e) {
            generation.close();
            throw e;
        }
    }

    private static Thread thread(Runnable work) {
        var thread = new Thread(work, "muster-changes");
        thread.setDaemon(true);
        return thread;
    }
}
