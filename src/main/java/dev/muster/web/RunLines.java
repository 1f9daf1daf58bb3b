package dev.muster.web;

import dev.muster.dispatch.KnownRun;
import dev.muster.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Gathers a line on each of many runs, which are on loops of their own. On the loop of who asks. */
final class RunLines {

    private final Map<String, Object>[] lines;
    private final Promise<List<Map<String, Object>>> all = Promise.promise();
    private int left;

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of maps
    RunLines(int count) {
        lines = new Map[count];
        left = count;
        completeIfDone();
    }

    void ask(int place, KnownRun run, Loop loop) {
        run.report().onSuccess(report -> {
            Map<String, Object> line = RunValues.line(run, report);
            loop.execute(() -> {
                lines[place] = line;
                left--;
                completeIfDone();
            });
        });
    }

    Future<List<Map<String, Object>>> all() {
        return all.future();
    }

    private void completeIfDone() {
        if (left == 0) {
            all.tryComplete(Arrays.asList(lines));
        }
    }
}
