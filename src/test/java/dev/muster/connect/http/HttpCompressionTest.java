package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compressed bodies: whole, or an error. */
class HttpCompressionTest {

    private static final String TEXT = IntStream.range(0, 1_000)
            .mapToObj(i -> "article-" + i + ";" + i * 37 % 900 + "\n")
            .reduce("", String::concat);

    private final Harness http = new Harness();

    @AfterEach
    void nothingIsLeft() {
        http.close();
    }

    private void responds(String coding, byte[] body, String... words) {
        http.source(
                http.serve(request -> request.response()
                        .putHeader("content-type", "text/plain")
                        .putHeader("content-encoding", coding)
                        .end(Buffer.buffer(body))),
                words);
    }

    private MusterException badResponse(String... words) {
        MusterException e = http.fail(Step.get("/"));
        assertThat(e.type()).isEqualTo(ErrorType.BAD_RESPONSE);
        assertThat(e.detail()).contains(words);
        return e;
    }

    private static byte[] gzip(String text) {
        var out = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(out)) {
            zip.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return out.toByteArray();
    }

    private static byte[] deflate(String text, boolean raw) {
        var deflater = new Deflater(6, raw);
        deflater.setInput(text.getBytes(StandardCharsets.UTF_8));
        deflater.finish();
        byte[] room = new byte[text.length() * 2 + 100];
        int count = deflater.deflate(room);
        deflater.end();
        return Arrays.copyOf(room, count);
    }

    /** A gzip with everything that its head may hold. */
    private static byte[] gzipWithAll(String text) {
        byte[] plain = text.getBytes(StandardCharsets.UTF_8);
        var sum = new CRC32();
        sum.update(plain);
        byte[] extra = new byte[300];
        Arrays.fill(extra, (byte) 'e');
        Buffer head = Buffer.buffer()
                .appendBytes(new byte[] {0x1F, (byte) 0x8B, 8, 0x1F, 0, 0, 0, 0, 0, 3})
                .appendShortLE((short) extra.length)
                .appendBytes(extra)
                .appendString("name.csv\0")
                .appendString("a comment\0");
        var headSum = new CRC32();
        headSum.update(head.getBytes());
        return head.appendShortLE((short) headSum.getValue())
                .appendBytes(deflate(text, true))
                .appendIntLE((int) sum.getValue())
                .appendIntLE(plain.length)
                .getBytes();
    }

