package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.Soon;
import dev.muster.json.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A caller who asks for a stream and does not take it: the run waits for it, and ends with it. */
@Timeout(120)
class SlowReaderTest {

    private static final long PATIENCE_NANOS = Duration.ofSeconds(60).toNanos();

    @TempDir
    Path conf;

    private ServeRig rig;

    @BeforeEach
    void rig() throws Exception {
        rig = new ServeRig(conf).plan("many", """
                        steps:
                          rows:
                            each: = lists.range(1000000)
                            stream: true
                            concurrency: 4
                            do: {set: '= "a value that is long enough to fill what stands between the two " + string(item)'}
                        output: done
                        """).start();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void readerWhoDoesNotRead_holdsTheRunBack_andTakesItAlong() throws Exception {
        try (var caller = new RawCaller(rig.port())) {
            caller.send("POST /v1/plans/many/runs HTTP/1.1\r\nHost: localhost\r\nAccept: application/x-ndjson\r\n"
                    + "Content-Length: 0\r\n\r\n");
            String run = caller.until("\r\n\r\n").replaceAll("(?s).*muster-run: (\\w+).*", "$1");
            caller.until("rows[0]");
            String before = stopped(run);
            for (int i = 0; i < 200; i++) {
                rig.get("/health/live");
            }
            assertThat(report(run)).isEqualTo(before);
            assertThat(rig.service().runManager().running()).isEqualTo(1);
        }
        Soon.until("the end of the run", () -> rig.service().runManager().running() == 0);
        assertThat(rig.get("/v1/runs").body()).contains("cancelled").doesNotContain("\"done\"");
    }

    /** What is known of a run once nothing of it moves any more. */
    private String stopped(String run) throws Exception {
        String last = "";
        long start = System.nanoTime();
        for (int same = 0; same < 50; ) {
            String now = report(run);
            same = now.equals(last) ? same + 1 : 0;
            last = now;
            assertThat(System.nanoTime() - start).as("still going on: %s", now).isLessThan(PATIENCE_NANOS);
        }
        return last;
    }

    @SuppressWarnings("unchecked")
    private String report(String run) throws Exception {
        var report = (Map<String, Object>) Json.parse(rig.get("/v1/runs/" + run).body());
        return String.valueOf(report.get("steps")).replaceAll("ms=[0-9.]+", "ms");
    }
}
