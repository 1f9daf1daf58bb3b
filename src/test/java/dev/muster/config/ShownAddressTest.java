package dev.muster.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShownAddressTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://h:1/p?q                   |h:1      |/db      |me",
                "postgres://me:***@h:1/db         |h:1      |/db      |me",
                "postgres://***:***@h:1/db        |h:1      |/db      |***",
                "postgres://me:***@***:1/db       |***:1    |/db      |me",
                "postgres://me:***@***.x,two/db   |***.x,two|/db      |me",
                "postgres://me@h:1/a-***-b?q=1    |h:1      |/a-***-b |me",
                "postgres://h/db?x=1&password=***|h:1      |/db      |me",
                "postgres:///db?host=***          |***      |/***     |***",
                "***                              |***      |/***     |***",
                "embedded                         |h:1      |/db      |me"
            })
    void parts_areHiddenWhereASecretWasPutIn(String shown, String authority, String path, String user) {
        ShownAddress address = ShownAddress.of(shown);
        assertThat(address.authority("h:1")).isEqualTo(authority);
        assertThat(address.path("/db")).isEqualTo(path);
        assertThat(address.user("me")).isEqualTo(user);
    }
}
