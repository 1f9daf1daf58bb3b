package dev.muster.web;

import dev.muster.plan.Explain;
import dev.muster.plan.Plan;
import dev.muster.run.Program;
import dev.muster.service.RunManager;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The routes for saved plans. A caller sees the plans that it may run. Runs on the loop of the request. */
final class PlansApi {

    private PlansApi() {}

    static void list(RequestContext context, RoutingContext routing) {
        List<Map<String, Object>> plans = context.site().offer().programs().values().stream()
                .map(Program::plan)
                .filter(plan -> context.caller().mayRun(plan.name()))
                .sorted((one, other) -> one.name().compareTo(other.name()))
                .map(PlansApi::line)
                .toList();
        context.json(200, Map.of("plans", plans));
    }

    /** {@code GET /v1/plans/{name}}: the checked plan with its explanation. */
    static void plan(RequestContext context, RoutingContext routing) {
        Plan plan = RunManager.program(context.site().offer(), routing.pathParam("name"), context.caller())
                .plan();
        Explain explain = Explain.of(plan, context.site().offer().runTime())
                .at(context.loop().wallTime());
        Map<String, Object> value = explain.toValue();
        value.put("explain", explain.text());
        context.json(200, value);
    }

    private static Map<String, Object> line(Plan plan) {
        var value = new LinkedHashMap<String, Object>();
        value.put("plan", plan.name());
        if (plan.expose() != null) {
            value.put("expose", plan.expose().method() + " " + plan.expose().path());
        }
        value.put("input", plan.input().schema());
        return value;
    }
}
