package dev.muster.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.plan.MusterException;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The header {@code Accept-Encoding}, and what is made of it. */
class ContentCodingTest {

    private static final int LONG = 10_000;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gzip | GZIP",
                "GZip | GZIP",
                "x-gzip | GZIP",
                "deflate | DEFLATE",
                "deflate, gzip | GZIP",
                "gzip;q=0.5, deflate;q=0.6 | DEFLATE",
                "gzip;q=0, deflate | DEFLATE",
                "gzip;q=0 | IDENTITY",
                "gzip;q=0, * | DEFLATE",
                "* | GZIP",
                "*;q=0.5, identity | IDENTITY",
                "identity, gzip;q=0.9 | IDENTITY",
                "gzip;q=0.001 | GZIP",
                "br, zstd | IDENTITY",
                "br;q=1.0, gzip;q=0.8, *;q=0.1 | GZIP",
                "'' | IDENTITY",
            })
    void of_theGreatestWeight(String header, ContentCoding coding) {
        assertThat(ContentCoding.of(List.of(header), true, LONG)).isEqualTo(coding);
        ContentCoding.check(List.of(header), true);
    }

    @Test
    void of_severalLines_areOneList() {
        assertThat(ContentCoding.of(List.of("gzip;q=0.1", "deflate"), true, LONG))
                .isEqualTo(ContentCoding.DEFLATE);
    }

    @Test
    void of_short_isNotCodedUnlessItMustBe() {
        int least = ContentCoding.MIN_BYTES;
        assertThat(ContentCoding.of(List.of("gzip"), true, least - 1)).isEqualTo(ContentCoding.IDENTITY);
        assertThat(ContentCoding.of(List.of("gzip"), true, least)).isEqualTo(ContentCoding.GZIP);
        assertThat(ContentCoding.of(List.of("gzip, identity;q=0"), true, 1)).isEqualTo(ContentCoding.GZIP);
        assertThat(ContentCoding.of(List.of("gzip"), false, LONG)).isEqualTo(ContentCoding.IDENTITY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity;q=0", "*;q=0", "br, *;q=0", "identity;q=0, br", "gzip;q=0, deflate;q=0, *;q=0"})
    void check_nothingAcceptable_is406(String header) {
        assertThatThrownBy(() -> ContentCoding.check(List.of(header), true))
                .isInstanceOfSatisfying(
                        MusterException.class, wrong -> assertThat(wrong.more()).containsEntry("status", 406L));
    }

    @Test
    void check_whereNothingIsCoded_gzipAloneIsNotEnough() {
        assertThatThrownBy(() -> ContentCoding.check(List.of("gzip, identity;q=0"), false))
                .hasMessageContaining("identity");
        ContentCoding.check(List.of("gzip"), false);
    }

    @Test
    void coded_isReadAgain() throws IOException {
        Buffer body = Buffer.buffer("0123456789".repeat(5_000));
        byte[] gzip = ContentCoding.GZIP.coded(body).getBytes();
        byte[] deflate = ContentCoding.DEFLATE.coded(body).getBytes();
        assertThat(gzip).hasSizeLessThan(1_000);
        assertThat(new GZIPInputStream(new ByteArrayInputStream(gzip)).readAllBytes())
                .isEqualTo(body.getBytes());
        assertThat(new InflaterInputStream(new ByteArrayInputStream(deflate)).readAllBytes())
                .isEqualTo(body.getBytes());
        assertThat(ContentCoding.IDENTITY.coded(body)).isSameAs(body);
    }
}
