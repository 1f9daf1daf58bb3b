package dev.muster.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.web.Pages.Page;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PagesTest {

    private static final Pattern REFERENCE = Pattern.compile("(?:src=|href=|from )[\"']([^\"'#]+)[\"']");
    private static final List<String> PATHS =
            Pages.all().stream().map(Page::path).toList();

    private static Page page(String path) {
        return Pages.all().stream()
                .filter(page -> page.path().equals(path))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void pages_haveTheirTypesAndTags() {
        assertThat(page("/docs").contentType()).isEqualTo("text/html; charset=utf-8");
        assertThat(page("/docs/docs.css").contentType()).isEqualTo("text/css; charset=utf-8");
        assertThat(page("/docs/docs.js").contentType()).isEqualTo("text/javascript; charset=utf-8");
        assertThat(Pages.all().stream().map(Page::etag))
                .doesNotHaveDuplicates()
                .allMatch(tag -> tag.matches("\"[-\\w]{12}\""));
    }

    @Test
    void pages_areReservedPaths() {
        assertThat(PATHS).allMatch(Endpoints::isReserved);
    }

    @Test
    void references_leadToPagesAndNowhereElse() {
        Pages.all()
                .forEach(page -> assertThat(REFERENCE
                                .matcher(page.body().toString())
                                .results()
                                .map(found -> found.group(1))
                                .filter(target -> !target.equals("data:,")))
                        .as(page.path())
                        .allMatch(target -> {
                            String folder = page.path().substring(0, page.path().lastIndexOf('/') + 1);
                            return PATHS.contains(folder + target.replaceFirst("^\\./", ""))
                                    || target.equals("openapi.json");
                        }));
    }

    @Test
    void pages_loadNothingFromElsewhere() {
        Pages.all()
                .forEach(page -> assertThat(page.body().toString())
                        .as(page.path())
                        .doesNotContainPattern("https?://")
                        .doesNotContain("@import", "innerHTML", "eval("));
    }

    @Test
    void page_hasNothingInLine() {
        assertThat(page("/docs").body().toString())
                .doesNotContainPattern("<script(?![^>]* src=)")
                .doesNotContainPattern("<style|\\sstyle=|\\son[a-z]+=");
        assertThat(Pages.CONTENT_SECURITY_POLICY)
                .startsWith("default-src 'self';")
                .doesNotContain("unsafe");
    }

    @Test
    void headers_carryThePolicyAndTheTag() {
        assertThat(page("/docs").headers())
                .containsEntry("Content-Security-Policy", Pages.CONTENT_SECURITY_POLICY)
                .containsEntry("ETag", page("/docs").etag())
                .containsEntry("Cache-Control", "no-cache");
    }

    @Test
    void isKnownTo_findsTheTagAmongOthers() {
        Page page = page("/docs");
        assertThat(page.isKnownTo(page.etag())).isTrue();
        assertThat(page.isKnownTo("\"a\", W/" + page.etag())).isTrue();
        assertThat(page.isKnownTo("*")).isTrue();
        assertThat(page.isKnownTo("\"a\"")).isFalse();
    }

    @Test
    void script_setsNoStyleThatThePolicyWouldRefuse() {
        List<MatchResult> found = Pattern.compile("setAttribute\\(['\"]style|[{ ]style:")
                .matcher(page("/docs/docs.js").body().toString()
                        + page("/docs/docs-parts.js").body())
                .results()
                .toList();
        assertThat(found).isEmpty();
    }
}
