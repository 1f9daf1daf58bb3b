package dev.muster.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.access.Caller;
import dev.muster.access.Callers;
import dev.muster.config.Configuration;
import dev.muster.config.Problems;
import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.run.Event;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallerRunsTest {

    @TempDir
    Path conf;

    private final FakeDeployment offer = new FakeDeployment().plan("plan: slow\nsteps: {a: {sleep: 10s}}\noutput: 1");
    private final RunManager runManager = new RunManager(RunManager.Limits.DEFAULTS);
    private final List<Event> events = new ArrayList<>();
    private Callers callers;

    @BeforeEach
    void readCallers() throws Exception {
        Files.writeString(conf.resolve("muster.yaml"), """
                callers:
                  front: {key: key-of-front-0123456789}
                  other: {key: key-of-other-0123456789}
                  looks: {key: key-of-looks-0123456789, may: {monitor: true}}
                  rules: {key: key-of-rules-0123456789, may: {cancel: all, adhoc: true}}
                """);
        callers = Callers.read(Configuration.load(conf, false, Set.of(), name -> null), new Problems());
    }

    private Caller caller(String name) {
        return callers.identify("Bearer key-of-" + name + "-0123456789").result();
    }

    private CallerRuns runsOf(String name) {
        return new CallerRuns(runManager, offer.loop, caller(name));
    }

    private ManagedRun runOfFront() {
        return runManager.take(
                offer,
                offer.loop,
                offer.program("slow"),
                new RunRequest(caller("front"), Map.of(), false, null, null, events::add));
    }

    private static void assertRefused(ThrowingCallable asked, ErrorType type, String detail) {
        assertThatThrownBy(asked).isInstanceOfSatisfying(MusterException.class, error -> {
            assertThat(error.type()).isEqualTo(type);
            assertThat(error.detail()).isEqualTo(detail);
        });
    }

    @Test
    void find_showsRunsToTheirOwner_toWhoMonitors_andToWhoCancelsAll() {
        ManagedRun run = runOfFront();

        for (String name : List.of("front", "looks", "rules")) {
            assertThat(runsOf(name).find(run.id())).as(name).isSameAs(run);
            assertThat(runsOf(name).newest(10)).as(name).containsExactly(run);
        }
    }

    @Test
    void runOfSomebodyElse_isNotThere() {
        String id = runOfFront().id();
        String detail = "there is no such run; ended runs are kept for a limited time (server.limits.eventsAge)";

        assertThat(runsOf("other").newest(10)).isEmpty();
        assertRefused(() -> runsOf("other").find(id), ErrorType.NOT_FOUND, detail);
        assertRefused(() -> runsOf("other").cancel(id, null), ErrorType.NOT_FOUND, detail);
        assertRefused(() -> runsOf("rules").cancel("none", null), ErrorType.NOT_FOUND, detail);
    }

    @Test
    void cancel_byWhoMayOnlyLook_isDenied_andTheRunGoesOn() {
        String id = runOfFront().id();

        assertRefused(
                () -> runsOf("looks").cancel(id, null),
                ErrorType.DENIED,
                "looks may not cancel runs of others (cancel: all)");
        offer.loop.run();

        assertThat(events.get(events.size() - 1))
                .isInstanceOfSatisfying(
                        Event.End.class, end -> assertThat(end.failure()).isNull());
    }

    @Test
    void cancel_isInTheNameOfWhoAsked_andAgainDoesNothing() {
        String id = runOfFront().id();

        runsOf("rules").cancel(id, null);
        runsOf("front").cancel(id, null);
        offer.loop.run();
        runsOf("front").cancel(id, null);

        assertThat(events.get(events.size() - 1))
                .isInstanceOfSatisfying(
                        Event.End.class,
                        end -> assertThat(end.failure().error().detail()).contains("cancelled by rules"));
    }

    @Test
    void cancel_withAReason_givesItToTheRunsErrorAndReceipt() {
        String id = runOfFront().id();

        runsOf("rules").cancel(id, "wrong week");
        offer.loop.run();

        assertThat(events.get(events.size() - 1)).isInstanceOfSatisfying(Event.End.class, end -> {
            assertThat(end.failure().toValue())
                    .containsEntry("detail", "cancelled by rules: wrong week")
                    .containsEntry("by", "request");
            assertThat(end.cancel().toValue()).containsEntry("why", "cancelled by rules: wrong week");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "two\nlines", "\u001b[2J", "half \ud800"})
    void why_thatIsNoLineOfText_isRefused(String why) {
        assertThatThrownBy(() -> CallerRuns.checkedWhy(why))
                .isInstanceOfSatisfying(
                        MusterException.class, error -> assertThat(error.type()).isEqualTo(ErrorType.BAD_INPUT));
    }

    @Test
    void why_hasABound() {
        String longest = "ä".repeat(CallerRuns.MAX_OF_WHY);
        assertThat(CallerRuns.checkedWhy(longest)).isEqualTo(longest);
        assertThatThrownBy(() -> CallerRuns.checkedWhy(longest + "x")).hasMessageContaining("1 to 200 characters");
    }

    @Test
    void adhocPlans_areForWhoMay() {
        CallerRuns.checkAdhoc(caller("rules"));

        assertRefused(
                () -> CallerRuns.checkAdhoc(caller("front")),
                ErrorType.DENIED,
                "front may run saved plans only (callers: may: {adhoc: true})");
    }
}
