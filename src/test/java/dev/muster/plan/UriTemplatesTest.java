package dev.muster.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of RFC 6570, sections 1.2 and 3.2, and what its grammar does not allow. */
class UriTemplatesTest {

    private static final Map<String, Object> VALUES = values();

    private static Map<String, Object> values() {
        var keys = new LinkedHashMap<String, Object>();
        keys.put("semi", ";");
        keys.put("dot", ".");
        keys.put("comma", ",");
        var values = new LinkedHashMap<String, Object>();
        values.put("count", List.of("one", "two", "three"));
        values.put("dom", List.of("example", "com"));
        values.put("dub", "me/too");
        values.put("hello", "Hello World!");
        values.put("half", "50%");
        values.put("var", "value");
        values.put("who", "fred");
        values.put("base", "http://example.com/home/");
        values.put("path", "/foo/bar");
        values.put("list", List.of("red", "green", "blue"));
        values.put("keys", keys);
        values.put("v", "6");
        values.put("x", "1024");
        values.put("y", "768");
        values.put("empty", "");
        values.put("empty_keys", Map.of());
        values.put("undef", null);
        return values;
    }

    private static String expand(String template) throws UriTemplates.Malformed {
        return UriTemplates.parse(template).expand(VALUES::get);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", quoteCharacter = '`', emptyValue = "", textBlock = """
            {count} -> one,two,three
            {count*} -> one,two,three
            {/count} -> /one,two,three
            {/count*} -> /one/two/three
            {;count} -> ;count=one,two,three
            {;count*} -> ;count=one;count=two;count=three
            {?count} -> ?count=one,two,three
            {?count*} -> ?count=one&count=two&count=three
            {&count*} -> &count=one&count=two&count=three
            {var} -> value
            {hello} -> Hello%20World%21
            {half} -> 50%25
            O{empty}X -> OX
            O{undef}X -> OX
            {x,y} -> 1024,768
            {x,hello,y} -> 1024,Hello%20World%21,768
            ?{x,empty} -> ?1024,
            ?{x,undef} -> ?1024
            ?{undef,y} -> ?768
            {var:3} -> val
            {var:30} -> value
            {list} -> red,green,blue
            {list*} -> red,green,blue
            {keys} -> semi,%3B,dot,.,comma,%2C
            {keys*} -> semi=%3B,dot=.,comma=%2C
            {+var} -> value
            {+hello} -> Hello%20World!
            {+half} -> 50%25
            {base}index -> http%3A%2F%2Fexample.com%2Fhome%2Findex
            {+base}index -> http://example.com/home/index
            O{+empty}X -> OX
            O{+undef}X -> OX
            {+path}/here -> /foo/bar/here
            here?ref={+path} -> here?ref=/foo/bar
            up{+path}{var}/here -> up/foo/barvalue/here
            {+x,hello,y} -> 1024,Hello%20World!,768
            {+path,x}/here -> /foo/bar,1024/here
            {+path:6}/here -> /foo/b/here
            {+list} -> red,green,blue
            {+list*} -> red,green,blue
            {+keys} -> semi,;,dot,.,comma,,
            {+keys*} -> semi=;,dot=.,comma=,
            {#var} -> #value
            {#hello} -> #Hello%20World!
            {#half} -> #50%25
            foo{#empty} -> foo#
            foo{#undef} -> foo
            {#x,hello,y} -> #1024,Hello%20World!,768
            {#path,x}/here -> #/foo/bar,1024/here
            {#path:6}/here -> #/foo/b/here
            {#list} -> #red,green,blue
            {#list*} -> #red,green,blue
            {#keys} -> #semi,;,dot,.,comma,,
            {#keys*} -> #semi=;,dot=.,comma=,
            {.who} -> .fred
            {.who,who} -> .fred.fred
            {.half,who} -> .50%25.fred
            www{.dom*} -> www.example.com
            X{.var} -> X.value
            X{.empty} -> X.
            X{.undef} -> X
            X{.var:3} -> X.val
            X{.list} -> X.red,green,blue
            X{.list*} -> X.red.green.blue
            X{.keys} -> X.semi,%3B,dot,.,comma,%2C
            X{.keys*} -> X.semi=%3B.dot=..comma=%2C
            X{.empty_keys} -> X
            X{.empty_keys*} -> X
            {/who} -> /fred
            {/who,who} -> /fred/fred
            {/half,who} -> /50%25/fred
            {/who,dub} -> /fred/me%2Ftoo
            {/var} -> /value
            {/var,empty} -> /value/
            {/var,undef} -> /value
            {/var,x}/here -> /value/1024/here
            {/var:1,var} -> /v/value
            {/list} -> /red,green,blue
            {/list*} -> /red/green/blue
            {/list*,path:4} -> /red/green/blue/%2Ffoo
            {/keys} -> /semi,%3B,dot,.,comma,%2C
            {/keys*} -> /semi=%3B/dot=./comma=%2C
            {;who} -> ;who=fred
            {;half} -> ;half=50%25
            {;empty} -> ;empty
            {;v,empty,who} -> ;v=6;empty;who=fred
            {;v,bar,who} -> ;v=6;who=fred
            {;x,y} -> ;x=1024;y=768
            {;x,y,empty} -> ;x=1024;y=768;empty
            {;x,y,undef} -> ;x=1024;y=768
            {;hello:5} -> ;hello=Hello
            {;list} -> ;list=red,green,blue
            {;list*} -> ;list=red;list=green;list=blue
            {;keys} -> ;keys=semi,%3B,dot,.,comma,%2C
            {;keys*} -> ;semi=%3B;dot=.;comma=%2C
            {?who} -> ?who=fred
            {?half} -> ?half=50%25
            {?x,y} -> ?x=1024&y=768
            {?x,y,empty} -> ?x=1024&y=768&empty=
            {?x,y,undef} -> ?x=1024&y=768
            {?var:3} -> ?var=val
            {?list} -> ?list=red,green,blue
            {?list*} -> ?list=red&list=green&list=blue
            {?keys} -> ?keys=semi,%3B,dot,.,comma,%2C
            {?keys*} -> ?semi=%3B&dot=.&comma=%2C
            {&who} -> &who=fred
            {&half} -> &half=50%25
            ?fixed=yes{&x} -> ?fixed=yes&x=1024
            {&x,y,empty} -> &x=1024&y=768&empty=
            {&x,y,undef} -> &x=1024&y=768
            {&var:3} -> &var=val
            {&list} -> &list=red,green,blue
            {&list*} -> &list=red&list=green&list=blue
            {&keys} -> &keys=semi,%3B,dot,.,comma,%2C
            {&keys*} -> &semi=%3B&dot=.&comma=%2C
            """)
    void example_expands(String template, String expanded) throws UriTemplates.Malformed {
        assertThat(expand(template)).isEqualTo(expanded);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " -> ", quoteCharacter = '`', textBlock = """
            /a/{id -> 4 -> '{' is never closed
            /a/id} -> 6 -> '}' has no opening brace
            /a/{} -> 5 -> a variable's name is missing
            /a/{i d} -> 6 -> ' ' does not belong in a variable
            /a/{id:0} -> 8 -> ':' must be followed by
            /a/{id:10000} -> 12 -> '0' does not belong
            /a/{=id} -> 5 -> the operator '=' is reserved
            /a/{!id} -> 5 -> the operator '!' is reserved
            /a/{id,} -> 8 -> a variable's name is missing
            /a/{.a..b} -> 6 -> a variable's name is missing or malformed
            /a%2 -> 3 -> a % in a URI template
            /a b -> 3 -> cannot contain blanks; escape it with %20
            /a<b -> 3 -> cannot contain '<'; escape it with %3C
            """)
    void malformedTemplate_saysWhere(String template, int column, String message) {
        assertThatThrownBy(() -> UriTemplates.parse(template))
                .isInstanceOf(UriTemplates.Malformed.class)
                .hasMessageContaining(message)
                .extracting(e -> ((UriTemplates.Malformed) e).column())
                .isEqualTo(column);
    }

    @Test
    void numbersAndTruth_areText() throws UriTemplates.Malformed {
        Map<String, Object> values = Map.of("a", 7L, "b", new java.math.BigDecimal("1E+3"), "c", true, "d", 2.5);
        assertThat(UriTemplates.parse("{a}/{b}/{c}/{d}").expand(values::get)).isEqualTo("7/1000/true/2.5");
    }

    @Test
    void letters_areEscapedInUtf8_andCutByCodePoint() throws UriTemplates.Malformed {
        assertThat(UriTemplates.parse("ä/{s:2}").expand(name -> "😀ß!")).isEqualTo("%C3%A4/%F0%9F%98%80%C3%9F");
    }

    @Test
    void escapeWithDigitsOfAnotherScript_isNone() throws UriTemplates.Malformed {
        assertThat(UriTemplates.parse("{+s}").expand(name -> "%\uFF11\uFF12")).isEqualTo("%25%EF%BC%91%EF%BC%92");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{a}", "{+a}", "{?a}", "{/b}", "{?b*}", "{;c*}", "{d*}", "{a:1}"})
    void halfACharacter_isBadInputThatNamesTheVariable(String template) throws UriTemplates.Malformed {
        Map<String, Object> values = Map.of(
                "a", "\uD83D", "b", List.of("x", "\uDE00"), "c", Map.of("k", "a\uD83D"), "d", Map.of("\uD83D", "v"));
        UriTemplate parsed = UriTemplates.parse(template);
        assertThatThrownBy(() -> parsed.expand(values::get))
                .isInstanceOfSatisfying(
                        MusterException.class, e -> assertThat(e.type()).isEqualTo(ErrorType.BAD_INPUT))
                .hasMessageMatching("args: [abcd] has an unpaired surrogate, which UTF-8 cannot encode");
    }

    @Test
    void templateWithHalfACharacter_isMalformed() {
        assertThatThrownBy(() -> UriTemplates.parse("/a\uD83D"))
                .isInstanceOf(UriTemplates.Malformed.class)
                .hasMessageContaining("an unpaired surrogate");
    }

    @Test
    void negativeZero_keepsItsSign() throws UriTemplates.Malformed {
        assertThat(UriTemplates.parse("{a}").expand(name -> -0.0)).isEqualTo("-0.0");
    }

    @Test
    void nestedLists_haveNoExpansion() throws UriTemplates.Malformed {
        UriTemplate template = UriTemplates.parse("{a}");
        assertThatThrownBy(() -> template.expand(name -> List.of(List.of(1L))))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("cannot be written in a URI");
    }

    @Test
    void variables_areListedOnce() throws UriTemplates.Malformed {
        assertThat(UriTemplates.parse("/{b}/{a}{?b*}").variables()).containsExactly("b", "a");
    }
}
