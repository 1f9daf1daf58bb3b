package dev.muster.expr;

import static dev.muster.expr.Fixture.EXPRESSIONS;
import static dev.muster.expr.Fixture.eval;
import static dev.muster.expr.Fixture.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.expr.Expression.Bindings;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathTest {

    private static final Scope SCOPE = new Scope(Map.of("a", Type.ANY));

    @ParameterizedTest
    @ValueSource(strings = {"a", " a ", "a.b", "a.b[0].c", "a[\"x y\"]", "a['x'].b", "a[0][1]", "a.b\n"})
    void plainPath_isPath(String source) {
        Expression path = EXPRESSIONS.compile(source, SCOPE);

        assertThat(path.isPath()).isTrue();
        assertThat(path.references()).containsExactly("a");
        assertThat(path.costHint(name -> List.of())).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a + 1", "a.?b", "a[?0]", "a[-1]", "a[\"\\n\"]", "(a)", "a.b // c", "a[1.0]", "a[a]"})
    void anythingElse_isNoPath(String source) {
        assertThat(EXPRESSIONS.compile(source, SCOPE).isPath()).isFalse();
    }

    @Test
    void value_isTheVeryObject() {
        BigDecimal price = new BigDecimal("1.10");
        List<Object> list = Arrays.asList(price, null);

        assertThat(eval("a.l", "a", Map.of("l", list))).isSameAs(list);
        assertThat(eval("a.l[0]", "a", Map.of("l", list))).isSameAs(price);
        assertThat(eval("a.l[1]", "a", Map.of("l", list))).isNull();
    }

    @Test
    void int_becomesLong() {
        assertThat(eval("a.n", "a", Map.of("n", 7))).isEqualTo(7L);
    }

    @Test
    void missingKey_saysKeyAndPlace() {
        ExpressionProblem problem = failure("a.b.cc", "a", Map.of("b", Map.of()));

        assertThat(problem.kind()).isEqualTo(ExpressionProblem.Kind.MISSING_KEY);
        assertThat(problem.message()).contains("'cc'").contains("has(");
        assertThat(problem.line()).isEqualTo(1);
        assertThat(problem.column()).isEqualTo(4);
    }

    @Test
    void nullInTheMiddle_isATypeError() {
        Map<String, Object> a = new HashMap<>();
        a.put("b", null);

        assertThat(failure("a.b.c", "a", a).kind()).isEqualTo(ExpressionProblem.Kind.TYPE);
    }

    /** The promise is that a plain path costs no class loading: here CEL cannot be loaded at all. */
    @Test
    void path_needsNoClassOfCel() throws Exception {
        ClassLoader withoutCel = new WithoutCel();
        Class<?> probe = withoutCel.loadClass(Probe.class.getName());

        Object value =
                ((java.util.function.Supplier<?>) probe.getDeclaredConstructor().newInstance()).get();

        assertThat(value).isEqualTo("7 MISSING_KEY");
    }

    /** Evaluates a path, and one that fails. */
    public static final class Probe implements java.util.function.Supplier<Object> {
        public Probe() {}

        @Override
        public Object get() {
            Expressions expressions = new Expressions();
            Scope scope = Scope.EMPTY.with("a", Type.ANY);
            Bindings bindings = name -> Map.of("b", List.of(7L));
            Object value = expressions.compile("a.b[0]", scope).evaluate(bindings);
            try {
                expressions.compile("a.c", scope).evaluate(bindings);
                return value;
            } catch (ExpressionException e) {
                return value + " " + e.kind();
            }
        }
    }

    private static final class WithoutCel extends ClassLoader {
        WithoutCel() {
            super(PathTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("dev.cel.") || name.startsWith("com.google.")) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith("dev.muster.")) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] code = in.readAllBytes();
                return defineClass(name, code, 0, code.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
