package dev.muster.expr;

import dev.cel.common.CelIssue;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The compilation errors of one source: translates the errors of CEL's parser and checker into Muster's kinds and messages,
 * with suggestions.
 */
final class CelDiagnostics {

    private static final Pattern UNDECLARED = Pattern.compile("(?s)undeclared reference to '(.*)' \\(in container.*");
    private static final Pattern NO_FIELD = Pattern.compile("(?s)undefined field '(.*)'.*");
    private static final Pattern OVERLOAD =
            Pattern.compile("(?s)found no matching overload for '(.*)' applied to '\\((.*?)\\)' \\(candidates.*");
    private static final Pattern UNEXPECTED = Pattern.compile(
            "(?s)(?:mismatched input|extraneous input|token recognition error at:|missing .* at) '(.*?)'.*");

    private static final Set<String> NAMESPACES = Set.of("lists", "math", "base64", "optional");

    /** The names of all functions and macros, for suggestions: macros, CEL's standard, its extensions, Muster's own. */
    static final Set<String> FUNCTIONS = Set.of("""
            has all exists exists_one existsOne map filter transformList transformMap transformMapEntry optMap
            optFlatMap
            size contains startsWith endsWith matches int uint double string bytes bool timestamp duration dyn
            type getFullYear getMonth getDayOfMonth getDayOfWeek getDayOfYear getDate getHours getMinutes
            getSeconds getMilliseconds
            charAt indexOf lastIndexOf join lowerAscii upperAscii quote replace reverse split substring trim
            greatest least ceil floor round trunc abs sign isNaN isInf isFinite sqrt bitOr bitAnd bitXor bitNot
            bitShiftLeft bitShiftRight slice flatten range distinct sort sortBy encode decode of none
            ofNonZeroValue hasValue value or orValue first last
            sum avg min max groupBy json
            """.split("\\s+"));

    private final String source;
    private final Scope scope;

    CelDiagnostics(String source, Scope scope) {
        this.source = source;
        this.scope = scope;
    }

    /** The first syntax error. Later ones usually follow from it and are left out. */
    ExpressionException syntax(Collection<CelIssue> issues) {
        CelIssue first = issues.iterator().next();
        String text = first.getMessage();
        if (text.contains("recursion limit") || text.contains("ecursion")) {
            return new ExpressionException(place(first)
                    .problem(
                            ExpressionProblem.Kind.LIMIT,
                            "the expression is nested too deeply; split it over several steps"));
        }
        Matcher unexpected = UNEXPECTED.matcher(text);
        String message = text;
        if (text.contains("<EOF>") && atEnd(first)) {
            message = (source.isBlank() ? "the expression is empty" : "the expression ends too early")
                    + BracketCheck.YAML_HINT;
        } else if (unexpected.matches()) {
            message = "'" + unexpected.group(1) + "' does not belong here" + BracketCheck.YAML_HINT;
        } else if (text.startsWith("no viable alternative")) {
            message = "this is not an expression" + BracketCheck.YAML_HINT;
        }
        return new ExpressionException(place(first).problem(ExpressionProblem.Kind.SYNTAX, message));
    }

    private boolean atEnd(CelIssue issue) {
        Place end = Place.ofChar(source, source.stripTrailing().length());
        Place at = place(issue);
        return at.line() > end.line() || at.line() == end.line() && at.column() >= end.column();
    }

    /** All errors of the checker, without those that follow from an unknown function. */
    ExpressionException types(Collection<CelIssue> issues, @Nullable CelTree tree) {
        Set<String> following = new HashSet<>();
        for (CelIssue issue : issues) {
            CelExpr node = tree == null ? null : tree.nodes.get(issue.getExprId());
            if (isUndeclared(issue) && node != null && node.exprKind().getKind() == ExprKind.Kind.CALL) {
                node.call()
                        .target()
                        .filter(CelDiagnostics::isNamespace)
                        .ifPresent(target -> following.add(target.ident().name()));
                node.call().args().stream()
                        .limit(2)
                        .filter(arg -> arg.exprKind().getKind() == ExprKind.Kind.IDENT)
                        .forEach(arg -> following.add(arg.ident().name()));
            }
        }
        List<ExpressionProblem> problems = new ArrayList<>();
        for (CelIssue issue : issues) {
            Matcher undeclared = UNDECLARED.matcher(issue.getMessage());
            if (!(undeclared.matches() && following.contains(undeclared.group(1)))) {
                problems.add(describe(issue, tree));
            }
        }
        problems.sort(Comparator.comparingInt(ExpressionProblem::line).thenComparingInt(ExpressionProblem::column));
        return new ExpressionException(problems);
    }

