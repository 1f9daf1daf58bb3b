package dev.muster.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VerbReferenceTest {

    @Test
    void verb_hasAPage() {
        assertThat(VerbReference.of(Fixture.HTTP)).isEqualTo("""
                # `http`

                Asks a service.

                Written `http: SOURCE`. Exactly one of `get`, `post` is needed.

                | word | takes | |
                |---|---|---|
                | `get` | a URI template (RFC 6570) or an expression | GET this. |
                | `post` | a URI template (RFC 6570) or an expression | POST to this. |
                | `args` | a map; its `=` strings are computed | What the URI template names. |
                | `query` | a map; its `=` strings are computed | Query parameters. |
                | `headers` | a map; its `=` strings are computed | Headers. |
                | `body` | any value; its `=` strings are computed | The body. |
                | `expect` | a text or number, or a list of them | Status codes that are answers. |
                | `as` | one of `json`, `text`, `bytes`, `response` | What the body is. |

                ```yaml
                orders: {http: shop, get: '/orders/{id}', args: {id: = input.id}}
                ```
                """);
    }
}
