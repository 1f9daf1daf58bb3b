package dev.muster.web;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.Program;
import dev.muster.service.CallerDeadline;
import dev.muster.service.CallerRuns;
import dev.muster.service.RunHandle;
import dev.muster.service.RunManager;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The routes for runs. Runs on the loop of the request. */
final class RunsApi {

    private static final int LISTED = 100;
    private static final int MAX_LISTED = 1_000;
    private static final Set<String> ADHOC_WORDS = Set.of("plan", "input");

    private RunsApi() {}

    /** {@code POST /v1/plans/{name}/runs}. */
    static void runSaved(RequestContext incoming, RoutingContext path, ApiQuery query) {
        Program program = RunManager.program(incoming.site().offer(), path.pathParam("name"), incoming.caller());
        Wanted wanted = Wanted.of(incoming, query);
        incoming.then(
                incoming.body(),
                body -> incoming.then(
                        PlanRequest.parsed(incoming, body),
                        input -> run(incoming, program, input, wanted, Duration.ZERO)));
    }

    /** The options of a request to run a plan. Checked before the body is read. */
    private record Wanted(boolean isDetached, ResponseFormat form) {

        static Wanted of(RequestContext incoming, ApiQuery query) {
            boolean isDetached = query.isDetached();
            query.check();
            if (PlanRequest.isRepeat(incoming)) {
                PlanRequest.refuseRepeat(incoming);
            }
            ResponseFormat form = isDetached ? ResponseFormat.OUTPUT : PlanRequest.form(incoming);
            incoming.readDeadline();
            PlanRequest.checkRoom(incoming);
            return new Wanted(isDetached, form);
        }
    }

    /** {@code POST /v1/runs}: runs a plan that is not saved. */
    static void runAdhoc(RequestContext incoming, RoutingContext path, ApiQuery query) {
        CallerRuns.checkAdhoc(incoming.caller());
        Wanted wanted = Wanted.of(incoming, query);
        incoming.then(
                incoming.body(),
                body -> incoming.then(PlanRequest.parsed(incoming, body), value -> runAdhoc(incoming, value, wanted)));
    }

    private static void runAdhoc(RequestContext incoming, @Nullable Object body, Wanted wanted) {
        if (!(body instanceof Map<?, ?> map) || map.get("plan") == null || !ADHOC_WORDS.containsAll(map.keySet())) {
            throw new MusterException(
                    ErrorType.BAD_INPUT,
                    "the body must be {\"plan\": …, \"input\": …}, with the plan as an object or as its text");
        }
        Object input = map.containsKey("input") ? map.get("input") : Map.of();
        long beganNanos = incoming.loop().nanos();
        Promise<Void> gone = Promise.promise();
        incoming.whenLeft(reason -> gone.tryComplete());
        Future<Program> read = incoming.site()
                .offer()
                .adhoc(Objects.requireNonNull(map.get("plan")), incoming.caller(), incoming.loop(), gone.future());
        Future<Program> inTime = CallerDeadline.bound(incoming.loop(), read, incoming.deadline(), gone::tryComplete);
        incoming.then(
                inTime,
                program -> run(
                        incoming,
                        program,
                        input,
                        wanted,
                        Duration.ofNanos(incoming.loop().nanos() - beganNanos)));
    }

    /** Runs a plan; {@code spent} of the run's time limit has passed already. */
    private static void run(
            RequestContext incoming, Program program, @Nullable Object input, Wanted wanted, Duration spent) {
        if (wanted.isDetached()) {
            PlanRequest.detach(incoming, program, input, spent);
        } else {
            PlanRequest.run(incoming, program, input, wanted.form(), spent);
        }
    }

    /** {@code GET /v1/runs}: live runs and runs that ended recently, newest first; {@value #LISTED} by default. */
    static void list(RequestContext incoming, RoutingContext path, ApiQuery query) {
        int most = query.value("limit", RunsApi::limit, LISTED);
        String before = query.text("before", text -> text);
        query.check();
        CallerRuns runs = runs(incoming);
        List<RunHandle> known = before == null ? runs.newest(most) : runs.newestBefore(before, most);
        List<Map<String, Object>> lines =
                known.stream().map(run -> RunValues.line(run, run.summary())).toList();
        incoming.json(200, Map.of("runs", lines));
    }

    private static int limit(@Nullable String text) {
        if (text == null) {
            return LISTED;
        }
        int limit = text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > MAX_LISTED) {
            throw new MusterException(
                    ErrorType.BAD_INPUT, "limit in the query must be a whole number from 1 to " + MAX_LISTED);
        }
        return limit;
    }

    /** {@code GET /v1/runs/{id}}. */
    static void report(RequestContext incoming, RoutingContext path) {
        RunHandle run = runs(incoming).find(path.pathParam("id"));
        incoming.then(run.report(), report -> incoming.json(200, RunValues.report(run, report)));
    }

    /** {@code GET /v1/runs/{id}/events}. */
    static void events(RequestContext incoming, RoutingContext path) {
        RunHandle run = runs(incoming).find(path.pathParam("id"));
        incoming.isRun(run.id());
        EventsReader.read(
                incoming,
                run.log()
                        .orElseThrow(() -> new MusterException(
                                ErrorType.NOT_FOUND,
                                "the events of this run are not kept; only events of runs with ?detach=true are")));
    }

    /** {@code DELETE /v1/runs/{id}}. */
    static void cancel(RequestContext incoming, RoutingContext path, ApiQuery query) {
        String why = query.text("why", CallerRuns::checkedWhy);
        query.check();
        String id = path.pathParam("id");
        runs(incoming).cancel(id, why);
        incoming.json(202, Map.of("run", id));
    }

    private static CallerRuns runs(RequestContext incoming) {
        return new CallerRuns(incoming.desk().runManager(), incoming.loop(), incoming.caller());
    }
}
