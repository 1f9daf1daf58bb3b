package dev.muster.node;

import dev.muster.config.Configuration;
import dev.muster.config.Problems;
import dev.muster.config.ProblemsException;
import dev.muster.config.SourceConfig;
import dev.muster.expr.Expressions;
import dev.muster.plan.Language;
import dev.muster.plan.Plan;
import dev.muster.plan.PlanParser;
import dev.muster.plan.PlanParser.Known;
import dev.muster.queue.QueueSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A configuration and its plans, read and checked. Nothing is connected or started. Immutable.
 *
 * @param configuration the configuration folder
 * @param limits the bounds of the node
 * @param sources the sources; embedded ones have their real address or a {@linkplain Embedding#placeholder placeholder}
 * @param embedded the sources declared {@code embedded}, as written
 * @param queues the queues by name
 * @param language the words of plans
 * @param parser the plan parser for this language
 * @param known the names that plans can refer to
 * @param plans the plans by name
 */
public record Project(
        Configuration configuration,
        Limits limits,
        List<SourceConfig> sources,
        List<SourceConfig> embedded,
        Map<String, QueueSettings> queues,
        Language language,
        PlanParser parser,
        Known known,
        Map<String, Plan> plans) {

    /** The embedded sources that the plans and their queues use; only these need to be started. */
    public List<SourceConfig> embeddedInUse() {
        Set<String> used = new HashSet<>(PlanCalls.sources(plans.values()));
        queuesInUse().forEach(queue -> used.add(queue.store()));
        return embedded.stream().filter(source -> used.contains(source.name())).toList();
    }

    /** The longest time-out of these plans. A plan without a time-out counts with the node's default. */
    public Duration longestRun() {
        Duration longest = limits.run().runTime();
        for (Plan plan : plans.values()) {
            Duration own = plan.timeout();
            longest = own != null && own.compareTo(longest) > 0 ? own : longest;
        }
        return longest;
    }

    /** The queues that the plans put into. */
    List<QueueSettings> queuesInUse() {
        Set<String> used = PlanCalls.queues(plans.values());
        return queues.values().stream()
                .filter(queue -> used.contains(queue.name()))
                .toList();
    }

    /**
     * Reads the configuration without plans.
     *
     * @throws ProblemsException with every problem of the configuration
     */
    public static Configuration configuration(ConfDir where, Function<String, @Nullable String> env)
            throws ProblemsException {
        return Configuration.load(where.conf(), where.named(), Verbs.SOURCE_KINDS, env);
    }

    /**
     * Reads plans and checks them against the configuration and the verbs.
     *
     * @param files the plans to read
     * @param withSaved whether to read the configuration's saved plans too
     * @throws ProblemsException with every problem of every plan
     */
    public static Project read(
            Configuration configuration,
            Limits limits,
            Embedded embedded,
            Resources resources,
            Expressions expressions,
            List<PlanFile> files,
            boolean withSaved)
            throws ProblemsException {
        var problems = new Problems();
        List<SourceConfig> sources = embedded.checked(configuration.sources().values(), problems);
        var verbs =
                new Verbs(sources, resources, configuration.dir(), limits.run().runTime(), problems);
        Map<String, QueueSettings> queues = QueueSettings.read(configuration, problems);
        problems.throwIfAny();
        var language = new Language(verbs.words());
        List<PlanFile> all = new ArrayList<>(files);
        if (withSaved || PlanCalls.any(files)) {
            saved(configuration, files, all, problems);
        }
        Map<String, PlanFile> named = named(all, problems);
        var known = new Known(verbs.kinds(), verbs.functions(), named.keySet(), queues.keySet());
        var parser = new PlanParser(language, expressions, limits.plan());
        Map<String, Plan> plans = parsed(all, parser, known, problems);
        PlanCalls.check(plans, problems);
        QueueStores.checkTriggers(plans.values(), queues, problems);
        problems.throwIfAny();
        return new Project(configuration, limits, sources, embedded.sources(), queues, language, parser, known, plans);
    }

    private static void saved(
            Configuration configuration, Collection<PlanFile> given, List<PlanFile> all, Problems problems) {
        try {
            for (var path : configuration.planFiles()) {
                if (given.stream().noneMatch(file -> file.isFile(path))) {
                    all.add(PlanFile.of(path, configuration.planLimits()));
                }
            }
        } catch (ProblemsException e) {
            problems.addAll(e.problems());
        }
    }

    private static Map<String, PlanFile> named(List<PlanFile> files, Problems problems) {
        var named = new LinkedHashMap<String, PlanFile>();
        for (PlanFile file : files) {
            file.name().ifPresent(name -> {
                PlanFile other = named.putIfAbsent(name, file);
                if (other != null) {
                    problems.add(
                            file.at(), "the plan \"" + name + "\" exists twice; the other one is in " + other.file());
                }
            });
        }
        return named;
    }

    private static Map<String, Plan> parsed(List<PlanFile> files, PlanParser parser, Known known, Problems problems) {
        var plans = new LinkedHashMap<String, Plan>();
        for (PlanFile file : files) {
            try {
                Plan plan = parser.parse(file.node(), known);
                plans.putIfAbsent(plan.name(), plan);
            } catch (ProblemsException e) {
                problems.addAll(e.problems());
            }
        }
        return plans;
    }
}
