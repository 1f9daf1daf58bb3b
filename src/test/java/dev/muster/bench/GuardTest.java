package dev.muster.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.bench.Bounds.Cost;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guard accepts the code as it is, and detects an added allocation. */
class GuardTest {

    @TempDir
    Path folder;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void kernelAsItIs_isWithinItsBound() throws Exception {
        assertThat(guard().run(List.of("kernel.gather"))).as(printed()).isTrue();
    }

    @Test
    void oneSmallObjectMoreInEachTask_isNoticed() throws Exception {
        boolean isWithin = guard().with("-D" + Injected.PROPERTY + "=1").run(List.of("kernel.gather"));

        assertThat(isWithin).as(printed()).isFalse();
        assertThat(printed())
                .contains(
                        "guard: kernel.gather costs ",
                        " more than its bound of ",
                        "scripts/bench/profile health",
                        "guard.bounds");
    }

    @Test
    void everyHttpCase_hasAPlanAndABound() throws Exception {
        Bounds bounds = Bounds.read(Bounds.FILE);
        try (var plans = Files.list(HttpAllocation.PLANS)) {
            assertThat(plans.map(plan -> "http." + plan.getFileName().toString().replace(".yaml", "")))
                    .isNotEmpty()
                    .isSubsetOf(bounds.names());
        }
    }

    @Test
    void aboveTheBound_tellsHowMuchAndWhatToDo() throws Exception {
        assertThat(bounds("http.data 1,000").exceeded(Map.of("http.data", bytes(1_100))))
                .containsExactly(
                        "http.data costs 1,100 bytes, which is 100 (10.0 %) more than its bound of 1,000. To see what it is:"
                                + " scripts/bench/profile data. If it is worth its price, raise the bound in scripts/bench/guard.bounds to"
                                + " 1,133, and say why in the commit.");
    }

    @Test
    void instructions_areBoundedWhereTheyAreCounted() throws Exception {
        Bounds bounds = bounds("http.data 1000 50000");
        var counted = new Cost(1_000, OptionalDouble.of(60_000));

        assertThat(bounds.exceeded(Map.of("http.data", counted)))
                .singleElement()
                .asString()
                .contains("60,000 instructions", "bound of 50,000");
        assertThat(bounds.exceeded(Map.of("http.data", bytes(1_000)))).isEmpty();
    }

    @Test
    void withoutABound_asksForOne() throws Exception {
        assertThat(bounds("").exceeded(Map.of("http.new", bytes(100))))
                .containsExactly("http.new has no bound. Add a line to scripts/bench/guard.bounds: http.new 103");
    }

    @Test
    void farBelowTheBound_isNotedAndAllowed() throws Exception {
        Bounds bounds = bounds("http.data 1000");

        assertThat(bounds.wide(Map.of("http.data", bytes(900))))
                .containsExactly("http.data: the bound can go down from 1,000 to 927 bytes");
        assertThat(bounds.wide(Map.of("http.data", bytes(950)))).isEmpty();
        assertThat(bounds.exceeded(Map.of("http.data", bytes(900)))).isEmpty();
    }

    @Test
    void wrongLine_isToldWithItsNumber() {
        assertThatThrownBy(() -> bounds("# bytes\nhttp.data many"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(":2: a line is NAME BYTES");
    }

    private Guard guard() throws IOException {
        return new Guard(Bounds.read(Bounds.FILE), new PrintStream(printed, true, StandardCharsets.UTF_8)).brief();
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    private Bounds bounds(String text) throws IOException {
        return Bounds.read(Files.writeString(folder.resolve("bounds"), text));
    }

    private static Cost bytes(double bytes) {
        return new Cost(bytes, OptionalDouble.empty());
    }
}
