package dev.muster.node;

import static dev.muster.Soon.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.log.Heard;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The start, the reload and the stop of a node, as far as no request shows them. */
@Timeout(60)
class NodeTest {

    private static final Duration DRAIN = Duration.ofSeconds(7);
    private static final Duration CLEAN_UP = Duration.ofSeconds(20);

    @TempDir
    Path conf;

    private ServeRig rig;

    @BeforeEach
    void rig() throws Exception {
        rig = new ServeRig(conf);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void start_withBoundsBelowThoseOfTheWarmUpPlan_serves() throws Exception {
        rig.config("server: {port: 0, workers: 1, limits: {expressions: 1}}").start();

        assertThat(rig.get("/health/live").statusCode()).isEqualTo(200);
    }

    @Test
    void longestDrain_coversTheCleanUpsOfThePlansInUse() throws Exception {
        rig.config("server: {port: 0, workers: 1, drain: 7s, limits: {cleanUp: 20s}}")
                .plan("short", "steps: {a: {sleep: 1s}}")
                .start();
        assertThat(rig.service().longestDrain()).isBetween(DRAIN.plus(CLEAN_UP), DRAIN.plus(CLEAN_UP.multipliedBy(2)));

        rig.plan("long", "steps: {g: {group: {a: {sleep: 1s, finally: {sleep: 1s}}}, finally: {sleep: 1s}}}");
        soon(rig.service().reload());

        assertThat(rig.service().longestDrain()).isGreaterThan(DRAIN.plus(CLEAN_UP.multipliedBy(3)));
    }

    @Test
    void reload_thatEndsWithAnError_fails() throws Exception {
        rig.reloaded(setup -> {
                    throw new StackOverflowError("too deep");
                })
                .start();
        try (Heard heard = Heard.of(Node.class.getName())) {
            assertThatThrownBy(() -> soon(rig.service().reload())).hasRootCauseMessage("too deep");
            assertThat(heard.lines()).singleElement().asString().contains("not reloaded");
        }
    }
}
