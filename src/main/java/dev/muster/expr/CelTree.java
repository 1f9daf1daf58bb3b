package dev.muster.expr;

import dev.cel.common.CelSource;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.ast.CelExpr.ExprKind;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.ast.CelMutableExpr.CelMutableComprehension;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The result of a walk over a parsed expression: its nodes, its depth, and the names it mentions. Walks without recursion. */
final class CelTree {

    private record Visit(CelExpr expr, int depth, int loops) {}

    final Map<Long, CelExpr> nodes = new HashMap<>();
    final Set<String> names = new LinkedHashSet<>();
    final Set<String> functions = new LinkedHashSet<>();
    final List<CelExpr> comprehensions = new ArrayList<>();
    private int depth;
    private int loops;

    CelTree(CelExpr root) {
        Deque<Visit> left = new ArrayDeque<>();
        left.push(new Visit(root, 1, 0));
        while (!left.isEmpty()) {
            Visit visit = left.pop();
            depth = Math.max(depth, visit.depth);
            loops = Math.max(loops, visit.loops);
            nodes.put(visit.expr.id(), visit.expr);
            note(visit.expr);
            for (CelExpr child : children(visit.expr)) {
                left.push(new Visit(child, visit.depth + 1, visit.loops + (isBody(visit.expr, child) ? 1 : 0)));
            }
        }
    }

    /** Whether a node is evaluated once for each element of its parent's list. Macros that only bind a name loop over an empty list. */
    private static boolean isBody(CelExpr parent, CelExpr child) {
        if (parent.exprKind().getKind() != ExprKind.Kind.COMPREHENSION) {
            return false;
        }
        CelComprehension loop = parent.comprehension();
        boolean empty = loop.iterRange().exprKind().getKind() == ExprKind.Kind.LIST
                && loop.iterRange().list().elements().isEmpty();
        return !empty && (child == loop.loopStep() || child == loop.loopCondition());
    }

    /** The number of levels of the tree. */
    int depth() {
        return depth;
    }

    /** The greatest number of nested loops. */
    int loops() {
        return loops;
    }

    private void note(CelExpr expr) {
        switch (expr.exprKind().getKind()) {
            case IDENT -> {
                String name = expr.ident().name();
                names.add(name.startsWith(".") ? name.substring(1) : name);
            }
            case CALL -> functions.add(expr.call().function());
            case COMPREHENSION -> comprehensions.add(expr);
            default -> {}
        }
    }

    static List<CelExpr> children(CelExpr expr) {
        List<CelExpr> children = new ArrayList<>();
        switch (expr.exprKind().getKind()) {
            case SELECT -> children.add(expr.select().operand());
            case CALL -> {
                expr.call().target().ifPresent(children::add);
                children.addAll(expr.call().args());
            }
            case LIST -> children.addAll(expr.list().elements());
            case STRUCT -> expr.struct().entries().forEach(entry -> children.add(entry.value()));
            case MAP ->
                expr.map().entries().forEach(entry -> {
                    children.add(entry.key());
                    children.add(entry.value());
                });
            case COMPREHENSION -> {
                CelComprehension loop = expr.comprehension();
                children.addAll(List.of(
                        loop.iterRange(), loop.accuInit(), loop.loopCondition(), loop.loopStep(), loop.result()));
            }
            default -> {}
        }
        return children;
    }

    /** Passes each child of a mutable node to {@code found}, which can change it. */
    static void children(CelMutableExpr expr, Consumer<CelMutableExpr> found) {
        switch (expr.getKind()) {
            case SELECT -> found.accept(expr.select().operand());
            case CALL -> {
                expr.call().target().ifPresent(found);
                expr.call().args().forEach(found);
            }
            case LIST -> expr.list().elements().forEach(found);
            case MAP ->
                expr.map().entries().forEach(entry -> {
                    found.accept(entry.key());
                    found.accept(entry.value());
                });
            case COMPREHENSION -> {
                CelMutableComprehension loop = expr.comprehension();
                found.accept(loop.iterRange());
                found.accept(loop.accuInit());
                found.accept(loop.loopCondition());
                found.accept(loop.loopStep());
                found.accept(loop.result());
            }
            default -> {}
        }
    }

    /** The functions that are called exactly once, with the offset of the call. They give a position to CEL errors that have none. */
    Map<String, Integer> onlyCalls(CelSource source) {
        Map<String, Integer> offsets = new HashMap<>();
        Set<String> repeated = new LinkedHashSet<>();
        for (CelExpr node : nodes.values()) {
            if (node.exprKind().getKind() == ExprKind.Kind.CALL) {
                Integer offset = source.getPositionsMap().get(node.id());
                String function = node.call().function();
                if (offset != null && offsets.put(function, offset) != null) {
                    repeated.add(function);
                }
            }
        }
        offsets.keySet().removeAll(repeated);
        return Map.copyOf(offsets);
    }

    /** The offset of a loop's variable. The tree does not have it, but the text of the macro does. */
    static @Nullable Integer offsetOfVariable(CelSource source, CelExpr comprehension, String variable) {
        CelExpr macro = source.getMacroCalls().get(comprehension.id());
        if (macro != null && macro.exprKind().getKind() == ExprKind.Kind.CALL) {
            for (CelExpr arg : macro.call().args()) {
                if (arg.exprKind().getKind() == ExprKind.Kind.IDENT
                        && arg.ident().name().equals(variable)) {
                    return source.getPositionsMap().get(arg.id());
                }
            }
        }
        return source.getPositionsMap().get(comprehension.id());
    }
}
