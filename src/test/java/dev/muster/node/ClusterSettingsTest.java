package dev.muster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Configuration;
import dev.muster.config.Problem;
import dev.muster.config.Problems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The section {@code cluster}. */
class ClusterSettingsTest {

    @TempDir
    Path dir;

    private final Problems problems = new Problems();

    @Test
    void nothingSaid_isOff_andWouldFindNodesOfThisMachine() throws Exception {
        ClusterSettings settings = read("{}");

        assertThat(problems.list()).isEmpty();
        assertThat(settings.isOn()).isFalse();
        assertThat(settings.switchedOn().isOn()).isTrue();
        assertThat(settings.host()).isEqualTo("127.0.0.1");
        assertThat(settings.ports())
                .containsExactlyElementsOf(IntStream.range(5701, 5711).boxed().toList());
        assertThat(settings.members()).hasSize(10).contains("127.0.0.1:5701", "127.0.0.1:5710");
    }

    @Test
    void membersWithoutPort_areLookedForAtThePortsOfTheNode() throws Exception {
        ClusterSettings settings =
                read("{on: true, host: 10.0.0.5, open: true, port: 6000, members: [10.0.0.6, 'b.internal:7']}");

        assertThat(problems.list()).isEmpty();
        assertThat(settings.isOn()).isTrue();
        assertThat(settings.ports()).containsExactly(6000);
        assertThat(settings.members()).containsExactly("10.0.0.6:6000", "b.internal:7");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {memebers: [a]}                            | muster.yaml:1:11: | did you mean "members"
            {port: 70000}                              | muster.yaml:1:17: | port
            {name: 'a b'}                              | muster.yaml:1:17: | name of the cluster
            {members: ['a:b:c']}                       | muster.yaml:1:20: | must be HOST or HOST:PORT
            {members: [a], multicast: true}            | muster.yaml:1:20: | leave one of the two out
            {host: 10.0.0.5, members: [10.0.0.6]}      | muster.yaml:1:17: | set open: true
            {host: 10.0.0.5, open: true}               | muster.yaml:1:17: | needs members
            {host: 0.0.0.0, open: true, members: [a]}  | muster.yaml:1:17: | must be the address
            {tls: {}}                                  | muster.yaml:1:16: | needs cert, key and trust
            {tls: {cert: a, key: b, trust: c}}         | muster.yaml:1:23: | cannot be read
            {tls: {verify: false}}                     | muster.yaml:1:16: | needs cert, key and trust
            """)
    void wrongSetting_isAProblemWithItsPlace(String section, String place, String text) throws Exception {
        read(section);

        assertThat(problems.list())
                .extracting(Problem::toString)
                .anySatisfy(problem -> assertThat(problem).contains(place).contains(text));
    }

    private ClusterSettings read(String section) throws Exception {
        Files.writeString(dir.resolve("muster.yaml"), "cluster: " + section + "\n");
        Configuration configuration = Configuration.load(dir, true, Set.of(), name -> null, problems);
        return ClusterSettings.read(configuration, problems);
    }
}
