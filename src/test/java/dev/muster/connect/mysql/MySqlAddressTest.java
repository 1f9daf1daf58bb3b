package dev.muster.connect.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.config.Problem;
import dev.muster.config.Problems;
import io.vertx.mysqlclient.SslMode;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses of servers. */
class MySqlAddressTest {

    @Test
    void allParts_areRead() {
        assertThat(MySqlAddress.parse("mysql://me:secret@db.internal:3307/shop?sslMode=VERIFY_IDENTITY"))
                .isEqualTo(new MySqlAddress(
                        "db.internal", 3307, "me", "secret", Optional.of("shop"), SslMode.VERIFY_IDENTITY));
    }

    @Test
    void whatIsLeftOut_hasDefaults() {
        assertThat(MySqlAddress.parse("mariadb://db"))
                .isEqualTo(new MySqlAddress("db", 3306, "root", "", Optional.empty(), SslMode.PREFERRED));
    }

    @Test
    void escapes_areDecoded() {
        MySqlAddress address =
                MySqlAddress.parse("mysql://a%40b:p%3Aw%2F%C3%A9+%25@[::1]:3306/my%20shop?ssl-mode=verify-ca");
        assertThat(address.user()).isEqualTo("a@b");
        assertThat(address.password()).isEqualTo("p:w/é+%");
        assertThat(address.host()).isEqualTo("::1");
        assertThat(address.database()).contains("my shop");
        assertThat(address.ssl()).isEqualTo(SslMode.VERIFY_CA);
        assertThat(address).hasToString("mysql://[::1]:3306/my shop");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgres://me:hush@db/shop",
                "mysql:db",
                "mysql://me:hush@/shop",
                "mysql://me:hush@db:0/shop",
                "mysql://me:hush@db:99999/shop",
                "mysql://me:hu@sh@db/shop",
                "mysql://me:hush%@db/shop",
                "mysql://me:hush%zz@db/shop",
                "mysql://me:hush@db/shop?sslMode=maybe",
                "mysql://me:hush@db/shop?allowMultiQueries=true",
                "mysql://me:hush@db/shop#top"
            })
    void whatIsWrong_isSaid_withoutThePassword(String text) {
        assertThatThrownBy(() -> MySqlAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("(must|has|may) .*")
                .hasMessageNotContainingAny("hush", "hu@sh");
    }

    @Test
    void wrongSettings_areProblemsAtTheirLine() {
        var problems = new Problems();
        Bench.settings(
                problems, "mysql://me:hush@db/shop?sslMode=require", "pol: 3", "tls: {trust: nowhere.pem, cert: c}");
        Stream<String> said = problems.list().stream().map(Problem::toString);
        assertThat(said)
                .anyMatch(text -> text.startsWith("muster.yaml:1:") && text.contains("did you mean \"required\""))
                .anyMatch(text -> text.contains("\"pol\"") && text.contains("pool"))
                .anyMatch(text -> text.contains("nowhere.pem"))
                .anyMatch(text -> text.contains("both cert and key"))
                .noneMatch(text -> text.contains("hush"));
    }
}
