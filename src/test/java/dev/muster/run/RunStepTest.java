package dev.muster.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.connect.Receipt;
import dev.muster.connect.Receipts;
import dev.muster.loop.VirtualLoop;
import dev.muster.task.Scope;
import dev.muster.task.Tasks;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunStepTest {

    private static final String ID = "01JAAAAAAAAAAAAAAAAAAAAAAA";

    private final VirtualLoop loop = VirtualLoop.inOrder();
    private final Tasks tasks = Tasks.on(loop);
    private final List<Optional<RunStep>> seen = new ArrayList<>();

    private Future<Void> look(Scope scope) {
        seen.add(RunStep.current());
        return Future.succeededFuture();
    }

    private void inRun(String plan, Object caller, dev.muster.task.Body<Void> body) {
        tasks.start("any name", RunStep.ofRun(ID, plan, caller), body);
        loop.run();
    }

    @Test
    void runAlone_hasNoStep() {
        inRun("product-page", "shop", this::look);

        assertThat(seen).containsExactly(Optional.of(new RunStep(ID, "product-page", "shop", null)));
    }

    @Test
    void runOfNobody_hasNoCaller() {
        inRun("product-page", null, this::look);

        assertThat(seen).containsExactly(Optional.of(new RunStep(ID, "product-page", null, null)));
    }

    @Test
    void namesWithTheWordsOfALog_areTakenAsTheyAre() {
        inRun("page of ops", "head of sales", this::look);

        assertThat(seen).containsExactly(Optional.of(new RunStep(ID, "page of ops", "head of sales", null)));
    }

    @Test
    void innermostStep_isTheOne_whateverItsTasksAreCalled() {
        inRun("product-page", "shop", scope -> {
            scope.start(
                    "sellers",
                    RunStep.ofStep(new Named("sellers")),
                    own -> own.start(
                                    "items",
                                    inner -> inner.start(
                                                    "[3]",
                                                    RunStep.ofStep(new Named("sellers[3]")),
                                                    deep -> deep.start("sellers.work", this::look)
                                                            .future())
                                            .future())
                            .future());
            return Future.succeededFuture();
        });

        assertThat(seen).containsExactly(Optional.of(new RunStep(ID, "product-page", "shop", "sellers[3]")));
    }

    @Test
    void taskOutsideOfRuns_isOfNone() {
        tasks.start("run " + ID + " product-page of shop", this::look);
        loop.run();

        assertThat(seen).containsExactly(Optional.empty());
        assertThat(RunStep.current()).isEmpty();
    }

    /** A step that is only its path. */
    private record Named(String path) implements Receipts.Taker {
        @Override
        public void take(Receipt receipt) {
            throw new AssertionError("nothing is cancelled");
        }
    }
}
