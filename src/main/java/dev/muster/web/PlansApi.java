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

    /** {@code GET /v1/plans}. */
    static void list(RequestContext incoming, RoutingContext path) {
        List<Map<String, Object>> plans = incoming.site().offer().programs().values().stream()
                .map(Program::plan)
                .filter(plan -> incoming.caller().mayRun(plan.name()))
                .sorted((one, other) -> one.name().compareTo(other.name()))
                .map(PlansApi::line)
                .toList();
        incoming.json(200, Map.of("plans", plans));
    }

    /** {@code GET /v1/plans/{name}}: the checked plan with its explanation. */
    static void plan(RequestContext incoming, RoutingContext path) {
        Plan plan = RunManager.program(incoming.site().offer(), path.pathParam("name"), incoming.caller())
                .plan();
        Explain explain = Explain.of(plan, incoming.site().offer().runTime())
                .at(incoming.loop().wallTime());
        Map<String, Object> value = explain.toValue();
        value.put("explain", explain.text());
        incoming.json(200, value);
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
