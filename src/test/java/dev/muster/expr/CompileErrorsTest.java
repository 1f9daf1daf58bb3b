package dev.muster.expr;

import static dev.muster.expr.Fixture.EXPRESSIONS;
import static dev.muster.expr.Fixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with an expression is found before anything runs, with its place and a suggestion. */
class CompileErrorsTest {

    private static final Scope SCOPE = scope();

    private static Scope scope() {
        Map<String, Type> input = new LinkedHashMap<>();
        input.put("id", Type.INTEGER);
        input.put("currency", Type.STRING);
        input.put("price", Type.NUMBER);
        input.put("note", Type.nullable(Type.STRING));
        input.put("address", Type.fields(Map.of("city", Type.STRING)));
        input.put("items", Type.listOf(Type.fields(Map.of("sku", Type.STRING))));
        return Scope.EMPTY
                .with("input", Type.fields(input))
                .with("product", Type.ANY)
                .with("reviews", Type.ANY)
                .with("counts", Type.mapOf(Type.INTEGER));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "revews | 1 | UNKNOWN | there is no variable 'revews'; did you mean 'reviews'?",
                "1 + prodcut.id | 5 | UNKNOWN | there is no variable 'prodcut'; did you mean 'product'?",
                "xyz | 1 | UNKNOWN | there is no variable 'xyz'; there is counts, input, product, reviews",
                "siz(product) | 4 | UNKNOWN | there is no function 'siz'; did you mean 'size'?",
                "reviews.mapp(r, r.stars) | 13 | UNKNOWN | there is no function 'mapp'; did you mean 'map'?",
                "lists.rang(3) | 11 | UNKNOWN | there is no function 'rang'; did you mean 'range'?",
                "input.idd | 6 | UNKNOWN | there is no field 'idd'; did you mean 'id'?",
                "input['idd'] | 6 | UNKNOWN | there is no field 'idd'; did you mean 'id'?",
                "input.address.cty + 'x' | 14 | UNKNOWN | there is no field 'cty'; did you mean 'city'?",
                "input.items.map(i, i.sk) | 21 | UNKNOWN | there is no field 'sk'; did you mean 'sku'?",
                "input.?idd | 6 | UNKNOWN | there is no field 'idd'; did you mean 'id'?",
                "1 + 'a' | 3 | TYPE | the operator '+' does not take (int, string)",
                "input.id + 'a' | 10 | TYPE | the operator '+' does not take (int, string)",
                "1 == 'a' | 3 | TYPE | the operator '==' does not take (int, string)",
                "input.currency.x | 15 | TYPE | does not support field selection",
                "counts[0] | 7 | TYPE | does not take (map(string, int), int)",
                "true ? null : 1 | 6 | TYPE | dyn(…)",
                "true ? 1 : 'a' | 6 | TYPE | (bool, int, string)",
                "sum(1) | 4 | TYPE | sum() does not take (int)",
                "product + | 10 | SYNTAX | ends too early",
                "a b | 3 | SYNTAX | 'b' does not belong here",
                "if | 1 | SYNTAX | reserved",
                "reviews.map(product, product) | 13 | SYNTAX | 'product' is already a variable here",
                "[1].transformList(i, input, i) | 22 | SYNTAX | 'input' is already a variable here",
            })
    void mistake_hasPlaceKindAndWords(String source, int column, ExpressionProblem.Kind kind, String message) {
        ExpressionProblem problem = refusal(source, SCOPE).problems().get(0);

        assertThat(problem.message()).contains(message);
        assertThat(problem.column()).isEqualTo(column);
        assertThat(problem.line()).isEqualTo(1);
        assertThat(problem.kind()).isEqualTo(kind);
    }

    @Test
    void everyMistakeOfTheChecker_isReported() {
        assertThat(refusal("revews == 1 &&\n  prodcut == 2", SCOPE).problems())
                .extracting(problem -> problem.line() + ":" + problem.column())
                .containsExactly("1:1", "2:3");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "(1 | 1 | '(' is never closed",
                "f([1, 2) | 8 | ')' does not close the '[' at column 3",
                "1) | 2 | ')' has no opening bracket",
                "'abc | 1 | the quote ' is never closed",
                "1 + \"a' | 5 | the quote \" is never closed",
                "{'a': [1, 2 | 7 | '[' is never closed",
            })
    void unbalanced_saysSoAndHintsAtYaml(String source, int column, String message) {
        ExpressionProblem problem = refusal(source, SCOPE).problems().get(0);

        assertThat(problem.message())
                .startsWith("unbalanced: ")
                .contains(message)
                .contains("YAML")
                .contains("' #'");
        assertThat(problem.column()).isEqualTo(column);
        assertThat(problem.kind()).isEqualTo(ExpressionProblem.Kind.SYNTAX);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "')' + \"(\" + '\\')' + r'\\(' == 'x'",
                "'''a'b''' == \"\"\"c\"d\"\"\"",
                "1 // (",
                "product.`a-b` == 1",
                "br'\\(' == b'x'"
            })
    void bracketsInTextsAndComments_areNoBrackets(String source) {
        EXPRESSIONS.compile(source, SCOPE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "input.id + 1",
                "input['id'] + 1",
                "'id' in input",
                "size(input)",
                "input.map(k, k)",
                "input == {'id': 1}",
                "has(input.currency)",
                "input.?currency.orValue('EUR')",
                "input[?'currency'].orValue('EUR')",
                "json(input)",
                "{'a': input.address}",
                "input.address['city'] + 'x'",
                "input.price * 2",
                "input.price * 1.5",
                "input.note == null",
                "input.note + 'x'",
                "input.items[0].sku + 'x'",
                "[input, product]",
                "true ? input : product",
                "input.items.map(i, i.sku)",
                "counts.a + 1",
                "counts.map(k, k + 'x')",
                "reviews.map(r, r.stars)"
            })
    void knownFields_workLikeAnyMap(String source) {
        assertThat(EXPRESSIONS.compile(source, SCOPE).source()).isEqualTo(source);
    }

    @Test
    void variableNamedLikeAType_isAVariable() {
        Scope scope = Scope.EMPTY.with("int", Type.ANY).with("size", Type.ANY);

        assertThat(EXPRESSIONS
                        .compile("int + size + int('3') + size('ab')", scope)
                        .evaluate(name -> 1))
                .isEqualTo(7L);
    }

    @Test
    void reservedWord_isNoVariable() {
        assertThatThrownBy(() -> Scope.EMPTY.with("while", Type.ANY))
                .hasMessageContaining("'while' cannot be a variable");
        assertThatThrownBy(() -> Scope.EMPTY.with("a-b", Type.ANY)).isInstanceOf(IllegalArgumentException.class);
        assertThat(List.of("_a", "A9").stream().allMatch(Names::isVariable)).isTrue();
    }

    @Test
    void empty_isASyntaxError() {
        assertThat(refusal(" ", SCOPE).problems().get(0).message()).contains("empty");
    }
}
