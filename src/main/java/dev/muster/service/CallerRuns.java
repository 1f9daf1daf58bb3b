package dev.muster.service;

import dev.muster.access.Caller;
import dev.muster.loop.Loop;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.CancelReason;
import dev.muster.text.Printable;
import dev.muster.text.Utf8;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The runs of a node that one caller may see and cancel. Runs that the caller may not see are reported as not found. Safe on any
 * thread.
 *
 * @param runManager the manager of the node's runs
 * @param loop the loop of the request
 * @param caller the caller of the request
 */
public record CallerRuns(RunManager runManager, Loop loop, Caller caller) {

    /**
     * Checks that the caller may run plans that are not saved on the node.
     *
     * @throws MusterException {@code denied} if the caller may not
     */
    public static void checkAdhoc(Caller caller) {
        if (!caller.mayRunAdhoc()) {
            throw new MusterException(
                    ErrorType.DENIED, caller.name() + " may run saved plans only (callers: may: {adhoc: true})");
        }
    }

    /**
     * The run with this id, live or ended recently.
     *
     * @throws MusterException {@code notFound} if there is none that the caller may see
     */
    public RunHandle find(String id) {
        return runManager
                .find(id, loop)
                .filter(this::maySee)
                .orElseThrow(() -> new MusterException(
                        ErrorType.NOT_FOUND,
                        "there is no such run; ended runs are kept for a limited time" + " (server.limits.eventsAge)"));
    }

    /** The live runs and the runs that ended recently, newest first, {@code most} at most. */
    public List<RunHandle> newest(int most) {
        return runManager.known(loop, this::maySee, most);
    }

    /** The same as {@link #newest}, restricted to runs with ids before {@code id}. */
    public List<RunHandle> newestBefore(String id, int most) {
        return runManager.known(loop, run -> run.id().compareTo(id) < 0 && maySee(run), most);
    }

    /** The maximum length of a cancel reason, in characters. */
    public static final int MAX_OF_WHY = 200;

    /**
     * Checks the reason that a caller gives for a cancel: one line of visible text. Null, for no reason, is returned as it is.
     *
     * @throws MusterException {@code badInput} if the reason is blank, too long, more than one line or has control characters
     */
    public static @Nullable String checkedWhy(@Nullable String why) {
        if (why == null) {
            return null;
        }
        if (why.isBlank()
                || why.length() > MAX_OF_WHY
                || Utf8.hasHalf(why)
                || !Printable.line(why).equals(why)) {
            throw new MusterException(
                    ErrorType.BAD_INPUT,
                    "why must be one line of text, of 1 to " + MAX_OF_WHY + " characters, without control characters");
        }
        return why;
    }

    /**
     * Cancels the run with this id on behalf of the caller. No effect if the run has ended.
     *
     * @param why a reason from {@link #checkedWhy}, or null
     * @throws MusterException {@code notFound}, or {@code denied} if the caller may see the run but not cancel it
     */
    public void cancel(String id, @Nullable String why) {
        RunHandle run = find(id);
        String who = caller.name();
        if (!caller.mayCancel(run.owner())) {
            throw new MusterException(ErrorType.DENIED, who + " may not cancel runs of others (cancel: all)");
        }
        run.cancel(CancelReason.request(who, "cancelled by " + who + (why == null ? "" : ": " + why)));
    }

    private boolean maySee(RunHandle run) {
        return caller.mayMonitor() || caller.mayCancel(run.owner());
    }
}
