package dev.muster.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
    private static final Set<String> KINDS = Set.of("http", "postgres", "mysql", "mongo", "file");

    @TempDir
    private Path dir;

    private final Map<String, String> env = new HashMap<>();

    private Configuration load(String text) throws IOException {
        Files.writeString(dir.resolve("muster.yaml"), text);
        return Configuration.load(dir, true, KINDS, env::get);
    }

    private List<String> problems(String text) throws IOException {
        Files.writeString(dir.resolve("muster.yaml"), text);
        return problems(dir);
    }

    private List<String> problems(Path folder) {
        ProblemsException e =
                catchThrowableOfType(ProblemsException.class, () -> Configuration.load(folder, true, KINDS, env::get));
        return e.problems().stream()
                .map(it -> it.toString().replace(dir + "/", ""))
                .toList();
    }

    @Test
    void load_sources_knowNameKindAndPlace() throws IOException {
        Configuration conf = load("server: {port: 80}\nsources:\n  a: {pool: 3, postgres: 'x'}\n  b: {http: any}\n");
        assertThat(List.copyOf(conf.sources().keySet())).isEqualTo(List.of("a", "b"));
        SourceConfig a = conf.sources().get("a");
        assertThat(a.kind()).isEqualTo("postgres");
        assertThat(a.at().line()).isEqualTo(3);
        assertThat(a.at().column()).isEqualTo(3);
        assertThat(conf.section("server")).isPresent();
        assertThat(conf.section("queues")).isEmpty();
        assertThat(conf.dir()).isEqualTo(dir);
    }

    @Test
    void load_wrongSections_areAllReported() throws IOException {
        assertThat(problems("sorces: {}\nrates: []\nsources:\n  a: {pool: 1}\n  b: {postgress: x}\n"
                        + "  c: {http: x, file: y}\n  d: x\nserver: {limits: {nesting: 900, fiel: 1}}\n"))
                .containsExactly(
                        "muster.yaml:1:1: unknown section \"sorces\" (did you mean \"sources\"?); known are addresses, callers, cluster,"
                                + " functions, queues, rates, server, sources",
                        "muster.yaml:2:8: the section \"rates\" must be a map, not a list",
                        "muster.yaml:4:3: the source \"a\" has no kind, one of file, http, mongo, mysql, postgres",
                        "muster.yaml:5:7: unknown kind \"postgress\" of the source \"b\" (did you mean \"postgres\"?)",
                        "muster.yaml:6:16: the source \"c\" is of two kinds, http and file; keep one",
                        "muster.yaml:7:6: the source \"d\" must be a map with one of file, http, mongo, mysql, postgres,"
                                + " not text",
                        "muster.yaml:8:28: nesting of limits of the server must be a whole number from 1 to 500,"
                                + " not \"900\"");
    }

    @Test
    void load_unknownWordsOfSections_areReportedWithSuggestions() throws IOException {
        assertThat(problems("server: {prot: 80, jwt: {}}\nqueues:\n  q: {store: memory, retris: 5}\n  r: 5\n"
                        + "rates:\n  s: {tokens: 50, pre: 1s}\ncallers:\n  c: {kee: x, quota: {}}\n  d:\n"))
                .containsExactly(
                        "muster.yaml:1:10: unknown word \"prot\" in the server (did you mean \"port\"?)",
                        "muster.yaml:3:22: unknown word \"retris\" in the queue \"q\" (did you mean \"retries\"?)",
                        "muster.yaml:4:6: the queue \"r\" must be a map, not a number",
                        "muster.yaml:6:19: unknown word \"pre\" in the rate \"s\" (did you mean \"per\"?)",
                        "muster.yaml:8:7: unknown word \"kee\" in the caller \"c\" (did you mean \"key\"?)",
                        "muster.yaml:9:5: the caller \"d\" must be a map, not nothing");
    }

    @Test
    void load_sectionsOfTheSpecification_areTaken() throws IOException {
        Configuration conf = load(
                "server: {host: 127.0.0.1, port: 8080, workers: auto, drain: 20s, jwt: {issuer: us}}\n"
                        + "queues:\n  thumbnails: {store: memory, size: 1000}\n"
                        + "  enrich: {store: catalog, retries: 5, lease: 30s, perKey: 1, adhoc: true}\n"
                        + "rates: {api: {tokens: 50, per: 1s}}\n"
                        + "callers: {ops: {jwt: {subject: ops}, may: {plans: '*'}, quota: {runs: 100}}, key: {key: x}}\n");
        assertThat(conf.sectionAt("queues")).hasToString("Optional[" + dir.resolve("muster.yaml") + ":2:1]");
        assertThat(conf.sectionAt("sources")).isEmpty();
        assertThat(load("callers: {}\nqueues:\n").sectionAt("callers")).isEmpty();
    }

    @Test
    void load_emptySectionsAndFiles_areFine() throws IOException {
        assertThat(load("sources:\nqueues:\n").sources()).isEmpty();
        assertThat(load("# nothing yet\n").sources()).isEmpty();
        assertThat(load("").planLimits()).isEqualTo(Yaml.Limits.DEFAULT);
    }

    @Test
    void load_missingFolder_isEmptyUnlessNamed() {
        Path none = dir.resolve("none");
        assertThat(Configuration.load(none, false, KINDS, env::get).sources()).isEmpty();
        assertThat(problems(none))
                .containsExactly("none:1:1: there is no such configuration folder; choose another one with --conf");
        assertThat(problems(dir)).hasSize(1).first().asString().contains("neither this file nor a folder plans");
    }

    @Test
    void load_planLimits_areSettings() throws IOException {
        assertThat(load("server: {limits: {file: 2MiB, nesting: 10}}").planLimits())
                .isEqualTo(new Yaml.Limits(2 << 20, 10, 100_000));
    }

    @Test
    void planFiles_areThoseOfPlansByName() throws IOException {
        Configuration conf = load("{}");
        assertThat(conf.planFiles()).isEmpty();
        Path plans = Files.createDirectories(dir.resolve("plans"));
        for (String name : List.of("b.yml", "a.yaml", "c.json", "notes.txt", ".hidden.yaml")) {
            Files.writeString(plans.resolve(name), "");
        }
        Files.createDirectories(plans.resolve("folder.yaml"));
        assertThat(conf.planFiles().stream().map(it -> it.getFileName().toString()))
                .containsExactly("a.yaml", "b.yml", "c.json");
    }

    @Test
    void secrets_areResolvedAndMasked() throws IOException {
        env.put("PASSWORD", "open sesame");
        env.put("URL", "postgres://me:hunter22@db/x");
        env.put("PORT", "81");
        env.put("EMPTY", "");
        Files.writeString(dir.resolve("key"), "s3cr3t\n");
        Configuration conf = load("server: {port: '${env:PORT}', host: '${env:HOST:-here}', drain: '${env:EMPTY:-d}',"
                + " workers: '$${x}'}\ncallers: {a: {key: '${file:key}', may: '${env:PASSWORD}-${env:PORT}'}}\n"
                + "sources: {p: {postgres: '${env:URL}'}}\n");
        Fields server = new Fields(conf.section("server").orElseThrow(), "the server", new Problems());
        assertThat(server.integer("port", 1, 100)).contains(81L);
        assertThat(server.string("port")).contains("81");
        assertThat(conf.section("server").orElseThrow().toValue())
                .isEqualTo(Map.of("port", "81", "host", "here", "drain", "d", "workers", "${x}"));
        assertThat(conf.section("callers").orElseThrow().toValue())
                .isEqualTo(Map.of("a", Map.of("key", "s3cr3t", "may", "open sesame-81")));
        assertThat(conf.secrets().mask("s3cr3t open sesame 81 here hunter22 postgres://me:hunter22@db/x"))
                .isEqualTo("*** open sesame 81 here *** postgres://***@db/x");
    }

    @Test
    void secrets_thatAreNotThere_areProblems() throws IOException {
        Files.write(dir.resolve("large"), new byte[65 * 1024]);
        Files.write(dir.resolve("binary"), new byte[] {(byte) 0xFF});
        assertThat(problems("sources:\n  a: ${env:NONE}\n  b: ${file:none}\n  c: ${file:large}\n  d: ${file:binary}\n"
                                + "  e: ${other}\n  f: ${env:NONE\n")
                        .stream()
                        .filter(problem -> !problem.contains("must be a map")))
                .containsExactly(
                        "muster.yaml:2:6: the environment has no variable NONE; set it, or write a default:"
                                + " ${env:NONE:-default}",
                        "muster.yaml:3:6: the secret's file none does not exist",
                        "muster.yaml:4:6: the secret's file large is larger than 64KiB",
                        "muster.yaml:5:6: the secret's file binary is not UTF-8",
                        "muster.yaml:6:6: \"${other}\" is not a reference; write ${secret:NAME}, ${file:PATH}, ${env:NAME} or"
                                + " ${env:NAME:-default}, and $${ for a plain ${",
                        "muster.yaml:7:6: \"${env:NONE\" is not a reference; write ${secret:NAME}, ${file:PATH}, ${env:NAME} or"
                                + " ${env:NAME:-default}, and $${ for a plain ${");
    }
}
