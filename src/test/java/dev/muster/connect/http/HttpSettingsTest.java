package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Problem;
import dev.muster.config.Problems;
import io.vertx.core.net.ProxyType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpSettingsTest {

    private static List<String> problems(String... words) {
        var problems = new Problems();
        HttpSettings.read(Harness.fields(problems, words));
        return problems.list().stream().map(Problem::toString).toList();
    }

    @Test
    void addressAlone_takesTheDefaults() {
        HttpSettings settings = Harness.settings("http", "https://Sellers.internal/v1/");
        assertThat(settings.base().orElseThrow()).hasToString("https://sellers.internal/v1");
        assertThat(settings.pool()).isEqualTo(16);
        assertThat(settings.maxWaiting()).isEqualTo(1_000);
        assertThat(settings.waitTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.maxRequest()).isEqualTo(16 << 20);
        assertThat(settings.maxResponse()).isEqualTo(16 << 20);
        assertThat(settings.protocol()).isEqualTo(HttpSettings.Protocol.AUTO);
        assertThat(settings.compression()).isTrue();
        assertThat(settings.redirects()).isEqualTo(5);
        assertThat(settings.trace()).isTrue();
        assertThat(settings.allow()).isEqualTo(AllowedHosts.NONE);
        assertThat(settings.keepAlive()).isTrue();
        assertThat(settings.idleTimeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(settings.tls()).isEqualTo(HttpSettings.Tls.DEFAULT);
        assertThat(settings.proxy()).isEmpty();
        assertThat(settings.health()).isEmpty();
        assertThat(settings.optional()).isFalse();
        assertThat(settings.adhoc()).isFalse();
    }

    @Test
    void any_hasNoBase() {
        assertThat(Harness.settings("http", "any").base()).isEmpty();
    }

    @Test
    void allowedHosts_areNamesAddressesAndNetworks() {
        AllowedHosts allow = Harness.settings(
                        "http",
                        "any",
                        "allow[]",
                        "Build.internal., ci:8080, 10.1.2.3, [fd00::1]:80, fd00::2, 10.2.0.0/16")
                .allow();
        assertThat(allow.names()).containsExactlyInAnyOrder("build.internal", "ci:8080");
        assertThat(allow.ranges().toString())
                .contains("10.1.2.3/32, port=0", "fd00:0:0:0:0:0:0:1/128, port=80", "2/128, port=0", "10.2.0.0/16");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "*.internal",
                "http://ci",
                "ci:0",
                "ci:99999",
                "10.1.2.3/8",
                "0177.0.0.1",
                "2130706433",
                "a b",
                ""
            })
    void allowedHostThatIsNone_isAProblem(String entry) {
        assertThat(problems("http", "any", "allow[]", entry))
                .singleElement()
                .asString()
                .contains("allow of the source \"shop\" takes hosts (name, name:port, 10.1.2.3) and networks");
    }

    @Test
    void allowBesideABaseAddress_isAProblem() {
        assertThat(problems("http", "http://ci", "allow[]", "10.1.2.3"))
                .singleElement()
                .asString()
                .contains("allow of the source \"shop\" is for http: any; steps can only reach http://ci");
    }

    @Test
    void everythingWrong_isSaidAtOnceWithItsPlace() {
        List<String> problems = problems(
                "http", "sellers.internal",
                "pool", "0",
                "protocol", "http3",
                "maxRequest", "0B",
                "maxResponse", "2GiB",
                "connectTimeout", "0s",
                "headers.Content-Length", "1",
                "proxy", "http://user:s3cret@/",
                "health", "live",
                "retires", "5",
                "tls.cert", "no-such.pem");
        assertThat(problems).hasSize(12).allMatch(text -> text.startsWith("muster.yaml:"));
        assertThat(problems.toString())
                .contains("http of the source \"shop\" is not a whole URL such as https://host/path")
                .contains("protocol of the source \"shop\" must be one of auto, http1, http2")
                .contains("maxRequest of the source \"shop\" must be from 1B to 1GiB")
                .contains("maxResponse of the source \"shop\" must be from 1B to 1GiB")
                .contains("the header Content-Length is set by the client itself")
                .contains("proxy of the source \"shop\" must be an address")
                .contains("the file no-such.pem cannot be read")
                .contains("needs both cert and key")
                .contains("unknown word \"retires\"")
                .doesNotContain("s3cret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://user:s3cret@host",
                "http://",
                "http://a b",
                "ftp://host",
                "http://host:99999",
                "http://host/a?b=1",
                "http://host/../a",
                "http://host#x"
            })
    void addressThatIsNone_isAProblem(String address) {
        assertThat(problems("http", address)).hasSize(1).noneMatch(text -> text.contains("s3cret"));
    }

    @ParameterizedTest
    @CsvSource({"p%C3%A4ss, p\u00e4ss", "p\u00e4ss, p\u00e4ss", "a+b%2B, a+b+", "%F0%9F%98%80, \uD83D\uDE00"})
    void passwordOfAProxy_isReadAsUtf8(String written, String password) {
        HttpSettings settings = Harness.settings("http", "any", "proxy", "http://me:" + written + "@proxy.example");
        assertThat(settings.proxy().orElseThrow().password()).isEqualTo(password);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://proxy.example:99999", "socks5://proxy.example:0"})
    void proxyWithAPortThatDoesNotExist_isAProblem(String proxy) {
        assertThat(problems("http", "any", "proxy", proxy))
                .singleElement()
                .asString()
                .contains("proxy of the source \"shop\" must be an address");
    }

    @Test
    void passwordOfAProxyThatIsNotUtf8_isAProblem() {
        var problems = new Problems();
        HttpSettings.read(Harness.fields(problems, "http", "any", "proxy", "http://me:%FF@proxy.example"));
        assertThat(problems.list().toString())
                .contains("proxy of the source \"shop\" must be an address")
                .doesNotContain("%FF");
    }

    @Test
    void proxy_isReadWithItsUser() {
        ProxySettings proxy = Harness.settings("http", "any", "proxy", "socks5://us%65r:p%40ss@proxy.example")
                .proxy()
                .orElseThrow();
        assertThat(proxy.type()).isEqualTo(ProxyType.SOCKS5);
        assertThat(proxy.port()).isEqualTo(1080);
        assertThat(proxy.user()).isEqualTo("user");
        assertThat(proxy.password()).isEqualTo("p@ss");
        assertThat(proxy).hasToString("proxy.example:1080");
    }

    @Test
    void text_neverShowsSecrets() {
        HttpSettings settings = Harness.settings(
                "http", "http://host", "headers.authorization", "Bearer s3cret", "proxy", "http://me:s3cret@proxy");
        assertThat(settings.toString()).doesNotContain("s3cret");
        assertThat(settings.headers()).containsEntry("authorization", "Bearer s3cret");
    }

    @Test
    void trust_isRelativeToTheConfiguration() {
        Path file = Path.of("pom.xml");
        assertThat(Harness.settings("http", "https://host", "tls.trust", file.toString())
                        .tls()
                        .files()
                        .trust())
                .contains(file);
    }
}
