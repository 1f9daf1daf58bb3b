package dev.muster.web;

import dev.muster.access.Caller;
import dev.muster.config.Problems;
import dev.muster.dispatch.Offer;
import dev.muster.plan.Plan;
import dev.muster.run.Program;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** An offer as HTTP sees it: the endpoints of its plans, and the description of all. Immutable. */
public final class Site {

    private final Offer offer;
    private final Endpoints endpoints;
    private final Buffer description;

    private Site(Offer offer, Endpoints endpoints, Buffer description) {
        this.offer = offer;
        this.endpoints = endpoints;
        this.description = description;
    }

    /** Of an offer; what is wrong with its endpoints is noted. */
    public static Site of(Offer offer, Problems problems) {
        List<Plan> plans = offer.programs().values().stream().map(Program::plan).toList();
        Endpoints endpoints = Endpoints.of(plans, problems);
        return new Site(offer, endpoints, OpenApi.document(plans, false));
    }

    /** What can be run. */
    public Offer offer() {
        return offer;
    }

    Endpoints endpoints() {
        return endpoints;
    }

    /** The API as an OpenAPI document, as far as it is there for this caller. */
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
