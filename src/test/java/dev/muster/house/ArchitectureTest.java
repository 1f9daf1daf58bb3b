package dev.muster.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.Predefined;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The production classes keep the rules, and each rule catches the samples that break it. */
class ArchitectureTest {
    private static final String ROOT = "dev.muster";
    private static final String SAMPLES = "dev.muster.house.samples";

    private static final JavaClasses PRODUCTION = new ClassFileImporter()
            .withImportOption(Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);
    private static final JavaClasses BROKEN = new ClassFileImporter().importPackages(SAMPLES);

    private static final Function<String, ArchRule> LAYERS = Layers::keptBelow;

    static Stream<Named<Function<String, ArchRule>>> rules() {
        return Stream.of(
                named("layers", LAYERS),
                named("noCycles", HouseRules::noCycles),
                named("onlyLoopTellsTime", HouseRules::onlyLoopTellsTime),
                named("kernelSeesOnlyFutures", HouseRules::kernelSeesOnlyFutures),
                named("onlyTaskCombinesFutures", HouseRules::onlyTaskCombinesFutures),
                named("nobodyUsesDev", HouseRules::nobodyUsesDev),
                named("onlyCommandsPrintAndExit", HouseRules::onlyCommandsPrintAndExit));
    }

    static Stream<Arguments> violations() {
        return Stream.of(
                caught(LAYERS, "expr may not use run"),
                caught(LAYERS, "sync may not use observe"),
                caught(LAYERS, "plan may not use task"),
                caught(LAYERS, "connect may not use queue.postgres"),
                caught(LAYERS, "samples.attic.Homeless stands on no layer"),
                caught(HouseRules::noCycles, "Cycle detected"),
                caught(HouseRules::onlyLoopTellsTime, "ClockReader.nano", "System.nanoTime"),
                caught(HouseRules::onlyLoopTellsTime, "ClockReader.reference", "System.currentTimeMillis"),
                caught(HouseRules::onlyLoopTellsTime, "ClockReader.now", "Instant.now"),
                caught(HouseRules::onlyLoopTellsTime, "ClockReader.clock", "java.time.Clock"),
                caught(HouseRules::onlyLoopTellsTime, "ClockReader.doze", "Thread.sleep"),
                caught(HouseRules::onlyLoopTellsTime, "ClockReader.timer", "setTimer"),
                caught(HouseRules::onlyLoopTellsTime, "ClockReader.periodic", "setPeriodic"),
                caught(HouseRules::onlyLoopTellsTime, "ClockReader.schedule", "ScheduledExecutorService"),
                caught(HouseRules::onlyLoopTellsTime, "ClockReader.javaTimer", "java.util.Timer"),
                caught(HouseRules::onlyLoopTellsTime, "ClockReader.abandon", "Future.timeout"),
                caught(HouseRules::kernelSeesOnlyFutures, "samples.task.LoopSeer", "io.vertx.core.Vertx"),
                caught(HouseRules::kernelSeesOnlyFutures, "samples.sync.BufferSeer", "io.netty.buffer.ByteBuf"),
                caught(HouseRules::onlyTaskCombinesFutures, "Combiner.all", "Future.all"),
                caught(HouseRules::onlyTaskCombinesFutures, "Combiner.any", "Future.any"),
                caught(HouseRules::onlyTaskCombinesFutures, "Combiner.join", "Future.join"),
                caught(HouseRules::nobodyUsesDev, "samples.run.DevUser", "samples.dev.Toy"),
                caught(HouseRules::onlyCommandsPrintAndExit, "Printer.out", "System.out"),
                caught(HouseRules::onlyCommandsPrintAndExit, "Printer.err", "System.err"),
                caught(HouseRules::onlyCommandsPrintAndExit, "Printer.trace", "printStackTrace"),
                caught(HouseRules::onlyCommandsPrintAndExit, "Printer.leave", "System.exit"));
    }

    @Test
    void import_findsProductionWithoutTests() {
        assertThat(PRODUCTION.contain("dev.muster.Main")).isTrue();
        assertThat(PRODUCTION.contain(ArchitectureTest.class)).isFalse();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void production_keepsRule(Function<String, ArchRule> rule) {
        rule.apply(ROOT).check(PRODUCTION);
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("violations")
    void sample_isCaught(Function<String, ArchRule> rule, String[] words) {
        EvaluationResult result = rule.apply(SAMPLES).evaluate(BROKEN);

        assertThat(result.getFailureReport().getDetails())
                .anySatisfy(line -> assertThat(line).contains(words));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void allowedUses_areLeftAlone(Function<String, ArchRule> rule) {
        EvaluationResult result = rule.apply(SAMPLES).evaluate(BROKEN);

        assertThat(result.getFailureReport().getDetails()).noneMatch(line -> line.contains("Allowed"));
    }

    private static Arguments caught(Function<String, ArchRule> rule, String... words) {
        return Arguments.of(rule, words);
    }

    private static Named<Function<String, ArchRule>> named(String name, Function<String, ArchRule> rule) {
        return Named.of(name, rule);
    }
}
