package dev.muster.work;

import dev.muster.run.Event;
import dev.muster.run.RunFailure;
import dev.muster.service.ManagedRun;
import java.util.LinkedHashMap;
import java.util.Map;

/** The stored report of a failed attempt: the error and the steps that had finished. */
final class TryReport {

    private TryReport() {}

    /** The error object with {@code run}, {@code ms}, {@code finished} and {@code cancelled}. */
    static Map<String, Object> of(ManagedRun run, Event.End end) {
        var report = new LinkedHashMap<String, Object>();
        RunFailure failure = end.failure();
        if (failure != null) {
            report.putAll(failure.toValue());
            report.put("finished", failure.finished());
            report.put("cancelled", failure.stopped());
        }
        report.put("run", run.id());
        report.put("ms", end.toValue().get("ms"));
        return report;
    }
}