    private static byte[] join(byte[]... parts) {
        Buffer all = Buffer.buffer();
        Stream.of(parts).forEach(all::appendBytes);
        return all.getBytes();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "x-gzip", "GZip", "identity, gzip"})
    void gzip_isUnpacked(String coding) {
        responds(coding, gzip(TEXT));
        assertThat(http.run(Step.get("/"))).isEqualTo(TEXT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void deflate_isUnpackedWithItsWrappingAndWithout(boolean raw) {
        responds("deflate", deflate(TEXT, raw));
        assertThat(http.run(Step.get("/"))).isEqualTo(TEXT);
    }

    @Test
    void gzipWithEveryFieldOfItsHead_isUnpacked() {
        responds("gzip", gzipWithAll(TEXT));
        assertThat(http.run(Step.get("/"))).isEqualTo(TEXT);
    }

    @Test
    void gzipInSeveralMembers_isUnpacked() {
        responds("gzip", join(gzip(TEXT), gzip(""), gzipWithAll("more"), gzip(TEXT)));
        assertThat(http.run(Step.get("/"))).isEqualTo(TEXT + "more" + TEXT);
    }

    @Test
    void headersAboutThePackedBody_areLeftOut() {
        responds("gzip", gzip(TEXT));
        @SuppressWarnings("unchecked")
        var value = (Map<String, Map<String, Object>>) http.run(Step.get("/").as("response"));
        assertThat(value.get("headers")).doesNotContainKeys("content-encoding", "content-length");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br"})
    void noByteAtAll_isNull(String coding) {
        responds(coding, new byte[0]);
        assertThat(http.run(Step.get("/"))).isNull();
    }

    private static Stream<byte[]> cutGzips() {
        byte[] gzip = gzip(TEXT);
        byte[] all = gzipWithAll("1234");
        return Stream.of(
                Arrays.copyOf(gzip, 1),
                Arrays.copyOf(gzip, 9),
                Arrays.copyOf(gzip, 10),
                Arrays.copyOf(gzip, gzip.length / 2),
                Arrays.copyOf(gzip, gzip.length - 8),
                Arrays.copyOf(gzip, gzip.length - 1),
                Arrays.copyOf(all, 100),
                Arrays.copyOf(all, 318),
                Arrays.copyOf(all, 330),
                join(gzip, Arrays.copyOf(gzip, 5)),
                join(gzip, Arrays.copyOf(gzip, gzip.length - 3)));
    }

    @ParameterizedTest
    @MethodSource("cutGzips")
    void cutGzip_isABadResponse(byte[] cut) {
        responds("gzip", cut);
        badResponse("the answer breaks off after ", " bytes of its body, before the end of its gzip");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void cutDeflate_isABadResponse(boolean raw) {
        byte[] whole = deflate(TEXT, raw);
        responds("deflate", Arrays.copyOf(whole, whole.length - 1));
        badResponse("the answer breaks off after ", "before the end of its deflate");
    }

    @Test
    void cutNumber_isNotAShorterOne() {
        byte[] whole = gzip("12345678");
        http.source(http.serve(request -> request.response()
                .putHeader("content-type", "application/json")
                .putHeader("content-encoding", "gzip")
                .end(Buffer.buffer(whole).getBuffer(0, 14))));
        badResponse("breaks off after 3 bytes");
    }

    @Test
    void cutGzipOverHttp2_isABadResponse() {
        byte[] whole = gzip(TEXT);
        responds("gzip", Arrays.copyOf(whole, whole.length / 2), "protocol", "http2");
        badResponse("before the end of its gzip");
    }

    @Test
    void cutGzipOfAnError_isStillThatError() {
        byte[] whole = gzip(TEXT);
        http.source(http.serve(request -> request.response()
                .setStatusCode(500)
                .putHeader("content-encoding", "gzip")
                .end(Buffer.buffer(whole).getBuffer(0, whole.length - 4))));
        badResponse("status 500, expected 2xx: article-0");
    }

    @Test
    void wrongSum_isABadResponse() {
        byte[] gzip = gzip(TEXT);
        gzip[gzip.length - 6] ^= 1;
        responds("gzip", gzip);
        badResponse("the answer's body is broken after ", "its checksum or length is wrong");
    }

    @Test
    void wrongLength_isABadResponse() {
        byte[] gzip = gzip(TEXT);
        gzip[gzip.length - 2] ^= 1;
        responds("gzip", gzip);
        badResponse("its checksum or length is wrong");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate"})
    void bytesBehindTheEnd_areABadResponse(String coding) {
        byte[] whole = coding.equals("gzip") ? gzip(TEXT) : deflate(TEXT, false);
        responds(coding, join(whole, "<!-- and now for something else -->".getBytes(StandardCharsets.UTF_8)));
        badResponse("the answer's body is broken after ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "zstd", "compress", "snappy", "gzip, gzip", "deflate, gzip", "no-such"})
    void codingThatNobodyAskedFor_isABadResponse(String coding) {
        responds(coding, gzip(TEXT));
        badResponse("it is compressed as " + coding + ", which was not requested");
        assertThat(http.fail(Step.get("/").as("bytes")).type()).isEqualTo(ErrorType.BAD_RESPONSE);
    }

    @Test
    void brotliIsNotOffered() {
        http.source(http.serve(request -> request.response().end(request.getHeader("accept-encoding"))));
        assertThat(http.run(Step.get("/"))).isEqualTo("gzip, deflate");
    }

    @Test
    void codingThatTheStepAskedFor_isGivenAsBytes() {
        http.source(http.serve(request -> request.response()
                .putHeader("content-encoding", request.getHeader("accept-encoding"))
                .end("br")));
        Step step = Step.get("/").value("headers", Map.of("Accept-Encoding", "br"));
        assertThat(http.run(step.as("bytes"))).isEqualTo("YnI=");
    }

    /** What is unpacked does not depend on how it was cut into pieces, and no proper beginning of it is whole. */
    @Test
    void anyPieces_giveTheSame() throws DataFormatException {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            String text = TEXT.substring(0, random.nextInt(3_000));
            int kind = random.nextInt(4);
            byte[] packed = kind == 0 ? gzip(text) : kind == 1 ? gzipWithAll(text) : deflate(text, kind == 2);
            int length = random.nextBoolean() ? packed.length : random.nextInt(packed.length);
            var into = new BodyBuffer(10_000, -1);
            try (Unpacking unpacking = Unpacking.of(kind < 2 ? "gzip" : "deflate")) {
                int at = 0;
                while (at < length) {
                    int to = Math.min(length, at + 1 + random.nextInt(random.nextBoolean() ? 3 : 500));
                    assertThat(unpacking.add(Buffer.buffer(Arrays.copyOfRange(packed, at, to)), into))
                            .isTrue();
                    at = to;
                }
                String come = new String(into.bytes(), StandardCharsets.UTF_8);
                String of = "seed " + seed + ", round " + round;
                assertThat(unpacking.isWhole()).as(of).isEqualTo(length == packed.length || length == 0);
                assertThat(come).as(of).isEqualTo(length == packed.length ? text : text.substring(0, come.length()));
            }
        }
    }
}
