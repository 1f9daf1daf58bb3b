package dev.muster.access;

import static dev.muster.access.Fixture.KEY;
import static dev.muster.access.Fixture.identified;
import static dev.muster.access.Fixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.muster.config.Configuration;
import dev.muster.config.Problem;
import dev.muster.config.Problems;
import dev.muster.loop.VirtualLoop;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallersTest {
    @TempDir
    private Path dir;

    private Fixture fixture;

    @BeforeEach
    void makeFixture() {
        fixture = new Fixture(dir);
    }

    private Caller granted(String may) {
        return identified(fixture.callers("callers: {a: {key: " + KEY + ", may: " + may + "}}"), KEY);
    }

    @Test
    void noCallers_everybodyMayEverything() {
        Callers callers = fixture.callers("callers: {}");
        assertThat(callers.isEmpty()).isTrue();
        for (String header : new String[] {null, "Basic x", "Bearer " + KEY}) {
            Caller caller = callers.identify(header).result();
            assertThat(caller).isSameAs(Caller.everyone());
            assertThat(caller.mayRun("any") && caller.mayUseQueue("any") && caller.mayRunAdhoc())
                    .isTrue();
            assertThat(caller.mayMonitor() && caller.mayCancel("any") && caller.mayWorkAt("any"))
                    .isTrue();
            assertThat(caller.runsAtOnce()).isEmpty();
            assertThat(caller.toValue()).isEqualTo(Map.of("name", "anyone", "claims", Map.of()));
        }
    }

    @Test
    void stranger_mayNothing() {
        Caller stranger = Caller.stranger();
        assertThat(stranger.mayRun("any") || stranger.mayUseQueue("any") || stranger.mayRunAdhoc())
                .isFalse();
        assertThat(stranger.mayMonitor() || stranger.mayCancel(stranger.name()) || stranger.mayWorkAt("any"))
                .isFalse();
    }

    @Test
    void key_isItsCaller() {
        Callers callers = fixture.callers(
                "callers: {front: {key: " + KEY + ", quota: {runs: 100}}," + " ops: {key: another-key-of-24-letters}}");
        Caller front = identified(callers, KEY);
        assertThat(front.name()).isEqualTo("front");
        assertThat(front.runsAtOnce()).isEqualTo(OptionalInt.of(100));
        assertThat(front.toValue()).isEqualTo(Map.of("name", "front", "claims", Map.of()));
        assertThat(identified(callers, "another-key-of-24-letters").name()).isEqualTo("ops");
        assertThat(callers.isEmpty()).isFalse();
        assertThat(callers.names()).containsExactly("front", "ops");
        assertThat(callers.statistics().callers()).isEqualTo(2);
    }

    @Test
    void key_comesFromFileVariableOrItsHash() throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(KEY.getBytes(StandardCharsets.UTF_8));
        fixture.file("front", "from-a-file-0123456789\n").env("OPS", "from-a-variable-0123456789\n");
        Callers callers = fixture.callers("callers: {front: {key: '${file:front}'}, ops: {key: '${env:OPS}'},"
                + " hashed: {key: 'sha256:" + HexFormat.of().withUpperCase().formatHex(digest) + "'}}");
        assertThat(identified(callers, "from-a-file-0123456789").name()).isEqualTo("front");
        assertThat(identified(callers, "from-a-variable-0123456789").name()).isEqualTo("ops");
        assertThat(identified(callers, KEY).name()).isEqualTo("hashed");
    }

    @Test
    void grants_plansAndQueues_areNamedOrAll() {
        Caller some = granted("{plans: [page, '1'], queues: [mail]}");
        assertThat(some.mayRun("page") && some.mayRun("1") && some.mayUseQueue("mail"))
                .isTrue();
        assertThat(some.mayRun("mail") || some.mayUseQueue("page")).isFalse();
        Caller all = granted("{plans: '*', queues: '*'}");
        assertThat(all.mayRun("page") && all.mayUseQueue("mail")).isTrue();
    }

    @Test
    void grants_leftOut_areNotGivenButItsOwnRuns() {
        for (Caller caller : List.of(granted("{}"), granted("{adhoc: false, monitor: false, cancel: own}"))) {
            assertThat(caller.mayRun("page") || caller.mayUseQueue("page")).isFalse();
            assertThat(caller.mayRunAdhoc() || caller.mayMonitor() || caller.mayWorkAt("page"))
                    .isFalse();
            assertThat(caller.mayCancel("a")).isTrue();
            assertThat(caller.mayCancel("b")).isFalse();
        }
        assertThat(identified(fixture.callers("callers: {a: {key: " + KEY + "}}"), KEY)
                        .mayRun("page"))
                .isFalse();
    }

    @Test
    void grants_adhocMonitorAndCancelAll_areGiven() {
        assertThat(granted("{adhoc: true}").mayRunAdhoc()).isTrue();
        assertThat(granted("{monitor: true}").mayMonitor()).isTrue();
        assertThat(granted("{cancel: all}").mayCancel("b")).isTrue();
    }

    @Test
    void grants_workers_areAddressesOrAll() {
        Caller some = granted("{workers: [mail.send, 'images.*']}");
        assertThat(some.mayWorkAt("mail.send") && some.mayWorkAt("images.resize"))
                .isTrue();
        assertThat(some.mayWorkAt("mail.sends") || some.mayWorkAt("mail") || some.mayWorkAt("x.images.resize"))
                .isFalse();
        assertThat(granted("{workers: '*'}").mayWorkAt("mail.send")).isTrue();
        assertThat(granted("{workers: []}").mayWorkAt("mail.send")).isFalse();
    }

    @Test
    void grants_ofWhatThereIsNot_areProblems() {
        var problems = new Problems();
        fixture.callers("callers:\n  a: {key: " + KEY + ", may: {plans: [page, pgae], queues: [mial]}}\n"
                        + "  b: {key: x" + KEY + ", may: {plans: '*', queues: '*'}}\n")
                .checkGrants(Set.of("page"), Set.of("mail"), problems);
        assertThat(problems.list().stream().map(Problem::message))
                .containsExactly(
                        "the caller \"a\" is granted the plan \"pgae\", which does not exist (did you mean \"page\"?)",
                        "the caller \"a\" is granted the queue \"mial\", which does not exist (did you mean \"mail\"?)");
    }

    @Test
    void read_everythingWrong_isNotedAtOnce() {
        assertThat(fixture.problems("callers:\n"
                        + "  a: {key: short}\n"
                        + "  b: {key: " + KEY + "}\n"
                        + "  c: {key: " + KEY + "}\n"
                        + "  d: {may: {plns: [x], cancel: mine, plans: page, queues: ['a*', 5], adhoc: maybe}}\n"
                        + "  e: {key: 'with a blank 0123456789', quota: {run: 5}}\n"
                        + "  f: {key: 'sha256:abc', quota: {runs: 0}}\n"
                        + "  g: {key: 12345678901234567890}\n"
                        + "  h: {jwt: {subject: ops, issuer: x}}\n"
                        + "  i: {jwt: {subject: ops}}\n"
                        + "  j: {jwt: {}}\n"
                        + "  anyone: {key: k" + KEY + "}\n"
                        + "  k: {key: w" + KEY + ", may: {workers: images}}\n"
                        + "  l: {key: v" + KEY + ", may: {workers: [[a]]}}\n"))
                .containsExactly(
                        "muster.yaml:2:12: the key of the caller \"a\" must have at least 16 characters;"
                                + " make a key with: openssl rand -hex 32",
                        "muster.yaml:4:12: the caller \"c\" has the same key as \"b\";"
                                + " make a key with: openssl rand -hex 32",
                        "muster.yaml:5:6: the caller \"d\" needs \"key\" or \"jwt\", or no request can authenticate as it;"
                                + " make a key with: openssl rand -hex 32",
                        "muster.yaml:5:13: unknown word \"plns\" in may of the caller \"d\""
                                + "; known are adhoc, cancel, monitor, plans, queues, workers",
                        "muster.yaml:5:32: cancel of may of the caller \"d\" must be one of own, all, not \"mine\"",
                        "muster.yaml:5:45: plans of may of the caller \"d\" must be '*' or a list of names, such as"
                                + " [one, two]",
                        "muster.yaml:5:60: queues of may of the caller \"d\": '*' stands alone, for all; \"a*\" in a"
                                + " list is not a name",
                        "muster.yaml:5:66: each item of queues of may of the caller \"d\" must be text",
                        "muster.yaml:5:77: adhoc of may of the caller \"d\" must be true or false, not \"maybe\"",
                        "muster.yaml:6:12: the key of the caller \"e\" must have only visible ASCII characters, without"
                                + " blanks and commas, or it cannot be sent; make a key with: openssl rand -hex 32",
                        "muster.yaml:6:46: quota of the caller \"e\" needs \"runs\": a whole number",
                        "muster.yaml:6:47: unknown word \"run\" in quota of the caller \"e\" (did you mean \"runs\"?)",
                        "muster.yaml:7:12: the key of the caller \"f\" must have 64 hexadecimal digits after sha256:",
                        "muster.yaml:7:40: runs of quota of the caller \"f\" must be a whole number from 1 to 1000000,"
                                + " not \"0\"",
                        "muster.yaml:8:12: the key of the caller \"g\" must be text, in quotes if it looks like a number",
                        "muster.yaml:9:12: the caller \"h\" authenticates with tokens, but the section server"
                                + " has no jwt: add it",
                        "muster.yaml:9:27: unknown word \"issuer\" in jwt of the caller \"h\"; known are subject",
                        "muster.yaml:10:12: the caller \"i\" authenticates with tokens, but the section server"
                                + " has no jwt: add it",
                        "muster.yaml:10:22: the caller \"i\" has the same subject as \"h\"",
                        "muster.yaml:11:12: jwt of the caller \"j\" needs \"subject\": text",
                        "muster.yaml:11:12: the caller \"j\" authenticates with tokens, but the section server"
                                + " has no jwt: add it",
                        "muster.yaml:12:3: \"anyone\" is the name of requests without a key; use another name",
                        "muster.yaml:13:62: workers of may of the caller \"k\" must be '*' or a list of addresses, such"
                                + " as ['images.*']",
                        "muster.yaml:14:63: each item of workers of may of the caller \"l\" must be text");
    }

    @Test
    void header_malformed_isRefusedWithAReasonThatRepeatsNothing() {
        Callers callers = fixture.callers("callers: {a: {key: " + KEY + "}}");
        assertThat(refusal(callers.identify(null))).startsWith("a key or token is needed");
        assertThat(refusal(callers.identify(""))).startsWith("a key or token is needed");
        assertThat(refusal(callers.identify("Basic " + KEY))).contains("must be Bearer");
        assertThat(refusal(callers.identify(KEY))).contains("must be Bearer");
        assertThat(refusal(callers.identify("Bearer"))).contains("must be Bearer");
        assertThat(refusal(callers.identify("Bearer  "))).contains("exactly one");
        assertThat(refusal(callers.identify("Bearer " + KEY + " " + KEY))).contains("exactly one");
        assertThat(refusal(callers.identify("Bearer " + KEY + ", Bearer x"))).contains("exactly one");
        assertThat(refusal(callers.identify("Bearer " + KEY + "," + KEY))).contains("exactly one");
        assertThat(refusal(callers.identify("Bearer\t" + KEY))).contains("must be Bearer");
        assertThat(refusal(callers.identify("Bearer é" + KEY))).contains("exactly one");
        assertThat(refusal(callers.identify("Bearer " + "x".repeat(20_000)))).contains("longer than");
        assertThat(refusal(callers.identify("Bearer x" + KEY))).isEqualTo("the key does not belong to a caller");
        assertThat(refusal(callers.identify("Bearer a.b.c"))).isEqualTo("the key does not belong to a caller");
    }

    @Test
    void header_schemeInAnyCaseAndMoreBlanks_isTaken() {
        Callers callers = fixture.callers("callers: {a: {key: " + KEY + "}}");
        for (String header : List.of("bearer " + KEY, "BEARER   " + KEY, "Bearer " + KEY + " ")) {
            assertThat(callers.identify(header).result().name()).isEqualTo("a");
        }
    }

    @Test
    void header_random_neverThrowsAnythingElse() {
        fixture.file("keys.json", Issuer.set(Issuer.RSA.jwk()));
        Callers callers = fixture.callers("server: {jwt: {jwks: keys.json, issuer: us, audience: m}}\n"
                + "callers: {a: {key: " + KEY + "}, b: {jwt: {subject: b}}}");
        callers.open(null, VirtualLoop.inOrder());
        long seed = new Random().nextLong();
        var random = new Random(seed);
        String[] pieces = {
            "Bearer",
            "bearer ",
            " ",
            "Bearer ",
            ".",
            "..",
            "eyJ",
            KEY.substring(1),
            "\u0000",
            "é",
            "=",
            ",",
            Issuer.part(Map.of("alg", "RS256")),
            Issuer.part(Map.of("alg", "none")),
            Issuer.part(Map.of("alg", 1L)),
            Issuer.part(Map.of("iss", "us", "aud", "m", "exp", 99L)),
            "W10",
            "bnVsbA",
            "\ud800"
        };
        for (int i = 0; i < 10_000; i++) {
            var header = new StringBuilder(random.nextBoolean() ? "Bearer " : "");
            for (int piece = random.nextInt(8); piece > 0; piece--) {
                header.append(pieces[random.nextInt(pieces.length)]);
                if (random.nextInt(4) == 0) {
                    header.append((char) random.nextInt(0x250));
                }
                if (random.nextInt(3) == 0) {
                    header.append('.');
                }
            }
            Future<Caller> identified = callers.identify(header.toString());
            assertThatCode(() -> refusal(identified))
                    .as("seed %d, header %s", seed, header)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void keys_areMaskedAndInNoText() {
        Configuration configuration = fixture.configuration("callers: {a: {key: " + KEY + "}}");
        Callers callers = Callers.read(configuration, new Problems());
        assertThat(configuration.secrets().mask("it is " + KEY)).isEqualTo("it is ***");
        assertThat(callers + " " + identified(callers, KEY) + " " + KeyDigest.of(KEY))
                .isEqualTo("callers [a] caller a SHA-256");
        assertThat(fixture.problems("callers: {a: {key: '" + KEY + " " + KEY + "'}, b: {key: 98765432109876543210}}"))
                .hasSize(2)
                .noneMatch(problem -> problem.contains(KEY) || problem.contains("9876"));
    }

    @Test
    void keyWithHalfACharacter_isNotTheOneWithAQuestionMark() {
        assertThat(KeyDigest.of("a-key-of-the-shop-?")).isNotEqualTo(KeyDigest.of("a-key-of-the-shop-\uD83D"));
    }
}
