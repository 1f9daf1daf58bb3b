package dev.muster.app;

import dev.muster.config.Configuration;
import dev.muster.config.Problems;
import dev.muster.config.ProblemsException;
import dev.muster.config.SourceConfig;
import dev.muster.expr.Expressions;
import dev.muster.plan.Known;
import dev.muster.plan.Language;
import dev.muster.plan.Plan;
import dev.muster.plan.PlanParser;
import dev.muster.queue.QueueSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A configuration and the plans that go with it, read and checked: nothing is connected and nothing is started. Immutable.
 *
 * @param configuration the folder
 * @param limits the bounds that it sets
 * @param sources the sources, with the addresses of embedded ones in place, real or {@linkplain Embedding#placeholder
 *     standing in}
 * @param embedded the sources that say {@code embedded}, as they are written
 * @param queues the queues by name
 * @param language the words of plans
 * @param parser reads plans by these words
 * @param known the names that plans may mention
 * @param plans the plans by name
 */
record Project(
        Configuration configuration,
        Limits limits,
        List<SourceConfig> sources,
        List<SourceConfig> embedded,
        Map<String, QueueSettings> queues,
        Language language,
        PlanParser parser,
        Known known,
        Map<String, Plan> plans) {

    /** The embedded sources that the plans and their queues use: the ones worth starting. */
    List<SourceConfig> embeddedInUse() {
        Set<String> used = new HashSet<>(PlanCalls.sources(plans.values()));
        queuesInUse().forEach(queue -> used.add(queue.store()));
        return embedded.stream().filter(source -> used.contains(source.name())).toList();
    }

    /** How long a run of these plans may go on at most: where one says nothing, as long as the node lets it. */
    Duration longestRun() {
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
     * Reads the configuration alone.
     *
     * @throws ProblemsException with everything that is wrong
     */
    static Configuration configuration(Where where, Shell shell) throws ProblemsException {
        return Configuration.load(where.conf(), where.named(), Verbs.SOURCE_KINDS, shell.env());
    }

    /**
     * Reads plans and checks them against what the configuration and the verbs offer.
     *
     * @param files the plans to read
     * @param withSaved whether the configuration's plans are read too
     * @throws ProblemsException with everything that is wrong in any of them
     */
    static Project read(
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
        var language = new Language(verbs.words(), List.of());
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
                            file.at(), "the plan \"" + name + "\" is there twice; the other one is in " + other.file());
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
