package dev.muster.connect.mongo;

import com.mongodb.ServerAddress;
import com.mongodb.event.CommandEvent;
import com.mongodb.event.CommandStartedEvent;
import dev.muster.config.Durations;
import dev.muster.loop.Loop;
import dev.muster.loop.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server activity of one {@link DriverCall}: its commands without a response, its open cursor and its kills in progress.
 *
 * <p>The driver's events report it, on any thread. After a stop, only {@code killCursors} is sent, and a {@code getMore} of a
 * cursor that is not killed yet, which is then killed itself. The activity is idle when nothing is in progress. If it is not
 * idle after {@link #GRACE}, its connection is closed.
 */
final class ServerActivity {
    private static final Logger LOG = LoggerFactory.getLogger(ServerActivity.class);
    static final Duration GRACE = Duration.ofSeconds(2);
    private static final String KILL_CURSORS = "killCursors";
    static final String GET_MORE = "getMore";

    private final MongoSource source;
    private final Loop loop;
    private final String comment;
    private final String what;

    /** All fields below are guarded by this, except the timer, which belongs to the loop. */
    private final List<Runnable> whenIdle = new ArrayList<>();

    private @Nullable ServerAddress address;
    private final Set<Integer> requests = new HashSet<>(2);
    private boolean sent;
    private long cursor;
    private boolean killed;
    private int kills;
    private boolean stopped;
    private boolean dropped;
    private @Nullable Timer grace;

    ServerActivity(MongoSource source, Loop loop, String comment, String what) {
        this.source = source;
        this.loop = loop;
        this.comment = comment;
        this.what = what;
    }

    /**
     * Stops the activity. Returns true if nothing is in progress; otherwise runs {@code onIdle} once nothing is. Runs on the
     * loop.
     */
    boolean stop(Runnable onIdle) {
        ServerAddress busy;
        synchronized (this) {
            boolean isFirst = !stopped;
            stopped = true;
            if (isIdle()) {
                return true;
            }
            whenIdle.add(onIdle);
            busy = !requests.isEmpty() && isFirst ? address : null;
        }
        if (grace == null) {
            grace = loop.schedule(GRACE, this::giveUp);
        }
        if (busy != null) {
            new KillOp(source, busy, this, loop, comment).begin();
        }
        return false;
    }

    /** Whether a command has no response yet and a stop still waits for it. */
    synchronized boolean isBusy() {
        return !requests.isEmpty() && !whenIdle.isEmpty();
    }

    /** Whether a command was ever on its way to a server. */
    synchronized boolean hasSent() {
        return sent;
    }

    /** Whether a command or cursor was left without a confirmed end: its connection was closed or lost. */
    synchronized boolean hasDropped() {
        return dropped;
    }

    synchronized void killBegins() {
        kills++;
    }

    synchronized void killEnds() {
        kills--;
        completeIfIdle();
    }

    /**
     * Abandons what is in progress because its end would never be noticed: a response cannot be read, or the driver's
     * threads are closed. Closes the connections of the commands. A connection whose response was received completely
     * stays open, because another command can already be using it.
     */
    void abandon() {
        List<Integer> busy;
        synchronized (this) {
            stopped = true;
            busy = List.copyOf(requests);
            dropped = dropped || !isIdle();
            requests.clear();
            busy.forEach(request -> source.commandEnds());
            forgetCursor();
            completeIfIdle();
        }
        busy.forEach(source.threads()::drop);
    }

    /** Counts the cursor as closed. Guarded by this. */
    private void forgetCursor() {
        if (cursor != 0) {
            source.cursorsChange(-1);
            cursor = 0;
        }
    }

    /** The time of the loop. */
    long nanos() {
        return loop.nanos();
    }

    void onLoop(Runnable step) {
        try {
            loop.execute(step);
        } catch (RejectedExecutionException e) {
            LOG.debug("{} ended after its loop had been closed", what);
        }
    }

    /** Records a command that is about to be sent, or suppresses it after a stop. */
    synchronized void started(CommandStartedEvent event) {
        if (stopped
                && !event.getCommandName().equals(KILL_CURSORS)
                && (killed || !event.getCommandName().equals(GET_MORE))) {
            source.threads().refuse(event.getRequestId());
            return;
        }
        source.commandBegins();
        requests.add(event.getRequestId());
        sent = true;
        address = event.getConnectionDescription().getServerAddress();
        if (stopped && event.getCommandName().equals(GET_MORE)) {
            ServerAddress busy = address;
            onLoop(() -> new KillOp(source, busy, this, loop, comment).begin());
        }
    }

    /** Records that the connection of a command was lost. Its server has possibly not stopped yet. */
    synchronized void lost(CommandEvent event) {
        dropped = dropped || stopped && requests.contains(event.getRequestId());
        ended(event, 0);
    }

    /**
     * Records the end of a command, by a response or without one.
     *
     * @param cursorNow id of the cursor that is open now; 0 for none
     */
    synchronized void ended(CommandEvent event, long cursorNow) {
        source.threads().forget(event.getRequestId());
        if (!requests.remove(event.getRequestId())) {
            return;
        }
        source.commandEnds();
        // A batch can still arrive while its cursor is being killed.
        killed = killed || event.getCommandName().equals(KILL_CURSORS);
        long open = killed ? 0 : cursorNow;
        source.cursorsChange((open == 0 ? 0 : 1) - (cursor == 0 ? 0 : 1));
        cursor = open;
        completeIfIdle();
    }

    private boolean isIdle() {
        return requests.isEmpty() && cursor == 0 && kills == 0;
    }

    private void completeIfIdle() {
        if (!whenIdle.isEmpty() && isIdle()) {
            onLoop(this::complete);
        }
    }

    private void complete() {
        if (grace != null) {
            grace.cancel();
            grace = null;
        }
        List<Runnable> steps;
        synchronized (this) {
            steps = List.copyOf(whenIdle);
            whenIdle.clear();
        }
        steps.forEach(Runnable::run);
    }

    private void giveUp() {
        List<Integer> busy;
        synchronized (this) {
            if (whenIdle.isEmpty()) {
                return;
            }
            busy = List.copyOf(requests);
            dropped = true;
            forgetCursor();
        }
        source.unconfirmed();
        LOG.debug(
                "{}: the server did not confirm a cancel within {}; the connection is closed",
                what,
                Durations.format(GRACE));
        busy.forEach(source.threads()::drop);
        complete();
    }
}
