package dev.muster.expr;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr.ExprKind;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.ast.CelMutableExpr.CelMutableCall;
import dev.cel.common.ast.CelMutableExpr.CelMutableComprehension;
import dev.cel.common.ast.CelMutableExpr.CelMutableMap;
import dev.cel.common.ast.CelMutableExpr.CelMutableSelect;
import dev.cel.common.ast.CelMutableExprConverter;
import org.jspecify.annotations.Nullable;

/**
 * A rewrite that makes a map with known fields usable as a map. CEL's checker treats such a map as a message, which only
 * supports {@code input.id}. So {@code input["id"]} becomes {@code input.id}, and an {@code input} without a field access
 * becomes {@code dyn(input)}.
 */
final class ObjectAccess {

    private final Scope scope;
    private long lastId = Long.MAX_VALUE / 2;

    private ObjectAccess(Scope scope) {
        this.scope = scope;
    }

    static CelAbstractSyntaxTree rewrite(CelAbstractSyntaxTree parsed, Scope scope) {
        if (scope.variables().values().stream().noneMatch(Type.Fields.class::isInstance)) {
            return parsed;
        }
        CelMutableExpr tree = CelMutableExprConverter.fromCelExpr(parsed.getExpr());
        CelMutableExpr rewritten = new ObjectAccess(scope).rewrite(tree, false);
        return CelAbstractSyntaxTree.newParsedAst(
                CelMutableExprConverter.fromMutableExpr(rewritten), parsed.getSource());
    }

    private CelMutableExpr rewrite(CelMutableExpr expr, boolean selected) {
        switch (expr.getKind()) {
            case SELECT -> expr.select().setOperand(rewrite(expr.select().operand(), true));
            case CALL -> rewriteCall(expr);
            case LIST -> {
                for (int i = 0; i < expr.list().elements().size(); i++) {
                    expr.list().setElement(i, rewrite(expr.list().elements().get(i), false));
                }
            }
            case MAP -> {
                for (CelMutableMap.Entry entry : expr.map().entries()) {
                    entry.setKey(rewrite(entry.key(), false));
                    entry.setValue(rewrite(entry.value(), false));
                }
            }
            case COMPREHENSION -> rewriteComprehension(expr.comprehension());
            default -> {}
        }
        return !selected && typeOf(expr) instanceof Type.Fields ? dyn(expr) : expr;
    }

    private void rewriteCall(CelMutableExpr expr) {
        CelMutableCall call = expr.call();
        call.target().ifPresent(target -> call.setTarget(rewrite(target, false)));
        boolean optionalField = call.function().equals("_?._");
        for (int i = 0; i < call.args().size(); i++) {
            boolean index = i == 0 && isConstantIndex(call);
            call.setArg(i, rewrite(call.args().get(i), index || optionalField && i == 0));
        }
        if (isConstantIndex(call) && typeOf(call.args().get(0)) instanceof Type.Fields) {
            CelMutableExpr operand = call.args().get(0);
            String field = call.args().get(1).constant().stringValue();
            if (call.function().equals("_[_]")) {
                expr.setSelect(CelMutableSelect.create(operand, field));
            } else {
                call.setFunction("_?._");
            }
        }
    }

    private static boolean isConstantIndex(CelMutableCall call) {
        return (call.function().equals("_[_]") || call.function().equals("_[?_]"))
                && call.args().get(1).getKind() == ExprKind.Kind.CONSTANT
                && call.args().get(1).constant().getKind() == CelConstant.Kind.STRING_VALUE;
    }

    private void rewriteComprehension(CelMutableComprehension loop) {
        loop.setIterRange(rewrite(loop.iterRange(), false));
        loop.setAccuInit(rewrite(loop.accuInit(), false));
        loop.setLoopCondition(rewrite(loop.loopCondition(), false));
        loop.setLoopStep(rewrite(loop.loopStep(), false));
        loop.setResult(rewrite(loop.result(), false));
    }

    private CelMutableExpr dyn(CelMutableExpr expr) {
        return CelMutableExpr.ofCall(++lastId, CelMutableCall.create("dyn", expr));
    }

    /** The declared type of a variable, or of a chain of fields of a variable. */
    private @Nullable Type typeOf(CelMutableExpr expr) {
        if (expr.getKind() == ExprKind.Kind.IDENT) {
            return scope.variables().get(expr.ident().name());
        }
        if (expr.getKind() == ExprKind.Kind.SELECT && !expr.select().testOnly()) {
            return typeOf(expr.select().operand()) instanceof Type.Fields fields
                    ? fields.fields().get(expr.select().field())
                    : null;
        }
        return null;
    }
}
