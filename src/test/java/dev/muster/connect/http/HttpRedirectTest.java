package dev.muster.connect.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.plan.ErrorType;
import dev.muster.plan.MusterException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where redirects lead, and the cookies of a chain of them. */
class HttpRedirectTest {

    private final Harness http = new Harness();
    private final List<String> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void nothingIsLeft() {
        http.close();
    }

    /** A server whose first answer is a redirect to these bytes, and whose second says what was asked. */
    private void redirecting(byte[] location) {
        http.source(http.serveRaw(socket -> socket.handler(head -> {
            String asked = head.toString(ISO_8859_1).split(" ")[1];
            seen.add(asked);
            if (seen.size() == 1) {
                socket.write(Buffer.buffer("HTTP/1.1 302 Found\r\nlocation: ")
                        .appendBytes(location)
                        .appendString("\r\ncontent-length: 0\r\n\r\n"));
            } else {
                socket.write("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: " + asked.length()
                        + "\r\n\r\n" + asked);
            }
        })));
    }

    @ParameterizedTest
    @CsvSource({
        "/synsprøve?q=naïve, /synspr%C3%B8ve?q=na%C3%AFve",
        "/\uD83D\uDE00, /%F0%9F%98%80",
        "ü/ö, /deep/%C3%BC/%C3%B6",
        "#top, /deep/er?a=1",
        "'', /deep/er?a=1",
        "?, /deep/er?",
        "?p=2#x, /deep/er?p=2",
        "'?ü', /deep/er?%C3%BC",
        "., /deep/",
        ".., /",
        "../../.., /",
        "./a/./b/../c?d=../e, /deep/a/c?d=../e",
        "/a?b?c#d?e#f, /a?b?c",
        "./a:b, /deep/a:b",
        "/a b, /a%20b"
    })
    void location_isResolvedAsRfc3986Says(String location, String then) {
        redirecting(location.getBytes(UTF_8));
        assertThat(http.run(Step.get("/deep/er?a=1"))).isEqualTo(then);
    }

    @Test
    void bytesThatAreNotUtf8_areAskedForAsTheyCame() {
        redirecting("/synspr\u00f8ve?\u0080\u00ff".getBytes(ISO_8859_1));
        assertThat(http.run(Step.get("/"))).isEqualTo("/synspr%F8ve?%80%FF");
    }

