package dev.muster.service;

import dev.muster.connect.Receipt;
import dev.muster.run.EndState;
import dev.muster.run.Event;
import dev.muster.run.RunReport;
import dev.muster.run.StepReport;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes one log line for each cancelled run, with the cancel receipts of its steps. */
final class CancelLog {

    private static final Logger LOG = LoggerFactory.getLogger("dev.muster.cancel");
    private static final int MAX_RECEIPTS = 5;

    private CancelLog() {}

    /** Logs a run that has ended if it was cancelled. Runs that timed out are not logged. */
    static void tell(ManagedRun taken, Event.End end) {
        Receipt cancel = end.cancel();
        if (cancel == null || end.state() != EndState.CANCELLED || !LOG.isInfoEnabled()) {
            return;
        }
        taken.report()
                .onSuccess(report -> LOG.atInfo()
                        .addKeyValue("run", taken.id())
                        .addKeyValue("plan", taken.plan())
                        .addKeyValue("caller", taken.owner())
                        .log("cancelled ({}): {}{}", cancel.by().word(), cancel.why(), receipts(report)));
    }

    private static String receipts(RunReport report) {
        List<StepReport> stopped = report.steps().stream()
                .filter(step -> step.cancel() != null && step.cancel().source() != null)
                .toList();
        if (stopped.isEmpty()) {
            return "";
        }
        int more = stopped.size() - MAX_RECEIPTS;
        return stopped.stream()
                        .limit(MAX_RECEIPTS)
                        .map(step -> step.path() + ": "
                                + Objects.requireNonNull(step.cancel()).inWords())
                        .collect(Collectors.joining(", ", "; ", ""))
                + (more > 0 ? " and " + more + " more" : "");
    }
}
