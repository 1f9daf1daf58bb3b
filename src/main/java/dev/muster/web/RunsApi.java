package dev.muster.web;

import dev.muster.loop.Nanos;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.Attempts;
import dev.muster.run.EndState;
import dev.muster.run.Event;
import dev.muster.run.Program;
import dev.muster.run.RunReport;
import dev.muster.run.StepReport;
import dev.muster.service.CallerDeadline;
import dev.muster.service.CallerRuns;
import dev.muster.service.RunHandle;
import dev.muster.service.RunManager;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The routes for runs. Runs on the loop of the request. */
final class RunsApi {

    private static final String RUNNING = "running";
    private static final int LISTED = 100;
    private static final int MAX_LISTED = 1_000;
    private static final Set<String> ADHOC_WORDS = Set.of("plan", "input");

    private RunsApi() {}

    static void runSaved(RequestContext context, RoutingContext routing, ApiQuery query) {
        Program program = RunManager.program(context.site().offer(), routing.pathParam("name"), context.caller());
        RunOptions options = RunOptions.of(context, query);
        context.then(
                context.body(),
                body -> context.then(
                        PlanRequest.parsed(context, body),
                        input -> run(context, program, input, options, Duration.ZERO)));
    }

    /** The options of a request to run a plan. Checked before the body is read. */
    private record RunOptions(boolean isDetached, ResponseFormat format) {

        static RunOptions of(RequestContext context, ApiQuery query) {
            boolean isDetached = query.isDetached();
            query.check();
            if (PlanRequest.isRepeat(context)) {
                PlanRequest.rejectRepeat(context);
            }
            ResponseFormat format = isDetached ? ResponseFormat.OUTPUT : PlanRequest.format(context);
            context.readDeadline();
            PlanRequest.checkRoom(context);
            return new RunOptions(isDetached, format);
        }
    }

    /** {@code POST /v1/runs}: runs a plan that is not saved. */
    static void runAdhoc(RequestContext context, RoutingContext routing, ApiQuery query) {
        CallerRuns.checkAdhoc(context.caller());
        RunOptions options = RunOptions.of(context, query);
        context.then(
                context.body(),
                body -> context.then(PlanRequest.parsed(context, body), value -> runAdhoc(context, value, options)));
    }

    private static void runAdhoc(RequestContext context, @Nullable Object body, RunOptions options) {
        if (!(body instanceof Map<?, ?> map) || map.get("plan") == null || !ADHOC_WORDS.containsAll(map.keySet())) {
            throw new MusterException(
                    ErrorType.BAD_INPUT,
                    "the body must be {\"plan\": …, \"input\": …}, with the plan as an object or as its text");
        }
        Object input = map.containsKey("input") ? map.get("input") : Map.of();
        long beganNanos = context.loop().nanos();
        Promise<Void> gone = Promise.promise();
        context.onLeft(reason -> gone.tryComplete());
        Future<Program> read = context.site()
                .offer()
                .adhoc(Objects.requireNonNull(map.get("plan")), context.caller(), context.loop(), gone.future());
        Future<Program> inTime = CallerDeadline.bound(context.loop(), read, context.deadline(), gone::tryComplete);
        context.then(
                inTime,
                program -> run(
                        context,
                        program,
                        input,
                        options,
                        Duration.ofNanos(context.loop().nanos() - beganNanos)));
    }

    /** Runs a plan; {@code spent} of the run's time limit has passed already. */
    private static void run(
            RequestContext context, Program program, @Nullable Object input, RunOptions options, Duration spent) {
        if (options.isDetached()) {
            PlanRequest.detach(context, program, input, spent);
        } else {
            PlanRequest.run(context, program, input, options.format(), spent);
        }
    }

    /** {@code GET /v1/runs}: live runs and runs that ended recently, newest first; {@value #LISTED} by default. */
    static void list(RequestContext context, RoutingContext routing, ApiQuery query) {
        int most = query.value("limit", RunsApi::limit, LISTED);
        String before = query.text("before", text -> text);
        query.check();
        CallerRuns runs = runs(context);
        List<RunHandle> known = before == null ? runs.newest(most) : runs.newestBefore(before, most);
        List<Map<String, Object>> lines =
                known.stream().map(run -> line(run, run.summary())).toList();
        context.json(200, Map.of("runs", lines));
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

    static void report(RequestContext context, RoutingContext routing) {
        RunHandle run = runs(context).find(routing.pathParam("id"));
        context.then(run.report(), report -> context.json(200, report(run, report)));
    }

    static void events(RequestContext context, RoutingContext routing) {
        RunHandle run = runs(context).find(routing.pathParam("id"));
        context.setRunId(run.id());
        EventsReader.read(
                context,
                run.log()
                        .orElseThrow(() -> new MusterException(
                                ErrorType.NOT_FOUND,
                                "the events of this run are not kept; only events of runs with ?detach=true are")));
    }

    static void cancel(RequestContext context, RoutingContext routing, ApiQuery query) {
        String why = query.text("why", CallerRuns::checkedWhy);
        query.check();
        String id = routing.pathParam("id");
        runs(context).cancel(id, why);
        context.json(202, Map.of("run", id));
    }

    private static CallerRuns runs(RequestContext context) {
        return new CallerRuns(context.server().runManager(), context.loop(), context.caller());
    }

    /** One line of a list: {@code {run, plan, caller, state, started, ms, error?, cancel?}}. */
    private static Map<String, Object> line(RunHandle run, RunReport.Summary summary) {
        var value = new LinkedHashMap<String, Object>();
        Event.End end = summary.end();
        value.put("run", summary.run());
        value.put("plan", summary.plan());
        value.put("caller", run.owner());
        value.put("state", end == null ? RUNNING : end.state().word());
        value.put("started", run.started().toString());
        value.put("ms", Nanos.toMillis(summary.nowNanos() - summary.startedNanos()));
        if (end != null && end.failure() != null) {
            value.put("error", end.failure().toValue());
        }
        if (end != null && end.cancel() != null) {
            value.put("cancel", end.cancel().toValue());
        }
        return value;
    }

    /**
     * The full report: the line, {@code partial}, {@code steps: [{path, does, state, startMs, ms, error, attempts, errors,
     * cancel}]}, and {@code stepsLeftOut} if there are more steps.
     */
    private static Map<String, Object> report(RunHandle run, RunReport report) {
        Map<String, Object> value = line(run, report.summary());
        value.put("partial", report.partial());
        List<Map<String, Object>> steps =
                report.steps().stream().map(step -> step(step, report)).toList();
        value.put("steps", steps);
        if (report.left() > 0) {
            value.put("stepsLeftOut", report.left());
        }
        return value;
    }

    private static Map<String, Object> step(StepReport step, RunReport report) {
        var value = new LinkedHashMap<String, Object>();
        long ended = step.endedNanos() < 0 ? report.nowNanos() : step.endedNanos();
        value.put("path", step.path());
        value.put("does", step.summary());
        value.put("state", word(step.state()));
        value.put("startMs", Nanos.toMillis(step.startedNanos() - report.startedNanos()));
        value.put("ms", Nanos.toMillis(ended - step.startedNanos()));
        if (step.error() != null) {
            value.put("error", step.error().toValue());
        }
        Attempts.add(step.attempts(), value);
        if (step.cancel() != null) {
            value.put("cancel", step.cancel().toValue());
        }
        return value;
    }

    private static String word(@Nullable EndState state) {
        return state == null ? RUNNING : state.word();
    }
}
