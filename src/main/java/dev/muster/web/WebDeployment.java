package dev.muster.web;

import dev.muster.access.Caller;
import dev.muster.config.Problems;
import dev.muster.plan.Plan;
import dev.muster.run.Program;
import dev.muster.service.Deployment;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** A deployment as seen over HTTP: the endpoints of its plans and the API description. Immutable. */
public final class WebDeployment {

    private final Deployment offer;
    private final Endpoints endpoints;
    private final Buffer description;

    private WebDeployment(Deployment offer, Endpoints endpoints, Buffer description) {
        this.offer = offer;
        this.endpoints = endpoints;
        this.description = description;
    }

    /** Builds the HTTP view of a deployment and collects the problems of its endpoints. */
    public static WebDeployment of(Deployment offer, Problems problems) {
        List<Plan> plans = offer.programs().values().stream().map(Program::plan).toList();
        Endpoints endpoints = Endpoints.of(plans, problems);
        return new WebDeployment(offer, endpoints, OpenApi.document(plans, false));
    }

    /** The deployment. */
    public Deployment offer() {
        return offer;
    }

    Endpoints endpoints() {
        return endpoints;
    }

    /** The OpenAPI document of the part of the API that the caller may use. */
    Buffer description(Caller caller) {
        if (offer.callers().isEmpty()) {
            return description;
        }
        List<Plan> plans = offer.programs().values().stream()
                .map(Program::plan)
                .filter(plan -> plan.isPublic() || caller.mayRun(plan.name()))
                .toList();
        return OpenApi.document(plans, true);
    }
}
