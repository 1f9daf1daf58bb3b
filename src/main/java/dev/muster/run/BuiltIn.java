package dev.muster.run;

import dev.muster.config.Durations;
import dev.muster.connect.Arguments;
import dev.muster.connect.Operation;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Option;
import dev.muster.plan.Template;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import dev.muster.plan.VerbSpec.Target;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The built-in verbs, which need no source: {@code set}, {@code sleep}, {@code fail} and {@code plan}. */
public final class BuiltIn {

    private static final String OWN = VerbSpec.OWN_VALUE;

    private static final List<VerbSpec> WORDS = List.of(
            VerbSpec.of("set", Target.VALUE, "Returns a value, with its expressions evaluated.")
                    .summarized(call -> "a value")
                    .example("total:\n  set: = input.price * input.count\n"),
            VerbSpec.of("sleep", Target.DURATION, "Waits; the result is null.")
                    .summarized(BuiltIn::written)
                    .example("pause:\n  sleep: 200ms\n"),
            VerbSpec.of(
                            "fail",
                            Target.VALUE,
                            "Fails with this message.",
                            Option.oneOf("type", "The type of the error; default failed.", types()))
                    .summarized(BuiltIn::written)
                    .example("refuse:\n  when: = input.count > 10\n  fail: too many\n  type: badInput\n"),
            VerbSpec.of(
                            "plan",
                            Target.PLAN,
                            "Runs another plan as part of this run; the result is its output.",
                            Option.of("with", Option.Type.VALUES, "The input of the other plan."))
                    .summarized(call -> "plan " + call.target())
                    .example("page:\n  plan: product-page\n  with: {id: = input.id}\n"));

    private BuiltIn() {}

    /** The definitions of these verbs for the parser. */
    public static List<VerbSpec> words() {
        return WORDS;
    }

    /** The literal argument of the verb, or "computed" for an expression. */
    private static String written(VerbCall call) {
        return call.values().get(OWN) instanceof Template.Literal literal
                ? String.valueOf(literal.value())
                : "computed";
    }

    private static String[] types() {
        return ErrorType.ofSteps().stream()
                .filter(type -> type != ErrorType.CANCELLED && type != ErrorType.INTERNAL)
                .map(ErrorType::word)
                .toArray(String[]::new);
    }

    static boolean has(VerbCall call) {
        return WORDS.stream().anyMatch(verb -> verb.verb().equals(call.verb()));
    }

    /** The operation of such a verb; null for {@code plan}, which runs the steps of another plan. */
    static @Nullable Operation operation(VerbCall call) {
        return switch (call.verb()) {
            case "set" -> (scope, arguments) -> Future.succeededFuture(arguments.get(OWN));
            case "sleep" ->
                (scope, arguments) -> scope.sleep(duration(call, arguments)).map(ignored -> (Object) null);
            case "fail" -> (scope, arguments) -> Future.failedFuture(failure(call, arguments));
            default -> null;
        };
    }

    private static Duration duration(VerbCall call, Arguments arguments) {
        var literal = call.duration(OWN);
        if (literal.isPresent()) {
            return literal.get();
        }
        Object value = arguments.get(OWN);
        try {
            return Durations.parse(String.valueOf(value));
        } catch (IllegalArgumentException e) {
            throw new MusterException(ErrorType.EXPRESSION, call.at() + ": sleep: " + e.getMessage(), e);
        }
    }

    private static MusterException failure(VerbCall call, Arguments arguments) {
        ErrorType type = call.text("type").flatMap(ErrorType::of).orElse(ErrorType.FAILED);
        return new MusterException(type, String.valueOf(arguments.get(OWN)));
    }
}