    private static boolean isNamespace(CelExpr expr) {
        return expr.exprKind().getKind() == ExprKind.Kind.IDENT
                && NAMESPACES.contains(expr.ident().name());
    }

    private static boolean isUndeclared(CelIssue issue) {
        return UNDECLARED.matcher(issue.getMessage()).matches();
    }

    private ExpressionProblem describe(CelIssue issue, @Nullable CelTree tree) {
        Place place = place(issue);
        Matcher undeclared = UNDECLARED.matcher(issue.getMessage());
        if (undeclared.matches()) {
            return place.problem(ExpressionProblem.Kind.UNKNOWN, undeclared(undeclared.group(1), issue, tree));
        }
        Matcher field = NO_FIELD.matcher(issue.getMessage());
        if (field.matches()) {
            return place.problem(
                    ExpressionProblem.Kind.UNKNOWN,
                    "there is no field '" + field.group(1) + "'"
                            + Spelling.hint(field.group(1), fieldsBefore(issue.getExprId(), tree)));
        }
        Matcher overload = OVERLOAD.matcher(issue.getMessage());
        if (overload.matches()) {
            return place.problem(ExpressionProblem.Kind.TYPE, overload(overload.group(1), types(overload.group(2))));
        }
        return place.problem(ExpressionProblem.Kind.TYPE, types(issue.getMessage()));
    }

    private String undeclared(String name, CelIssue issue, @Nullable CelTree tree) {
        CelExpr node = tree == null ? null : tree.nodes.get(issue.getExprId());
        if (node != null && node.exprKind().getKind() == ExprKind.Kind.CALL) {
            return "there is no function '" + name + "'" + Spelling.hint(name, FUNCTIONS);
        }
        return "there is no variable '" + name + "'"
                + Spelling.hint(name, scope.variables().keySet());
    }

    private static String overload(String function, String types) {
        if (function.equals("_?_:_")) {
            return "the branches of ? : differ in type (" + types + "); dyn(…) around one of them, null too, allows it";
        }
        return callable(function) + " does not take (" + types + ")";
    }

    /** An operator or function as users write it. */
    static String callable(String function) {
        String operator =
                function.equals("@in") ? "in" : function.replace("_", " ").strip();
        return Names.isIdentifier(function) || function.contains(".")
                ? function + "()"
                : "the operator '" + operator + "'";
    }

    /** Type names for messages; message types, which stand for maps with known fields, become {@code map}. */
    private static String types(String text) {
        return text.replaceAll("\\{[^}]*}", "map")
                .replace("google.protobuf.Timestamp", "timestamp")
                .replace("google.protobuf.Duration", "duration");
    }

    private Collection<String> fieldsBefore(long exprId, @Nullable CelTree tree) {
        CelExpr node = tree == null ? null : tree.nodes.get(exprId);
        CelExpr operand = null;
        if (node != null && node.exprKind().getKind() == ExprKind.Kind.SELECT) {
            operand = node.select().operand();
        } else if (node != null && node.exprKind().getKind() == ExprKind.Kind.CALL) {
            operand = node.call().args().isEmpty() ? null : node.call().args().get(0);
        }
        if (operand != null && typeOf(operand) instanceof Type.Fields fields) {
            return fields.fields().keySet();
        }
        Set<String> all = new TreeSet<>();
        scope.variables().values().forEach(type -> addFields(type, all));
        return all;
    }

    private @Nullable Type typeOf(CelExpr expr) {
        if (expr.exprKind().getKind() == ExprKind.Kind.IDENT) {
            return scope.variables().get(expr.ident().name());
        }
        boolean select = expr.exprKind().getKind() == ExprKind.Kind.SELECT;
        return select && typeOf(expr.select().operand()) instanceof Type.Fields fields
                ? fields.fields().get(expr.select().field())
                : null;
    }

    private static void addFields(Type type, Set<String> names) {
        if (type instanceof Type.Fields fields) {
            for (Map.Entry<String, Type> field : fields.fields().entrySet()) {
                names.add(field.getKey());
                addFields(field.getValue(), names);
            }
        } else if (type instanceof Type.ListOf list) {
            addFields(list.element(), names);
        } else if (type instanceof Type.MapOf map) {
            addFields(map.value(), names);
        }
    }

    private static Place place(CelIssue issue) {
        return new Place(
                Math.max(1, issue.getSourceLocation().getLine()),
                Math.max(0, issue.getSourceLocation().getColumn()) + 1);
    }
}
