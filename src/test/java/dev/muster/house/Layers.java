package dev.muster.house;

import static java.util.stream.Collectors.joining;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The layers of packages, lowest first: a package uses lower layers only, never a neighbour in its own layer. */
final class Layers {
    /** The name under which the root package stands in the list. */
    private static final String MAIN = "the root package";

    private static final List<Set<String>> LAYERS = List.of(
            Set.of("text"),
            Set.of("json", "loop"),
            Set.of("task", "config"),
            Set.of("sync", "observe", "expr", "cluster"),
            Set.of("plan", "queue", "access"),
            Set.of("connect"),
            Set.of("run", "queue.postgres"),
            Set.of("service"),
            Set.of("web", "bus", "client", "monitor", "work"),
            Set.of("log"),
            Set.of("node"),
            Set.of("cli"),
            Set.of("cli.queue"),
            Set.of(MAIN),
            Set.of("dev"));

    /** Packages that use only some of the lower layers. */
    private static final Map<String, Set<String>> SEES_ONLY = Map.of(
            "task", Set.of("loop"),
            "config", Set.of("text", "json"),
            "sync", Set.of("loop", "task"),
            "expr", Set.of("text", "json", "config"),
            "plan", Set.of("text", "json", "config", "expr"),
            "access", Set.of("text", "json", "loop", "config"),
            "queue", Set.of("text", "json", "loop", "config", "task", "sync"),
            "cluster", Set.of("text", "json", "loop"),
            "client", Set.of("text", "json", "loop"));

    private Layers() {}

    /** The rule that every class below {@code root} uses only the layers it is allowed to. */
    static ArchRule keptBelow(String root) {
        return ArchRuleDefinition.classes()
                .that()
                .resideInAPackage(root + "..")
                .should(new ArchCondition<>("use lower layers only") {
                    @Override
                    public void check(JavaClass from, ConditionEvents events) {
                        checkClass(root, from, events);
                    }
                });
    }

    private static void checkClass(String root, JavaClass from, ConditionEvents events) {
        Optional<String> own = packageOf(root, from);
        if (own.isEmpty()) {
            violate(from, from.getFullName() + " stands on no layer: give its package one in Layers", events);
            return;
        }
        from.getDirectDependenciesFromSelf().forEach(dependency -> {
            JavaClass to = dependency.getTargetClass().getBaseComponentType();
            packageOf(root, to)
                    .filter(other -> !maySee(own.get(), other))
                    .ifPresent(other -> violate(
                            from,
                            own.get() + " may not use " + other + ": " + dependency.getDescription() + "; it may use "
                                    + visibleFrom(own.get()),
                            events));
        });
    }

    private static void violate(JavaClass from, String message, ConditionEvents events) {
        events.add(SimpleConditionEvent.violated(from, message));
    }

    private static boolean maySee(String from, String to) {
        if (from.equals(to)) {
            return true;
        }
        Set<String> only = SEES_ONLY.get(from);
        return only == null ? level(to) < level(from) : only.contains(to);
    }

    private static String visibleFrom(String from) {
        return LAYERS.stream()
                .flatMap(Set::stream)
                .filter(to -> !to.equals(from) && maySee(from, to))
                .sorted()
                .collect(joining(", ", "[", "]"));
    }

    private static int level(String name) {
        for (int level = 0; level < LAYERS.size(); level++) {
            if (LAYERS.get(level).contains(name)) {
                return level;
            }
        }
        throw new IllegalArgumentException(name);
    }

    /** Returns the layered package of {@code type}: the longest match, so that a sub-package counts as listed or with its parent. */
    private static Optional<String> packageOf(String root, JavaClass type) {
        if (type.getPackageName().equals(root)) {
            return Optional.of(MAIN);
        }
        String prefix = root + ".";
        if (!type.getPackageName().startsWith(prefix)) {
            return Optional.empty();
        }
        String below = type.getPackageName().substring(prefix.length());
        return LAYERS.stream()
                .flatMap(Set::stream)
                .filter(name -> below.equals(name) || below.startsWith(name + "."))
                .max((a, b) -> Integer.compare(a.length(), b.length()));
    }
}
