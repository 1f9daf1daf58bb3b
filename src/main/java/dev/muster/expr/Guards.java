package dev.muster.expr;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.ast.CelMutableExpr.CelMutableCall;
import dev.cel.common.ast.CelMutableExpr.CelMutableMap;
import dev.cel.common.ast.CelMutableExprConverter;
import dev.cel.common.types.TypeParamType;
import dev.cel.runtime.CelFunctionBinding;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks that are inserted into an expression where CEL's interpreter would read a whole value outside the budget: it hashes
 * computed keys of map literals, and copies a value that should be optional into the text of an error.
 */
final class Guards {

    private static final String KEY = "@scalarKey";
    private static final String OPTIONAL = "@optionalOnly";
    private static final TypeParamType ANY = TypeParamType.create("G");

    static final List<CelFunctionDecl> DECLARATIONS = List.of(
            CelFunctionDecl.newFunctionDeclaration(KEY, CelOverloadDecl.newGlobalOverload("scalar_key", ANY, ANY)),
            CelFunctionDecl.newFunctionDeclaration(
                    OPTIONAL, CelOverloadDecl.newGlobalOverload("optional_only", ANY, ANY)));

    static final List<CelFunctionBinding> BINDINGS = List.of(
            CelFunctionBinding.from("scalar_key", Object.class, Guards::scalar),
            CelFunctionBinding.from("optional_only", Object.class, Guards::optional));

    private long lastId = Long.MAX_VALUE / 8;

    private Guards() {}

    /** The tree with the checks; the same tree if none is needed. */
    static CelAbstractSyntaxTree put(CelAbstractSyntaxTree parsed, CelTree tree) {
        if (tree.nodes.values().stream().noneMatch(Guards::needsOne)) {
            return parsed;
        }
        CelMutableExpr root = CelMutableExprConverter.fromCelExpr(parsed.getExpr());
        new Guards().visit(root);
        return CelAbstractSyntaxTree.newParsedAst(CelMutableExprConverter.fromMutableExpr(root), parsed.getSource());
    }

    private static boolean needsOne(CelExpr expr) {
        return switch (expr.exprKind().getKind()) {
            case LIST -> !expr.list().optionalIndices().isEmpty();
            case MAP ->
                expr.map().entries().stream()
                        .anyMatch(entry ->
                                entry.optionalEntry() || entry.key().exprKind().getKind() != ExprKind.Kind.CONSTANT);
            default -> false;
        };
    }

    private static Object scalar(Object key) {
        if (key instanceof Collection || key instanceof Map || key instanceof Optional) {
            throw new Failure(
                    ExpressionProblem.Kind.TYPE,
                    "a map's key is " + FromCel.describe(key) + "; keys are texts, whole numbers or booleans");
        }
        return key;
    }

    private static Object optional(Object value) {
        if (!(value instanceof Optional)) {
            throw new Failure(
                    ExpressionProblem.Kind.TYPE,
                    "? needs an optional value, such as x.?key, not " + FromCel.describe(value));
        }
        return value;
    }

    private void visit(CelMutableExpr expr) {
        CelTree.children(expr, this::visit);
        switch (expr.getKind()) {
            case LIST -> {
                List<CelMutableExpr> elements = expr.list().elements();
                for (int index : expr.list().optionalIndices()) {
                    expr.list().setElement(index, call(OPTIONAL, elements.get(index)));
                }
            }
            case MAP -> expr.map().entries().forEach(this::guard);
            default -> {}
        }
    }

    private void guard(CelMutableMap.Entry entry) {
        if (entry.key().getKind() != ExprKind.Kind.CONSTANT) {
            entry.setKey(call(KEY, entry.key()));
        }
        if (entry.optionalEntry()) {
            entry.setValue(call(OPTIONAL, entry.value()));
        }
    }

    private CelMutableExpr call(String function, CelMutableExpr argument) {
        return CelMutableExpr.ofCall(++lastId, CelMutableCall.create(function, argument));
    }
}
