package dev.muster.house;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.Map;
import java.util.Set;

/** The rules other than layers. Each applies to the packages below a root, so that samples can break it. */
final class HouseRules {
    /** The methods that read the clock or wait, by owner; subtypes of the owner count. */
    private static final Map<String, Set<String>> CLOCKS = Map.ofEntries(
            Map.entry("java.lang.System", Set.of("nanoTime", "currentTimeMillis")),
            Map.entry("java.lang.Thread", Set.of("sleep")),
            Map.entry("java.util.concurrent.TimeUnit", Set.of("sleep", "timedWait", "timedJoin")),
            Map.entry("java.util.concurrent.locks.LockSupport", Set.of("parkNanos", "parkUntil")),
            Map.entry(
                    "java.util.concurrent.CompletableFuture",
                    Set.of("orTimeout", "completeOnTimeout", "delayedExecutor")),
            Map.entry("java.time.Instant", Set.of("now")),
            Map.entry("java.time.LocalTime", Set.of("now")),
            Map.entry("java.time.LocalDate", Set.of("now")),
            Map.entry("java.time.LocalDateTime", Set.of("now")),
            Map.entry("java.time.OffsetDateTime", Set.of("now")),
            Map.entry("java.time.ZonedDateTime", Set.of("now")),
            Map.entry(
                    "io.vertx.core.Vertx", Set.of("setTimer", "setPeriodic", "timer", "timerStream", "periodicStream")),
            Map.entry("io.vertx.core.Future", Set.of("timeout")));

    private static final Set<String> CLOCK_TYPES = Set.of(
            "java.time.Clock",
            "java.util.Timer",
            "java.util.TimerTask",
            "java.util.concurrent.ScheduledExecutorService",
            "io.vertx.core.Timer",
            "io.vertx.core.TimeoutStream",
            "io.netty.util.HashedWheelTimer");

    private static final Set<String> PLAIN_FUTURES = Set.of(
            "io.vertx.core.Future",
            "io.vertx.core.Promise",
            "io.vertx.core.Completable",
            "io.vertx.core.Handler",
            "io.vertx.core.AsyncResult");

    private HouseRules() {}

    /** The rule that packages below {@code root} have no cycles. */
    static ArchRule noCycles(String root) {
        return SlicesRuleDefinition.slices()
                .matching(root + ".(**)")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true);
    }

    /** The rule that only {@code loop} reads the clock or waits, except for {@code dev}, which waits for its databases. */
    static ArchRule onlyLoopTellsTime(String root) {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .and()
                .resideOutsideOfPackages(root + ".loop..", root + ".dev..")
                .and(describe(
                        "are not the threads of a foreign driver, which schedule nothing of ours but their own end",
                        type -> !type.getName().startsWith(root + ".connect.mongo.DriverThreads")))
                .should(accessMembers(CLOCKS, "tell time or wait"))
                .orShould()
                .dependOnClassesThat(assignableToAny(CLOCK_TYPES))
                .because("only loop tells time, so that everything else runs on virtual time in tests");
    }

    /** The rule that {@code task} and {@code sync} use only futures and promises of Vert.x, and nothing of Netty. */
    static ArchRule kernelSeesOnlyFutures(String root) {
        return noClasses()
                .that()
                .resideInAnyPackage(root + ".task..", root + ".sync..")
                .should()
                .dependOnClassesThat(describe(
                        "are of Vert.x or Netty, other than " + PLAIN_FUTURES,
                        type -> (type.getPackageName().startsWith("io.vertx")
                                        || type.getPackageName().startsWith("io.netty"))
                                && !PLAIN_FUTURES.contains(type.getFullName())))
                .allowEmptyShould(true);
    }

    /** The rule that only {@code task} combines futures. */
    static ArchRule onlyTaskCombinesFutures(String root) {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .and()
                .resideOutsideOfPackage(root + ".task..")
                .should(accessMembers(
                        Map.of("io.vertx.core.Future", Set.of("all", "any", "join")), "combine futures of Vert.x"))
                .because("Future.all leaves the siblings of a failure running: use the combinators of task");
    }

    /** The rule that only {@code dev} uses {@code dev}. */
    static ArchRule nobodyUsesDev(String root) {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .and()
                .resideOutsideOfPackage(root + ".dev..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(root + ".dev..")
                .because("dev is not in the production jar");
    }

    /** The rule that only {@code cli}, {@code log}, {@code Main} and {@code dev} print and exit the process. */
    static ArchRule onlyCommandsPrintAndExit(String root) {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .and()
                .resideOutsideOfPackages(root, root + ".cli..", root + ".log..", root + ".dev..")
                .should(accessMembers(
                        Map.of(
                                "java.lang.System", Set.of("out", "err", "exit"),
                                "java.lang.Runtime", Set.of("exit", "halt"),
                                "java.lang.Throwable", Set.of("printStackTrace")),
                        "print or end the process"));
    }

    /** A condition for calls, method references and field accesses of the given members. */
    private static ArchCondition<JavaClass> accessMembers(Map<String, Set<String>> membersByOwner, String does) {
        return new ArchCondition<>(does) {
            @Override
            public void check(JavaClass from, ConditionEvents events) {
                for (JavaAccess<?> access : from.getAccessesFromSelf()) {
                    if (isAccessTo(membersByOwner, access)) {
                        events.add(SimpleConditionEvent.satisfied(from, access.getDescription()));
                    }
                }
            }
        };
    }

    private static boolean isAccessTo(Map<String, Set<String>> membersByOwner, JavaAccess<?> access) {
        return membersByOwner.entrySet().stream()
                .anyMatch(entry -> entry.getValue().contains(access.getTarget().getName())
                        && access.getTargetOwner().isAssignableTo(entry.getKey()));
    }

    private static DescribedPredicate<JavaClass> assignableToAny(Set<String> names) {
        return describe("are among " + names, type -> names.stream().anyMatch(type::isAssignableTo));
    }
}
