package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import dev.muster.task.CancelReason;
import dev.muster.task.State;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a source with {@code http: any} goes, and where it does not. */
class HttpAnyTest {

    private final Harness http = new Harness();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Queue<List<InetAddress>> answers = new ArrayDeque<>();

    @AfterEach
    void nothingIsLeft() {
        http.close();
    }

    /** The next question is answered so. */
    private void answer(String... addresses) {
        answers.add(Stream.of(addresses).map(IpText::parse).toList());
    }

    private Future<List<InetAddress>> resolve(String host) {
        asked.add(host);
        List<InetAddress> answer = answers.poll();
        return answer == null ? Future.failedFuture(new UnknownHostException(host)) : Future.succeededFuture(answer);
    }

    private void any(String... words) {
        http.any(this::resolve, words);
    }

    private HttpServer server() {
        return http.serve(request -> {
            seen.add(request.authority() + request.path());
            String to = request.getParam("to");
            if (to != null) {
                request.response().setStatusCode(302).putHeader("location", to);
            }
            request.response().end("here");
        });
    }

    private MusterException refused(String url) {
        MusterException e = http.fail(Step.computed("get", url));
        assertThat(e.type()).as(e.detail()).isEqualTo(ErrorType.DENIED);
        return e;
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1/, 127.0.0.1, loopback",
        "http://127.0.0.1:443/a?b=s3cret, 127.0.0.1, loopback",
        "https://10.1.2.3/, 10.1.2.3, private",
        "http://169.254.169.254/latest/meta-data/, 169.254.169.254, cloud metadata",
        "http://[::1]/, ::1, loopback",
        "http://[::ffff:10.0.0.1]/, ::ffff:10.0.0.1, private",
        "http://[fe80::1]/, fe80::1, link-local",
        "http://[fd00:ec2::254]/, fd00:ec2::254, cloud metadata",
        "http://[127.0.0.1]/, 127.0.0.1, loopback"
    })
    void addressThatIsNotPublic_isDeniedWithTheReasonAndTheSetting(String url, String host, String what) {
        any();
        assertThat(refused(url).detail())
                .startsWith("GET http")
                .contains(": source shop rejects the host " + host + ", which is " + what + "; ")
                .contains("allow of source shop")
                .doesNotContain("s3cret");
        assertThat(asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://2130706433/",
                "http://0177.0.0.1/",
                "http://0x7f.1/",
                "http://0x7F000001:80/",
                "http://127.1/",
                "http://127.0.0.1./",
                "http://[::ffff:127.0.0.256]/",
                "http://any.1/"
            })
    void addressInAnOddSpelling_isDenied(String url) {
        any();
        assertThat(refused(url).detail())
                .contains("is read as different addresses; write")
                .contains("four decimal");
        assertThat(asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://user:s3cret@shop.example/",
                "http://shop.example@127.0.0.1/",
                "http://shop.example:80@127.0.0.1/",
                "http://shop.example\\@127.0.0.1/",
                "http://127.0.0.1\\.shop.example/",
                "http://127.0.0.1%2e/",
                "http://%31%32%37.0.0.1/",
                "http://\uff11\uff12\uff17.0.0.1/",
                "http://\u2460\u2461\u2466.0.0.1/",
                "http://b\u00fccher.example/",
                "http://[fe80::1%25eth0]/",
                "http:///",
                "http://:80/",
                "http:127.0.0.1/",
                "ftp://shop.example/",
                "file:///etc/passwd",
                "gopher://shop.example/",
                "//shop.example/"
            })
    void urlThatIsNone_isBadInputWithoutItsPassword(String url) {
        any();
        MusterException e = http.fail(Step.computed("get", url));
        assertThat(e.type()).isEqualTo(ErrorType.BAD_INPUT);
        assertThat(e.detail()).doesNotContain("s3cret");
        assertThat(asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1",
                "93.184.216.34, 10.0.0.1",
                "10.0.0.1, 93.184.216.34",
                "93.184.216.34, ::1",
                "93.184.216.34, 64:ff9b::a00:1"
            })
    void nameWithAnAddressThatIsNotPublic_isDeniedWithoutTheAddress(String addresses) {
        any();
        answer(addresses.split(", "));
        assertThat(refused("http://shop.example/").detail())
                .contains("rejects the host shop.example, whose address is ")
                .contains("allow of source shop")
                .doesNotContain("10.0.0.1", "::1", "a00:1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST", "localhost:PORT", "other, localhost."})
    void hostAllowedByName_isReachedWhereverItLeads(String allowed) {
        HttpServer server = server();
        any("allow[]", allowed.replace("PORT", "" + server.actualPort()));
        assertThat(http.run(Step.computed("get", "http://localhost:" + server.actualPort() + "/x")))
                .isEqualTo("here");
        assertThat(asked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.0.1:PORT", "127.0.0.0/8", "[::1], 127.0.0.1/32"})
    void nameThatLeadsToAnAllowedAddress_isReachedThere(String allowed) {
        HttpServer server = server();
        any("allow[]", allowed.replace("PORT", "" + server.actualPort()));
        answer("127.0.0.1");
        String url = "http://shop.example:" + server.actualPort();
        assertThat(http.run(Step.computed("get", url + "/x"))).isEqualTo("here");
        assertThat(http.run(Step.computed("get", "http://127.0.0.1:" + server.actualPort())))
                .isEqualTo("here");
        assertThat(seen).first().isEqualTo("shop.example:" + server.actualPort() + "/x");
        assertThat(asked).containsExactly("shop.example");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:1", "localhos", "x.localhost", "127.0.0.2", "127.0.0.1:1", "127.0.0.2/31"})
    void hostThatIsNotTheAllowedOne_isDenied(String allowed) {
        any("allow[]", allowed);
        answer("127.0.0.1");
        refused("http://localhost:2/");
        refused("http://127.0.0.1:2/");
    }

    @Test
    void checkedAddress_isTheOneConnectedTo() {
        HttpServer server = server();
        any("allow[]", "127.0.0.1, 127.0.0.3");
        String url = "http://shop.example:" + server.actualPort() + "/";
        answer("127.0.0.1");
        answer("127.0.0.2");
        assertThat(http.run(Step.computed("get", url))).isEqualTo("here");
        assertThat(asked).as("nobody has asked a second time").hasSize(1);
        assertThat(refused(url).detail()).contains("loopback");
        // The connection to where the name led before is still open; it is not the checked one.
        answer("127.0.0.3");
        assertThat(http.fail(Step.computed("get", url)).type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(seen).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.2:PORT/secret",
                "//127.0.0.2:PORT/secret",
                "http://169.254.169.254/latest/meta-data/",
                "http://[::1]:PORT/",
                "http://2130706434/",
                "http://private.example/",
                "https://private.example/"
            })
    void redirectToWhatIsNotPublic_isDenied(String to) {
        HttpServer server = server();
        any("allow[]", "127.0.0.1");
        answer("127.0.0.1");
        answer("10.0.0.1");
        String location = to.replace("PORT", "" + server.actualPort());
        assertThat(refused("http://shop.example:" + server.actualPort() + "/?to=" + location)
                        .detail())
                .startsWith("GET " + (location.startsWith("//") ? "http:" : "") + location);
        assertThat(seen).hasSize(1);
    }

    @Test
    void redirectOnTheSameHost_isResolvedAnew() {
        HttpServer server = server();
        any("allow[]", "127.0.0.1");
        answer("127.0.0.1");
        answer("192.168.0.1");
        refused("http://shop.example:" + server.actualPort() + "/?to=/again");
        assertThat(asked).containsExactly("shop.example", "shop.example");
        assertThat(seen).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"http1, HTTP/1.1", "http2, HTTP/2"})
    void overTls_nameAndCertificateAreThoseOfTheHost(String protocol, String spoken, @TempDir Path folder)
            throws Exception {
        TestKeys keys = TestKeys.make(folder, "shop.example");
        HttpServer server = http.serve(
                keys.server().setUseAlpn(true).setSni(true),
                request -> request.response()
                        .end(request.connection().indicatedServerName() + " "
                                + request.authority().host()));
        any("allow[]", "127.0.0.1", "tls.trust", keys.cert().toString(), "protocol", protocol);
        String port = ":" + server.actualPort() + "/";
        answer("127.0.0.1");
        assertThat(http.run(Step.computed("get", "https://shop.example" + port).as("response")))
                .hasFieldOrPropertyWithValue("protocol", spoken)
                .hasFieldOrPropertyWithValue("body", "shop.example shop.example");
        answer("127.0.0.1");
        MusterException other = http.fail(Step.computed("get", "https://other.example" + port));
        assertThat(other.detail()).contains("its certificate is for another name");
        answer("127.0.0.2");
        refused("https://shop.example" + port);
    }

    @Test
    void nameThatCannotBeResolved_isUnavailable() {
        any();
        MusterException e = http.fail(Step.computed("get", "http://shop.example/"));
        assertThat(e.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(e.detail()).isEqualTo("the name of shop.example:80 cannot be resolved");
        answer();
        assertThat(http.fail(Step.computed("get", "http://shop.example/")).type())
                .isEqualTo(ErrorType.UNAVAILABLE);
    }

    @Test
    void resolverThatHangs_endsWithTheConnectTimeout() {
        Promise<List<InetAddress>> never = Promise.promise();
        http.any(host -> never.future(), "connectTimeout", "50ms");
        MusterException e = http.fail(Step.computed("get", "http://shop.example/"));
        assertThat(e.type()).isEqualTo(ErrorType.UNAVAILABLE);
        assertThat(e.detail())
                .isEqualTo(
                        "the name of shop.example:80 cannot be resolved within 50ms (connectTimeout of source shop)");
        assertThat(http.statistics().pool().inUse())
                .as("the look-up keeps its place")
                .isOne();
        never.fail("at last");
    }

    @Test
    void cancelWhileResolving_isOverAtOnce() {
        Promise<List<InetAddress>> never = Promise.promise();
        Promise<Void> begun = Promise.promise();
        http.any(host -> {
            begun.complete();
            return never.future();
        });
        var task = http.start(Step.computed("get", "http://shop.example/"));
        Harness.await(begun.future());
        task.cancel(CancelReason.of("test"));
        Harness.await(task.future().otherwiseEmpty());
        assertThat(task.state()).isEqualTo(State.CANCELLED);
        never.complete(List.of());
    }

    @Test
    void proxy_isAskedForTheCheckedAddressAndNeverForOthers() {
        var proxy = http.serveRaw(socket -> socket.handler(head -> {
            seen.add(head.toString().split("\r\n")[0]);
            socket.write("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
        }));
        any("proxy", "http://127.0.0.1:" + proxy.actualPort());
        answer("93.184.216.34");
        http.fail(Step.computed("get", "https://shop.example/x"));
        answer("93.184.216.34");
        http.fail(Step.computed("get", "http://shop.example/x"));
        assertThat(seen).containsExactly("CONNECT 93.184.216.34:443 HTTP/1.1", "GET http://shop.example/x HTTP/1.1");
        answer("10.0.0.1");
        refused("https://shop.example/x");
        refused("http://127.0.0.1/");
        assertThat(http.fail(Step.computed("get", "http://shop.example/x")).detail())
                .endsWith("a name that only the proxy can resolve must be in allow of source shop");
        assertThat(seen).hasSize(2);
    }
}
