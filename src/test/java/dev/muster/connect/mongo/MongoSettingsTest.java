package dev.muster.connect.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.config.Problems;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MongoSettingsTest {
    private static final String SECRET = "s3cr3t";

    private static String problems(String words) {
        var problems = new Problems();
        MongoRig.settings(words, problems);
        return problems.list().toString();
    }

    @Test
    void defaults_areThoseOfTheDocumentation() {
        MongoSettings settings = MongoRig.settings("mongo: 'mongodb://h/shop'", new Problems());

        assertThat(settings.database()).isEqualTo("shop");
        assertThat(settings.pool()).isEqualTo(16);
        assertThat(settings.maxWaiting()).isEqualTo(1_000);
        assertThat(settings.waitTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.serverSelectionTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.maxRows()).isEqualTo(100_000);
        assertThat(settings.maxResponse()).isEqualTo(16 << 20);
    }

    @Test
    void optionsOfTheAddress_countWhereNoWordIsGiven() {
        String uri = "mongo: 'mongodb://h/shop?maxPoolSize=3&serverSelectionTimeoutMS=70&connectTimeoutMS=80'";
        MongoSettings settings = MongoRig.settings(uri + "\nconnectTimeout: 90ms", new Problems());

        assertThat(settings.pool()).isEqualTo(3);
        assertThat(settings.serverSelectionTimeout()).isEqualTo(Duration.ofMillis(70));
        assertThat(settings.connectTimeout()).isEqualTo(Duration.ofMillis(90));
    }

    @Test
    void address_bringsAuthenticationTlsAndReplicaSet() {
        MongoSettings settings = MongoRig.settings(
                "mongo: 'mongodb://u:" + SECRET + "@a,b:1/shop?tls=true&replicaSet=rs&authSource=admin'",
                new Problems());

        var driver = settings.driver().build();
        assertThat(driver.getCredential().getUserName()).isEqualTo("u");
        assertThat(driver.getCredential().getSource()).isEqualTo("admin");
        assertThat(driver.getSslSettings().isEnabled()).isTrue();
        assertThat(driver.getClusterSettings().getRequiredReplicaSetName()).isEqualTo("rs");
        assertThat(settings.toString()).doesNotContain(SECRET);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "mongo: 'mongodb://h' | has no database; write it after the hosts",
                "mongo: 'mongodb://u:s3cr3t@h/' | has no database",
                "mongo: 'mongodb+srv://u:s3cr3t@h/d' | cannot be mongodb+srv://",
                "mongo: 'postgres://u:s3cr3t@h/d' | must be an address such as mongodb://",
                "mongo: 'mongodb://u:s3cr3t:x@h/d' | is not a valid address",
                "mongo: 'mongodb://u:s3cr3t/x@h/d' | is not a valid address",
                "mongo: 'mongodb://u:s3cr3t@h:s3cr3t/d' | is not a valid address",
                "mongo: 'mongodb://h/d?w=0' | has w=0",
                "mongo: '' | must not be empty",
                "mongo: 'mongodb://h/d';pool: 0 | pool",
                "mongo: 'mongodb://h/d';maxRow: 1 | unknown word \"maxRow\"",
                "mongo: 'mongodb://h/d';connectTimeout: 0ms | connectTimeout",
            })
    void mistake_isAProblemWithoutSecrets(String words, String problem) {
        assertThat(problems(words.replace(";", "\n"))).contains(problem).doesNotContain(SECRET);
    }
}
