package dev.muster.connect.cpu;

import dev.muster.connect.Arguments;
import dev.muster.connect.Connector;
import dev.muster.connect.Operation;
import dev.muster.connect.StopSignal;
import dev.muster.connect.Values;
import dev.muster.connect.WorkPool;
import dev.muster.connect.cpu.MusterFunction.Kind;
import dev.muster.json.JsonException;
import dev.muster.json.JsonTooLargeException;
import dev.muster.loop.OutOfMemory;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.plan.Option;
import dev.muster.plan.VerbCall;
import dev.muster.plan.VerbSpec;
import dev.muster.task.Scope;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageProducer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The connector of the verb {@code cpu}. It calls functions on two bounded pools, one for CPU-bound and one for blocking functions.
 *
 * <p>The result of a function is copied into JSON values of at most 16 MiB; a larger one is an error of type {@code limit}.
 * Anything a function throws becomes an error of type {@code function} with the function's name, unless it is a
 * {@link MusterException} already. {@link WorkPool} describes how a cancel works. The caller owns the pools and closes them. Safe
 * on any thread.
 */
public final class CpuConnector implements Connector {
    /** Maximum size of a function's result as JSON: 16 MiB. */
    public static final long MAX_RESULT_BYTES = 16L << 20;

    private static final VerbSpec WORDS = VerbSpec.of(
                    "cpu",
                    VerbSpec.Target.FUNCTION,
                    "Runs a function off the event loop.",
                    Option.of("with", Option.Type.VALUE, "The argument of the function; default null."))
            .summarized(call -> "compute " + call.target())
            .example("digest: {cpu: sha256, with: = input.text}");

    private final Vertx vertx;
    private final Map<Kind, WorkPool> pools;
    private final Map<String, MusterFunction> functions;
    private final Map<Kind, MessageProducer<Object>> senders = new EnumMap<>(Kind.class);
    private final String deployment;

    private CpuConnector(
            Vertx vertx, Map<Kind, WorkPool> pools, Map<String, MusterFunction> functions, String deployment) {
        this.vertx = vertx;
        this.pools = pools;
        this.functions = functions;
        this.deployment = deployment;
        var options = FunctionVerticle.options(vertx);
        for (Kind kind : Kind.values()) {
            senders.put(kind, vertx.eventBus().sender(FunctionVerticle.address(kind), options));
        }
    }

    /** The specification of the words of {@code cpu}. */
    public static VerbSpec verbWords() {
        return WORDS;
    }

    /**
     * The functions that Muster ships and the functions on the class path.
     *
     * @throws java.util.ServiceConfigurationError if a registered class cannot be instantiated
     */
    public static List<MusterFunction> installed() {
        var all = new ArrayList<>(Shipped.functions());
        ServiceLoader.load(MusterFunction.class).forEach(all::add);
        return all;
    }

    /**
     * Deploys the verticle and returns the connector.
     *
     * @throws IllegalArgumentException if two functions have the same name
     */
    public static Future<CpuConnector> open(
            Vertx vertx, WorkPool cpu, WorkPool blocking, Collection<? extends MusterFunction> functions) {
        var byName = new TreeMap<String, MusterFunction>();
        for (MusterFunction function : functions) {
            MusterFunction other = byName.put(function.name(), function);
            if (other != null) {
                throw new IllegalArgumentException("two functions are named " + function.name() + ": "
                        + other.getClass().getName() + " and "
                        + function.getClass().getName());
            }
        }
        Map<Kind, WorkPool> pools = Map.of(Kind.CPU, cpu, Kind.BLOCKING, blocking);
        return vertx.deployVerticle(new FunctionVerticle())
                .map(deployment -> new CpuConnector(vertx, pools, Collections.unmodifiableMap(byName), deployment));
    }

    @Override
    public VerbSpec words() {
        return WORDS;
    }

    @Override
    public Operation prepare(VerbCall call) {
        MusterFunction function = functions.get(call.target());
        if (function == null) {
            return (scope, arguments) -> Future.failedFuture(
                    new MusterException(ErrorType.FUNCTION, "there is no function " + call.target()));
        }
        return (scope, arguments) -> run(function, scope, arguments);
    }

    /** Undeploys the verticle. The pools stay open. */
    @Override
    public Future<Void> close() {
        return vertx.undeploy(deployment);
    }

    private Future<@Nullable Object> run(MusterFunction function, Scope scope, Arguments arguments) {
        Object with = arguments.get("with");
        WorkPool pool = Objects.requireNonNull(pools.get(function.kind()));
        MessageProducer<Object> sender = Objects.requireNonNull(senders.get(function.kind()));
        return pool.submit(
                scope,
                function.name(),
                stop -> call(function, with, stop),
                ticket -> sender.write(ticket)
                        .onFailure(failure -> ticket.refuse(new MusterException(
                                ErrorType.UNAVAILABLE, function.name() + ": functions are closed", failure))));
    }

    /** Calls a function on a thread of its pool. Returns a JSON value, or throws an error of a documented type. */
    static @Nullable Object call(MusterFunction function, @Nullable Object with, StopSignal stop)
            throws InterruptedException {
        Object result;
        try {
            result = function.apply(with, stop);
        } catch (MusterException e) {
            throw e;
        } catch (JsonTooLargeException e) {
            throw tooLarge(function, e);
        } catch (Throwable e) {
            OutOfMemory.check(e);
            // Includes errors of the JVM: endless recursion in a function must not cost the thread.
            if (stop.isStopped() && e instanceof InterruptedException stopped) {
                throw stopped;
            }
            throw new MusterException(ErrorType.FUNCTION, function.name() + ": " + words(e), e);
        }
        try {
            return Values.copy(result, MAX_RESULT_BYTES);
        } catch (Values.TooLargeException e) {
            throw tooLarge(function, e);
        } catch (RuntimeException e) {
            throw new MusterException(ErrorType.FUNCTION, function.name() + ": the result " + words(e), e);
        }
    }

    private static MusterException tooLarge(MusterFunction function, Throwable cause) {
        return new MusterException(
                ErrorType.LIMIT,
                function.name() + ": the result is larger than " + MAX_RESULT_BYTES
                        + " bytes, the bound of a function's result",
                cause);
    }

    private static String words(Throwable e) {
        String message = e.getMessage();
        String name = e.getClass().getSimpleName();
        if (message == null) {
            return name;
        }
        return e instanceof IllegalArgumentException || e instanceof JsonException ? message : name + ": " + message;
    }
}