    @Test
    void escapesInALocation_stayAsTheyAre() {
        redirecting("/a%2fb/%C3%B8%zz".getBytes(UTF_8));
        assertThat(http.run(Step.get("/"))).isEqualTo("/a%2fb/%C3%B8%25zz");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mailto:me@example.com",
                "javascript:1",
                "http:",
                "https:///x",
                "http:relative",
                "//",
                "ftp://localhost/",
                "x:y"
            })
    void locationThatIsNoAddressOfTheWeb_isABadResponse(String location) {
        redirecting(location.getBytes(UTF_8));
        MusterException e = http.fail(Step.get("/"));
        assertThat(e.type()).isEqualTo(ErrorType.BAD_RESPONSE);
        assertThat(e.detail()).endsWith("the answer redirects to an invalid address");
        assertThat(seen).hasSize(1);
    }

    /** Answers with the headers that describe a body, but for its length; {@code status} and {@code to} redirect. */
    private HttpServer describing() {
        return http.serve(request -> {
            String to = request.getParam("to");
            if (to != null) {
                request.response()
                        .setStatusCode(Integer.parseInt(request.getParam("status")))
                        .putHeader("location", to)
                        .end();
            } else {
                List<String> names = request.headers().names().stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .filter(name -> name.startsWith("content-") && !name.equals("content-length"))
                        .sorted()
                        .toList();
                request.response().putHeader("content-type", "text/plain").end(names.toString());
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"303, []", "307, '[content-encoding, content-language, content-type]'"})
    void redirectedPost_describesItsBodyIfItStillHasOne(String status, String then) {
        String first = "http://localhost:" + describing().actualPort() + "/";
        String second = "http://localhost:" + describing().actualPort() + "/";
        http.source("http", "any", "allow[]", "localhost");
        for (String to : List.of(first, second)) {
            Step post = Step.computed("post", first + "?status=" + status + "&to=" + to)
                    .value("body", Map.of())
                    .value("headers", Map.of("Content-Encoding", "x", "content-language", "de"));
            assertThat(http.run(post)).as(to).isEqualTo(then);
        }
    }

    /** Answers with the cookies that came; a query redirects: {@code to}, and {@code set} for each cookie. */
    private HttpServer cookies() {
        return http.serve(request -> {
            seen.add(request.path() + " " + cookie(request));
            String to = request.getParam("to");
            request.params()
                    .getAll("set")
                    .forEach(set -> request.response().headers().add("set-cookie", set));
            if (to == null) {
                request.response().end(cookie(request));
            } else {
                request.response().setStatusCode(302).putHeader("location", to).end();
            }
        });
    }

    private static String cookie(HttpServerRequest request) {
        String header = request.getHeader("cookie");
        return header == null ? "-" : header;
    }

    private Step chain(String path, String to, String... sets) {
        return Step.get(path).value("query", Map.of("to", to, "set", List.of(sets)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sid=1|sid=1",
                "sid=1; Path=/; HttpOnly; SameSite=Lax|sid=1",
                "sid=\"a=b\"; path=/x|sid=\"a=b\"",
                "sid=|sid=",
                "sid=1; Path=/x/y|sid=1",
                "sid=1; Path=/x/|sid=1",
                "sid=1; Path=x|sid=1",
                "sid=1; Path=/x/yy|-",
                "sid=1; Path=/x/y/z|-",
                "sid=1; Path=/other|-",
                "sid=1; Secure|-",
                "sid=1; Domain=localhost|sid=1",
                "sid=1; Domain=.LOCALHOST|sid=1",
                "sid=1; Domain=example.com|-",
                "sid=1; Domain=host|-",
                "sid=1; Max-Age=0|-",
                "sid=1; Max-Age=-1|-",
                "sid=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT|sid=1",
                "sid=1; Max-Age=x|sid=1",
                "sid=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT|-",
                "sid=1; Expires=Thursday, 01-Jan-70 00:00:01 GMT|-",
                "sid=1; Expires=Thu Jan  1 00:00:00 1970|-",
                "sid=1; Expires=Fri, 31 Dec 2199 23:59:59 GMT|sid=1",
                "sid=1; Expires=tomorrow|sid=1",
                "noequals|-",
                "=1|-"
            })
    void cookieOfARedirect_goesWhereRfc6265Says(String set, String sent) {
        http.source(cookies());
        assertThat(http.run(chain("/x/a", "/x/y", set))).isEqualTo(sent);
    }

    @Test
    void cookiesOfAChain_areKeptOverItsHopsAndChanged() {
        http.source(cookies());
        String third = "/c?to=/d&set=b%3D2%3B%20Path%3D/&set=a%3D%3B%20Max-Age%3D0%3B%20Path%3D/";
        String second = "/b?to=" + third.replace("%", "%25").replace("&", "%26") + "&set=c%3D3%3B%20Path%3D/";
        assertThat(http.run(chain("/a", second, "a=1; Path=/", "b=1; Path=/"))).isEqualTo("b=2; c=3");
        assertThat(seen).containsExactly("/a -", "/b a=1; b=1", "/c a=1; b=1; c=3", "/d b=2; c=3");
    }

    @Test
    void cookies_areNeverKeptBeyondTheChain() {
        http.source(cookies());
        assertThat(http.run(chain("/a", "/b", "sid=1; Path=/"))).isEqualTo("sid=1");
        assertThat(http.run(Step.get("/b"))).isEqualTo("-");
        assertThat(http.run(chain("/a", "/b"))).isEqualTo("-");
    }

    @Test
    void cookiesOfTheStep_standBesideThoseOfTheChain_unlessTheServerReplacesOrTakesThem() {
        http.source(cookies());
        Step step = chain("/a", "/b", "sid=2; Path=/", "gone=; Max-Age=0", "more=3")
                .value("headers", Map.of("Cookie", "mine=1; sid=1; gone=1"));
        assertThat(http.run(step)).isEqualTo("mine=1; sid=2; more=3");
    }

    @Test
    void cookieOfALongerPath_comesFirst() {
        http.source(cookies());
        assertThat(http.run(chain("/x/a", "/x/y", "sid=root; Path=/", "sid=deep; Path=/x")))
                .isEqualTo("sid=deep; sid=root");
    }

    @Test
    void cookies_goToNoOtherOrigin_andBackWithTheChainToTheirOwn() {
        HttpServer one = cookies();
        HttpServer other = cookies();
        http.source("http", "any", "allow[]", "localhost");
        String back = "http://localhost:" + one.actualPort() + "/c";
        String there = "http://localhost:" + other.actualPort() + "/b?set=theirs%3D1%3B%20Path%3D/&to=" + back;
        Step step = Step.computed("get", "http://localhost:" + one.actualPort() + "/a")
                .value("headers", Map.of("Cookie", "own=s3cret"))
                .value("query", Map.of("to", there, "set", "ours=1; Path=/; Domain=localhost"));
        assertThat(http.run(step)).isEqualTo("ours=1");
        assertThat(seen).containsExactly("/a own=s3cret", "/b -", "/c ours=1");
    }

    @Test
    void cookies_areBounded() {
        var sets = new ArrayList<String>();
        http.source(http.serve(new HttpServerOptions().setMaxHeaderSize(64 << 10), request -> {
            sets.forEach(set -> request.response().headers().add("set-cookie", set));
            boolean first = request.path().equals("/a");
            request.response()
                    .setStatusCode(first ? 302 : 200)
                    .putHeader("location", "/b")
                    .end(cookie(request));
        }));
        for (int i = 0; i < 60; i++) {
            sets.add("c" + i + "=" + i + "; Path=/");
        }
        String kept = (String) http.run(Step.get("/a"));
        assertThat(kept.split("; ")).hasSize(50).startsWith("c10=10").endsWith("c59=59");
        sets.clear();
        for (int i = 0; i < 6; i++) {
            sets.add("c" + i + "=" + "x".repeat(4_000));
        }
        sets.add("large=" + "x".repeat(4_092));
        assertThat(((String) http.run(Step.get("/a"))).replace("x", "")).isEqualTo("c2=; c3=; c4=; c5=");
    }

    @Test
    void headerWithBytesBeyondAscii_isReadAsUtf8OrElseAsLatin1() {
        http.source(http.serveRaw(socket ->
                socket.handler(head -> socket.write(Buffer.buffer("HTTP/1.1 200 OK\r\nx-utf8: ")
                        .appendBytes("naïve 😀".getBytes(UTF_8))
                        .appendString("\r\nx-latin: ")
                        .appendBytes("naïve".getBytes(ISO_8859_1))
                        .appendString("\r\nset-cookie: ")
                        .appendBytes("a=ü".getBytes(UTF_8))
                        .appendString("\r\ncontent-length: 0\r\n\r\n")))));
        var value = (Map<?, ?>) http.run(Step.get("/").as("response"));
        assertThat(value.get("headers"))
                .isEqualTo(Map.of(
                        "x-utf8", "naïve 😀",
                        "x-latin", "naïve",
                        "set-cookie", List.of("a=ü"),
                        "content-length", "0"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\uD83D", "\uDE00a", "\uDE00\uD83D"})
    void halfACharacter_isBadInputWhereverItWouldBeSent(String half) {
        http.source(cookies());
        assertThat(badInput(Step.get("/").value("query", Map.of("q", half))))
                .isEqualTo("query: q has an unpaired surrogate, which UTF-8 cannot encode");
        assertThat(badInput(Step.get("/").value("query", Map.of(half, "1")))).contains("has an unpaired surrogate");
        assertThat(badInput(Step.computed("get", "/" + half))).startsWith("get: the address has an unpaired surrogate");
        assertThat(badInput(Step.of("post", "/")
                        .value("headers", Map.of("content-type", "text/plain"))
                        .value("body", half)))
                .startsWith("body: the text has an unpaired surrogate");
        assertThat(badInput(Step.get("/").value("headers", Map.of("x", half)))).startsWith("the header x must be");
        assertThat(seen).isEmpty();
    }

    @Test
    void pairOfSurrogates_isSentAsOneCharacter() {
        http.source(http.serve(request ->
                request.body().onSuccess(body -> request.response().end(request.uri() + " " + body.toString(UTF_8)))));
        Step step = Step.of("post", "/")
                .value("query", Map.of("q", "\uD83D\uDE00"))
                .value("headers", Map.of("content-type", "text/plain"))
                .value("body", "\uD83D\uDE00");
        assertThat(http.run(step)).isEqualTo("/?q=%F0%9F%98%80 \uD83D\uDE00");
    }

    private String badInput(Step step) {
        MusterException e = http.fail(step);
        assertThat(e.type()).isEqualTo(ErrorType.BAD_INPUT);
        return e.detail();
    }
}
