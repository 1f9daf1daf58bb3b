package dev.muster.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The deployment files can be read, and give a node that stops enough time. */
class DeployTest {

    private static final Path KUBERNETES = Path.of("deploy", "kubernetes.yaml");

    /** The time for clean-up and for the end of the process after the drain. */
    private static final int BEHIND_SECONDS = 10;

    @Test
    void kubernetes_givesTheDrainItsTime() throws Exception {
        Map<?, ?> pod = pod();
        String conf = String.valueOf(
                map(document("ConfigMap", "muster-conf").get("data")).get("muster.yaml"));
        int before = first(String.valueOf(map(container(pod).get("lifecycle")).get("preStop")), "sleep, (\\d+)");

        assertThat((Integer) pod.get("terminationGracePeriodSeconds"))
                .isGreaterThanOrEqualTo(before + first(conf, "drain: (\\d+)s") + BEHIND_SECONDS);
    }

    @Test
    void kubernetes_asksForHealthAndWritesNowhere() throws Exception {
        Map<?, ?> container = container(pod());
        assertThat(container.get("startupProbe").toString()).contains("/health/started");
        assertThat(container.get("readinessProbe").toString()).contains("/health/ready");
        assertThat(container.get("livenessProbe").toString()).contains("/health/live");
        assertThat(map(container.get("securityContext")).get("readOnlyRootFilesystem"))
                .isEqualTo(true);
        assertThat(map(pod().get("securityContext")).get("runAsNonRoot")).isEqualTo(true);
        assertThat(document("PodDisruptionBudget", "muster")).isNotEmpty();
        assertThat(document("Service", "muster")).isNotEmpty();
        assertThat(document("Secret", "muster-keys")).isNotEmpty();
    }

    @Test
    void systemd_givesTheDrainItsTime() throws Exception {
        String unit = Files.readString(Path.of("deploy", "muster.service"));
        assertThat(first(unit, "TimeoutStopSec=(\\d+)"))
                .isGreaterThanOrEqualTo(first(unit, "server\\.drain \\((\\d+) s\\)") + BEHIND_SECONDS);
        assertThat(unit).contains("ExecReload=/bin/kill -HUP $MAINPID", "DynamicUser=yes");
    }

    @Test
    void docker_runsAsNobodyInParticular() throws Exception {
        String file = Files.readString(Path.of("Dockerfile"));
        assertThat(file)
                .containsSubsequence("FROM ", "FROM ", "scripts/archive", "USER 10001", "HEALTHCHECK", "ENTRYPOINT [");
        assertThat(file).contains("/health/live");
    }

    private static Map<?, ?> pod() throws Exception {
        Map<?, ?> spec = map(document("Deployment", "muster").get("spec"));
        return map(map(spec.get("template")).get("spec"));
    }

    private static Map<?, ?> container(Map<?, ?> pod) {
        return map(((List<?>) pod.get("containers")).get(0));
    }

    private static Map<?, ?> document(String kind, String name) throws Exception {
        var load = new Load(LoadSettings.builder().build());
        return StreamSupport.stream(
                        load.loadAllFromString(Files.readString(KUBERNETES)).spliterator(), false)
                .map(DeployTest::map)
                .filter(it -> it.get("kind").equals(kind)
                        && map(it.get("metadata")).get("name").equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Map<?, ?> map(Object value) {
        return (Map<?, ?>) value;
    }

    private static int first(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult found) -> Integer.parseInt(found.group(1)))
                .findFirst()
                .orElseThrow();
    }
}
