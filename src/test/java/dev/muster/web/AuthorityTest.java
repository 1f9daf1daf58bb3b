package dev.muster.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts and ports. */
class AuthorityTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a b/c",
                "a/b",
                "user@host",
                "http://host",
                "a.test, b.test",
                "a.test,b.test",
                "[::1",
                "::1",
                "[::1]x",
                "[:::1]",
                "[127.0.0.1]",
                "host:80:80",
                "host:x",
                "host:-1",
                "host:65536",
                "host:999999",
                ":80",
                "a..b",
                ".",
                "%zz",
                "hö",
                "a\\b",
                "a\tb",
                "a?b",
                "a#b"
            })
    void of_whatIsNoHost_isNone(String text) {
        assertThat(Authority.of(text)).isEmpty();
    }

    @Test
    void of_readsHostAndPort() {
        assertThat(Authority.of("Shop.Example:8080")).contains(new Authority("shop.example", 8080));
        assertThat(Authority.of("shop.example.")).contains(new Authority("shop.example", -1));
        assertThat(Authority.of("shop.example:")).contains(new Authority("shop.example", -1));
        assertThat(Authority.of("[::1]:80")).contains(new Authority("[::1]", 80));
        assertThat(Authority.of("10.0.0.1")).contains(new Authority("10.0.0.1", -1));
        assertThat(Authority.of("my_host-1~x")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LocalHost:1",
                "localhost.",
                "127.0.0.1",
                "127.9.9.9:80",
                "[::1]",
                "[0:0:0:0:0:0:0:1]:80",
                "[::ffff:127.0.0.1]"
            })
    void isThisMachine_byTheLetter(String text) {
        assertThat(Authority.of(text))
                .hasValueSatisfying(host -> assertThat(host.isThisMachine()).isTrue());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost.evil.example", "evil.localhost.example", "127.0.0.1.evil.example", "127.1", "2130706433",
                        "x",
                "0.0.0.0", "[::]", "[::2]", "10.0.0.1", "128.0.0.1", "127.0.0.256"
            })
    void isThisMachine_isNothingElse(String text) {
        assertThat(Authority.of(text))
                .hasValueSatisfying(host -> assertThat(host.isThisMachine()).isFalse());
    }
}
