package dev.muster.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which connections count as those of this machine. */
class RequestContextTest {

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.255.3.2", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1"})
    void loopback_isHere(String address) {
        assertThat(RequestContext.isFromHere(address)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "::1:2",
                "::1234",
                "::12:0:1",
                "0:0:0:0:0:0:0:1a",
                "0:0:0:0:0:0:0:10",
                "10.0.0.1",
                "::ffff:10.0.0.1",
                "127.evil.example",
                ""
            })
    void whatOnlyBeginsLikeIt_isNot(String address) {
        assertThat(RequestContext.isFromHere(address)).isFalse();
    }

    @Test
    void socketOfTheFileSystem_isHere() {
        assertThat(RequestContext.isFromHere(null)).isTrue();
    }
}
