package dev.muster.dispatch;

import dev.muster.access.Caller;
import dev.muster.config.Visible;
import dev.muster.json.Utf8;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.CancelReason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The runs of a node as one caller may see and cancel them: what it may not see is not there for it. Safe on every thread.
 *
 * @param dispatcher what knows the runs
 * @param loop the one of who asks
 * @param caller who asks
 */
public record CallerRuns(Dispatcher dispatcher, Loop loop, Caller caller) {

    /**
     * Lets a caller pass who may run plans that it brings itself.
     *
     * @throws MusterException {@code denied} for any other
     */
    public static void checkAdhoc(Caller caller) {
        if (!caller.mayRunAdhoc()) {
            throw new MusterException(
                    ErrorType.DENIED, caller.name() + " may run saved plans only (callers: may: {adhoc: true})");
        }
    }

    /**
     * The run of this id.
     *
     * @throws MusterException {@code notFound}
     */
    public KnownRun find(String id) {
        return dispatcher
                .find(id, loop)
                .filter(this::maySee)
                .orElseThrow(() -> new MusterException(
                        ErrorType.NOT_FOUND,
                        "there is no such run; runs are remembered for a while after their end"
                                + " (server.limits.eventsAge)"));
    }

    /** Those that have not ended, and those that ended lately; the newest first, so many at most. */
    public List<KnownRun> newest(int most) {
        return dispatcher.known(loop, this::maySee, most);
    }

    /** As {@link #newest}, of those whose ids come before this one. */
    public List<KnownRun> newestBefore(String id, int most) {
        return dispatcher.known(loop, run -> run.id().compareTo(id) < 0 && maySee(run), most);
    }

    /** The most characters of what a caller says of its cancel. */
    public static final int MOST_OF_WHY = 200;

    /**
     * What a caller says of its cancel, or null where it says nothing: one line that shows as it is written.
     *
     * @throws MusterException {@code badInput} where it is none
     */
    public static @Nullable String checkedWhy(@Nullable String why) {
        if (why == null) {
            return null;
        }
        if (why.isBlank()
                || why.length() > MOST_OF_WHY
                || Utf8.hasHalf(why)
                || !Visible.line(why).equals(why)) {
            throw new MusterException(
                    ErrorType.BAD_INPUT,
                    "why must be one line of text, of 1 to " + MOST_OF_WHY + " characters, without control characters");
        }
        return why;
    }

    /**
     * Cancels the run of this id in the caller's name, if it has not ended.
     *
     * @param why as {@link #checkedWhy} gives it
     * @throws MusterException {@code notFound}, or {@code denied} where the caller may only look at it
     */
    public void cancel(String id, @Nullable String why) {
        KnownRun run = find(id);
        String who = caller.name();
        if (!caller.mayCancel(run.owner())) {
            throw new MusterException(ErrorType.DENIED, who + " may not cancel runs of others (cancel: all)");
        }
        run.cancel(CancelReason.request(who, "cancelled by " + who + (why == null ? "" : ": " + why)));
    }

    private boolean maySee(KnownRun run) {
        return caller.mayMonitor() || caller.mayCancel(run.owner());
    }
}
