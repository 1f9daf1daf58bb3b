package dev.muster.expr;

import com.google.common.primitives.UnsignedLong;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelFunctionBinding;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.function.IntPredicate;

/**
 * The operators for whole numbers mixed with decimals, and for {@link BigNumber} numbers.
 *
 * <p>CEL's own mixed comparisons round whole numbers to doubles first; these are exact. A comparison with NaN is false.
 */
final class Arithmetic {

    /** The CEL type of {@link BigNumber}. No variable is declared with it, but a value of unknown type can have it. */
    private static final OpaqueType DECIMAL = OpaqueType.create("decimal");

    /** The type of an operand: its name in the identifiers of overloads, its CEL type and its Java class. */
    private record Side(String name, CelType type, Class<?> javaClass) {}

    private static final Side INT = new Side("int", SimpleType.INT, Long.class);
    private static final Side UINT = new Side("uint", SimpleType.UINT, UnsignedLong.class);
    private static final Side DOUBLE = new Side("double", SimpleType.DOUBLE, Double.class);
    private static final Side EXACT = new Side("decimal", DECIMAL, BigNumber.class);

    final List<CelFunctionDecl> declarations = new ArrayList<>();
    final List<CelFunctionBinding> bindings = new ArrayList<>();

    Arithmetic() {
        calculation("_+_", "add", (x, y) -> x + y, Decimals::add);
        calculation("_-_", "subtract", (x, y) -> x - y, Decimals::subtract);
        calculation("_*_", "multiply", (x, y) -> x * y, Decimals::multiply);
        calculation("_/_", "divide", (x, y) -> x / y, Decimals::divide);
        comparison("_<_", "less", order -> order < 0);
        comparison("_<=_", "less_equals", order -> order <= 0);
        comparison("_>_", "greater", order -> order > 0);
        comparison("_>=_", "greater_equals", order -> order >= 0);
        conversion("-_", "negate", DECIMAL, Decimals::negate);
        conversion("string", "string", SimpleType.STRING, exact -> exact.value().toString());
        conversion("double", "double", SimpleType.DOUBLE, exact -> exact.value().doubleValue());
    }

    private void calculation(
            String operator, String name, DoubleBinaryOperator binary, BinaryOperator<Object> decimal) {
        List<CelOverloadDecl> declared = new ArrayList<>();
        List<CelFunctionBinding> bound = new ArrayList<>();
        BinaryOperator<Object> mixed =
                (x, y) -> binary.applyAsDouble(((Number) x).doubleValue(), ((Number) y).doubleValue());
        add(declared, bound, name, SimpleType.DOUBLE, INT, DOUBLE, mixed);
        add(declared, bound, name, SimpleType.DOUBLE, DOUBLE, INT, mixed);
        addExact(declared, bound, name, SimpleType.DYN, decimal);
        finish(operator, declared, bound);
    }

    private void comparison(String operator, String name, IntPredicate test) {
        List<CelOverloadDecl> declared = new ArrayList<>();
        List<CelFunctionBinding> bound = new ArrayList<>();
        BinaryOperator<Object> compare =
                (x, y) -> !Decimals.isNaN(x) && !Decimals.isNaN(y) && test.test(Decimals.compare(x, y));
        addExact(declared, bound, name, SimpleType.BOOL, compare);
        for (Side[] mixed : new Side[][] {{INT, DOUBLE}, {INT, UINT}, {UINT, DOUBLE}}) {
            add(declared, bound, name, SimpleType.BOOL, mixed[0], mixed[1], compare);
            add(declared, bound, name, SimpleType.BOOL, mixed[1], mixed[0], compare);
        }
        finish(operator, declared, bound);
    }

    private void conversion(
            String function, String name, CelType result, java.util.function.Function<BigNumber, Object> conversion) {
        String id = name + "_decimal";
        declarations.add(CelFunctionDecl.newFunctionDeclaration(
                function, CelOverloadDecl.newGlobalOverload(id, result, DECIMAL)));
        // Bound by overload, not under the function's name: CEL already has a group of that name.
        bindings.add(CelFunctionBinding.from(id, BigNumber.class, conversion::apply));
    }

    private static void addExact(
            List<CelOverloadDecl> declared,
            List<CelFunctionBinding> bound,
            String name,
            CelType result,
            BinaryOperator<Object> operation) {
        add(declared, bound, name, result, EXACT, EXACT, operation);
        for (Side other : List.of(INT, DOUBLE)) {
            add(declared, bound, name, result, EXACT, other, operation);
            add(declared, bound, name, result, other, EXACT, operation);
        }
    }

    private static void add(
            List<CelOverloadDecl> declared,
            List<CelFunctionBinding> bound,
            String name,
            CelType result,
            Side left,
            Side right,
            BinaryOperator<Object> operation) {
        String id = name + "_" + left.name + "_" + right.name;
        declared.add(CelOverloadDecl.newGlobalOverload(id, result, left.type, right.type));
        bound.add(CelFunctionBinding.from(id, left.javaClass, right.javaClass, operation::apply));
    }

    private void finish(String function, List<CelOverloadDecl> declared, List<CelFunctionBinding> bound) {
        declarations.add(CelFunctionDecl.newFunctionDeclaration(function, declared));
        bindings.addAll(CelFunctionBinding.fromOverloads(function, bound));
    }
}
