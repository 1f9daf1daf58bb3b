package dev.muster.expr;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.ast.CelExpr.ExprKind;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.ast.CelMutableExpr.CelMutableCall;
import dev.cel.common.ast.CelMutableExprConverter;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Support for {@code ==}, {@code !=}, {@code in} and {@code ? :} with a whole number and a decimal. The checker requires one
 * type. If a call fails only for these two, one operand becomes {@code dyn(…)}, and the values are compared as numbers.
 */
final class MixedOperands {

    private static final Pattern ISSUE = Pattern.compile(
            "(?s)found no matching overload for '(_==_|_!=_|@in|_\\?_:_)' applied to '\\((.*)\\)' \\(candidates.*");

    private final Set<Long> calls;
    private long lastId = Long.MAX_VALUE / 4;

    private MixedOperands(Set<Long> calls) {
        this.calls = calls;
    }

    /** The tree to check instead, or null if no error can be resolved this way. */
    static @Nullable CelAbstractSyntaxTree loosen(CelAbstractSyntaxTree tree, Collection<CelIssue> issues) {
        Set<Long> calls = new HashSet<>();
        for (CelIssue issue : issues) {
            Matcher matcher = ISSUE.matcher(issue.getMessage());
            if (matcher.matches() && mixes(matcher.group(1), matcher.group(2).replace("double", "int"))) {
                calls.add(issue.getExprId());
            }
        }
        if (calls.isEmpty()) {
            return null;
        }
        CelMutableExpr root = CelMutableExprConverter.fromCelExpr(tree.getExpr());
        new MixedOperands(calls).visit(root);
        return CelAbstractSyntaxTree.newParsedAst(CelMutableExprConverter.fromMutableExpr(root), tree.getSource());
    }

    /** Whether the types match if decimals count as whole numbers. */
    private static boolean mixes(String operator, String types) {
        return switch (operator) {
            case "@in" -> types.matches("(.*), (?:list\\(\\1\\)|map\\(\\1, .*\\))");
            case "_?_:_" -> types.matches("bool, (.*), \\1");
            default -> types.matches("(.*), \\1");
        };
    }

    private void visit(CelMutableExpr expr) {
        CelTree.children(expr, this::visit);
        if (expr.getKind() == ExprKind.Kind.CALL && calls.contains(expr.id())) {
            loosen(expr.call());
        }
    }

    private void loosen(CelMutableCall call) {
        int loosened = call.function().equals("_?_:_") ? 1 : 0;
        CelMutableCall dyn = CelMutableCall.create("dyn", call.args().get(loosened));
        call.setArg(loosened, CelMutableExpr.ofCall(++lastId, dyn));
    }
}
