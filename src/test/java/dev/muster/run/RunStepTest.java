package dev.muster.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RunStepTest {
    private static final String ID = "01JAAAAAAAAAAAAAAAAAAAAAAA";
    private static final String RUN = RunStep.nameOf(ID, "product-page", "shop");

    private static String stepOf(String... below) {
        var names = new java.util.ArrayList<>(List.of(RUN));
        names.addAll(List.of(below));
        return String.valueOf(RunStep.of(names).orElseThrow().step());
    }

    @Test
    void runAlone_hasNoStep() {
        assertThat(RunStep.of(List.of(RUN))).contains(new RunStep(ID, "product-page", "shop", null));
    }

    @Test
    void runOfNobody_hasNoCaller() {
        assertThat(RunStep.of(List.of(RunStep.nameOf(ID, "product-page", null))))
                .contains(new RunStep(ID, "product-page", null, null));
    }

    @Test
    void planNamedLikeSomebodys_isNotSomebodyElses() {
        assertThat(RunStep.of(List.of(RunStep.nameOf(ID, "page of ops", "shop"))))
                .contains(new RunStep(ID, "page of ops", "shop", null));
    }

    @Test
    void innermostStep_isTheOne() {
        assertThat(stepOf("sellers", "work", "items", "[3]", "sellers[3]", "work"))
                .isEqualTo("sellers[3]");
        assertThat(stepOf("stock", "stock.east unless skipped", "stock.east")).isEqualTo("stock.east");
        assertThat(stepOf("page", "plan product", "page.a", "finally", "page.a.finally"))
                .isEqualTo("page.a.finally");
    }

    @Test
    void taskNamedLikeTheBeginningOfAStep_isNone() {
        assertThat(stepOf("work", "worker")).isEqualTo("work");
    }

    @Test
    void whatIsNoRun_isNone() {
        assertThat(RunStep.of(List.of())).isEmpty();
        assertThat(RunStep.of(List.of("health of catalog", "query"))).isEmpty();
        assertThat(RunStep.of(List.of("run to the hills"))).isEmpty();
    }
}
