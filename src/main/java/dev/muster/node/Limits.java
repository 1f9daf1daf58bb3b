package dev.muster.node;

import dev.muster.bus.BusSettings;
import dev.muster.config.Configuration;
import dev.muster.config.Fields;
import dev.muster.config.Mapping;
import dev.muster.config.Position;
import dev.muster.config.Problems;
import dev.muster.config.ProblemsException;
import dev.muster.config.Yaml;
import dev.muster.connect.PoolSettings;
import dev.muster.expr.ExpressionLimits;
import dev.muster.plan.PlanParser;
import dev.muster.run.RunLimits;
import dev.muster.run.Runner;
import dev.muster.service.RunManager;
import dev.muster.web.ServerSettings.HttpLimits;
import java.time.Duration;
import java.util.Set;

/**
 * The bounds of a node: {@code server.limits} of the configuration, each with its documented default.
 *
 * @param plan the bounds of a plan file
 * @param expressions the bounds of expressions
 * @param run the bounds of a run
 * @param cleanUp the budget of one clean-up
 * @param cpu the pool for CPU-bound work
 * @param blocking the pool for blocking work
 * @param adhoc the pool that reads ad-hoc plans
 * @param dispatch the bounds of accepted runs and their history
 * @param http the bounds of HTTP requests
 */
public record Limits(
        PlanParser.Limits plan,
        ExpressionLimits expressions,
        RunLimits run,
        Duration cleanUp,
        PoolSettings cpu,
        PoolSettings blocking,
        PoolSettings adhoc,
        RunManager.Limits dispatch,
        HttpLimits http) {

    private static final Set<String> OF_FILES = Set.of("file", "nesting", "aliased");
    private static final int MILLION = 1_000_000;

    /**
     * Reads the bounds.
     *
     * @throws ProblemsException with every problem of the section
     */
    public static Limits read(Configuration configuration) throws ProblemsException {
        var problems = new Problems();
        Mapping none = Mapping.empty(Position.start("muster.yaml"));
        Mapping server = configuration.section("server").orElse(none);
        Fields fields = new Fields(server, "the server", problems)
                .fields("limits")
                .orElse(new Fields(none, "limits of the server", problems));
        var limits = new Limits(
                plan(fields, configuration.planLimits()),
                expressions(fields),
                run(fields),
                fields.duration("cleanUp", PoolSettings.cpu().grace()),
                pool(fields, PoolSettings.cpu()),
                pool(fields, PoolSettings.blocking()),
                pool(fields, AdhocPools.usual()),
                dispatch(fields),
                http(fields));
        fields.unknownWords(OF_FILES);
        problems.throwIfAny();
        return limits;
    }

    private static PlanParser.Limits plan(Fields fields, Yaml.Limits yaml) {
        PlanParser.Limits usual = PlanParser.Limits.DEFAULT;
        return new PlanParser.Limits(
                yaml.fileBytes(),
                fields.integer("steps", 1, MILLION, usual.steps()),
                fields.integer("stepNesting", 1, 100, usual.nesting()),
                bytes(fields, "expression", usual.expressionChars(), 1 << 20),
                fields.integer("expressions", 1, MILLION, usual.expressions()),
                yaml.nesting(),
                yaml.aliased());
    }

    private static ExpressionLimits expressions(Fields fields) {
        ExpressionLimits usual = ExpressionLimits.DEFAULTS;
        return new ExpressionLimits(
                bytes(fields, "expression", usual.sourceChars(), 1 << 20),
                usual.nesting(),
                fields.integer("iterations", 1, 10 * MILLION, usual.iterations()),
                fields.integer("rangeItems", 1, 10 * MILLION, usual.rangeItems()),
                bytes(fields, "expressionResult", usual.resultChars(), 1 << 30),
                fields.integer("visits", 1_000, 1_000 * MILLION, (int) usual.visits()));
    }

    private static RunLimits run(Fields fields) {
        RunLimits usual = RunLimits.DEFAULTS;
        return new RunLimits(
                runTime(fields, usual.runTime()),
                fields.duration("readerTime", usual.readerTime()),
                bytes(fields, "output", usual.outputBytes(), 1 << 30),
                bytes(fields, "value", usual.valueBytes(), 1 << 30),
                fields.integer("eachItems", 1, 100 * MILLION, (int) usual.eachItems()),
                fields.integer("planDepth", 1, 100, usual.planDepth()),
                fields.integer("tasks", 1, 10 * MILLION, usual.tasks()),
                usual.offloadMicros());
    }

    /** The default deadline of a run. The upper bound is the same as for the time-out of a plan. */
    private static Duration runTime(Fields fields, Duration usual) {
        Duration given = fields.duration("runTime", usual);
        if (given.isZero() || given.compareTo(Runner.LONGEST) > 0) {
            fields.problem("runTime", "runTime of " + fields.what() + " must be from 1ms to 15m, the longest run");
            return usual;
        }
        return given;
    }

    private static RunManager.Limits dispatch(Fields fields) {
        RunManager.Limits usual = RunManager.Limits.DEFAULTS;
        return new RunManager.Limits(
                fields.integer("runs", 1, MILLION, usual.runs()),
                fields.integer("events", 1, MILLION, usual.events()),
                bytes(fields, "eventsBytes", usual.eventsBytes(), 1 << 30),
                fields.duration("eventsAge", usual.eventsAge()),
                fields.integer("ended", 0, MILLION, usual.ended()),
                bytes(fields, "endedBytes", usual.endedBytes(), 1 << 30),
                memory(fields, usual.memoryBytes()));
    }

    /** The bounds of the event bus, taken from those of HTTP. */
    BusSettings.Limits bus() {
        return new BusSettings.Limits(http.bodyBytes(), http.requestTime(), http.connections());
    }

    private static HttpLimits http(Fields fields) {
        HttpLimits usual = HttpLimits.DEFAULTS;
        return new HttpLimits(
                bytes(fields, "body", usual.bodyBytes(), 1 << 30),
                bytes(fields, "headers", usual.headerBytes(), 1 << 20),
                fields.duration("requestTime", usual.requestTime()),
                fields.duration("idle", usual.idle()),
                fields.integer("connections", 1, MILLION, usual.connections()));
    }

    private static PoolSettings pool(Fields fields, PoolSettings usual) {
        return new PoolSettings(
                usual.name(),
                fields.integer(usual.name() + "Threads", 1, 10_000, usual.threads()),
                fields.integer(usual.name() + "Waiting", 0, MILLION, usual.waiting()),
                usual.virtual(),
                fields.duration("cleanUp", usual.grace()));
    }

    /** The memory bound. A value above the heap size would bound nothing. */
    private static long memory(Fields fields, long usual) {
        long most = Runtime.getRuntime().maxMemory();
        long given = fields.size("memory", usual);
        if (given < 1 << 20 || given > most) {
            fields.problem(
                    "memory", "memory of " + fields.what() + " must be from 1MiB to the heap, " + (most >> 20) + "MiB");
            return usual;
        }
        return given;
    }

    private static int bytes(Fields fields, String word, long usual, int most) {
        long given = fields.size(word, usual);
        if (given < 1 || given > most) {
            fields.problem(word, word + " of " + fields.what() + " must be from 1 to " + most + " bytes");
            return (int) usual;
        }
        return (int) given;
    }
}
