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
final class Floors {
    private static final List<Set<String>> FLOORS = List.of(
            Set.of("json", "loop", "config"),
            Set.of("task"),
            Set.of("sync", "observe", "expr", "cluster"),
            Set.of("plan", "queue", "access"),
            Set.of("connect"),
            Set.of("run", "queue.postgres"),
            Set.of("dispatch"),
            Set.of("web", "bus", "client", "monitor", "work"),
            Set.of("app"),
            Set.of("dev"));

    /** Packages that use only some of the lower layers. {@code config} alone uses a neighbour in its own layer. */
    private static final Map<String, Set<String>> SEES_ONLY = Map.of(
            "config", Set.of("json"),
            "task", Set.of("loop"),
            "sync", Set.of("loop", "task"),
            "expr", Set.of("json", "config"),
            "plan", Set.of("json", "config", "expr"),
            "access", Set.of("json", "loop", "config"),
            "queue", Set.of("json", "loop", "config", "task", "sync"),
            "cluster", Set.of("json", "loop"),
            "client", Set.of("json", "loop"));

    private Floors() {}

    /** The rule that every class below {@code root} uses only the layers it is allowed to. */
    static ArchRule keptBelow(String root) {
        return ArchRuleDefinition.classes()
                .that()
                .resideInAPackage(root + "..")
                .should(new ArchCondition<>("use lower floors only") {
                    @Override
                    public void check(JavaClass from, ConditionEvents events) {
                        checkClass(root, from, events);
                    }
                });
    }

    private static void checkClass(String root, JavaClass from, ConditionEvents events) {
        Optional<String> own = packageOf(root, from);
        if (own.isEmpty()) {
            violate(from, from.getFullName() + " stands on no floor: give its package one in Floors", events);
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
        return FLOORS.stream()
                .flatMap(Set::stream)
                .filter(to -> !to.equals(from) && maySee(from, to))
                .sorted()
                .collect(joining(", ", "[", "]"));
    }

    private static int level(String name) {
        for (int level = 0; level < FLOORS.size(); level++) {
            if (FLOORS.get(level).contains(name)) {
                return level;
            }
        }
        throw new IllegalArgumentException(name);
    }

    /** Returns the layered package of {@code type}: the longest match, so that a sub-package counts as listed or with its parent. */
    private static Optional<String> packageOf(String root, JavaClass type) {
        String prefix = root + ".";
        if (!type.getPackageName().startsWith(prefix)) {
            return Optional.empty();
        }
        String below = type.getPackageName().substring(prefix.length());
        return FLOORS.stream()
                .flatMap(Set::stream)
                .filter(name -> below.equals(name) || below.startsWith(name + "."))
                .max((a, b) -> Integer.compare(a.length(), b.length()));
    }
}
