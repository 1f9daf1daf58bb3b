package dev.muster.expr;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.TypeParamType;
import dev.cel.runtime.CelFunctionBinding;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.RandomAccess;

/** The functions that CEL lacks ({@code sum avg min max groupBy json}), and CEL functions that need a limit or another order. */
final class Functions {

    private static final CelType ANY = SimpleType.DYN;
    private static final ListType ANY_LIST = ListType.create(SimpleType.DYN);

    final List<CelFunctionDecl> declarations = new ArrayList<>();
    final List<CelFunctionBinding> bindings = new ArrayList<>();
    private final ExpressionLimits limits;

    Functions(ExpressionLimits limits) {
        this.limits = limits;
        addAggregates();
        addJson();
        addRange();
        addSort();
        addReplace();
        addJoin();
    }

    private void addAggregates() {
        ofList("sum", list -> ListFunctions.sum(list));
        ofList("avg", list -> ListFunctions.avg(list));
        ofList("min", list -> ListFunctions.least("min", list, 1));
        ofList("max", list -> ListFunctions.least("max", list, -1));
        TypeParamType element = TypeParamType.create("E");
        declare(
                "groupBy",
                CelOverloadDecl.newGlobalOverload(
                        "groupBy_list_string",
                        MapType.create(ANY, ListType.create(element)),
                        ListType.create(element),
                        SimpleType.STRING));
        bind(
                "groupBy",
                CelFunctionBinding.from("groupBy_list_string", List.class, String.class, ListFunctions::groupBy));
    }

    private void ofList(String name, java.util.function.Function<List<?>, Object> function) {
        String id = name + "_list";
        declare(name, CelOverloadDecl.newGlobalOverload(id, ANY, ANY_LIST));
        bind(name, CelFunctionBinding.from(id, List.class, list -> function.apply(list)));
    }

    private void addJson() {
        declare("json", CelOverloadDecl.newGlobalOverload("json_any", SimpleType.STRING, ANY));
        bind(
                "json",
                CelFunctionBinding.from(
                        "json_any",
                        Object.class,
                        value ->
                                JsonText.of(new FromCel(new ToCel(Walk.here())).convert(value), limits.resultChars())));
    }

    private void addRange() {
        declare(
                "lists.range",
                CelOverloadDecl.newGlobalOverload(
                        "lists_range_bounded", ListType.create(SimpleType.INT), SimpleType.INT));
        bind("lists.range", CelFunctionBinding.from("lists_range_bounded", Long.class, this::range));
    }

    private List<Long> range(long end) {
        if (end > limits.rangeItems()) {
            throw new Failure(
                    ExpressionProblem.Kind.LIMIT,
                    "lists.range(" + end + ") exceeds " + limits.rangeItems()
                            + " items, the limit of server.limits.rangeItems");
        }
        return new Range((int) Math.max(0, end));
    }

    /** The whole numbers from 0 to {@code end}, exclusive. Elements are created on access. */
    private static final class Range extends AbstractList<Long> implements RandomAccess {
        private final int end;

        Range(int end) {
            this.end = end;
        }

        @Override
        public Long get(int index) {
            return (long) java.util.Objects.checkIndex(index, end);
        }

        @Override
        public int size() {
            return end;
        }
    }

    /**
     * Replaces CEL's sorting. CEL declares that sortBy returns pairs, so no field of an element could be used; its order
     * does not support {@link BigNumber}.
     */
    private void addSort() {
        ListType elements = ListType.create(TypeParamType.create("S"));
        declare("sort", CelOverloadDecl.newMemberOverload("sort_any", elements, elements));
        bind("sort", CelFunctionBinding.from("sort_any", List.class, ListFunctions::sort));
        String pairs = "lists.@sortByAssociatedKeys";
        declare(pairs, CelOverloadDecl.newGlobalOverload("sort_pairs", ANY_LIST, ListType.create(ANY_LIST)));
        bind(pairs, CelFunctionBinding.from("sort_pairs", List.class, ListFunctions::sortPairs));
    }

    private void addReplace() {
        CelType text = SimpleType.STRING;
        declare(
                "replace",
                CelOverloadDecl.newMemberOverload("replace_bounded", text, text, text, text),
                CelOverloadDecl.newMemberOverload("replace_some_bounded", text, text, text, text, SimpleType.INT));
        bind(
                "replace",
                CelFunctionBinding.from(
                        "replace_bounded",
                        List.of(String.class, String.class, String.class),
                        args -> replace((String) args[0], (String) args[1], (String) args[2], -1)),
                CelFunctionBinding.from(
                        "replace_some_bounded",
                        List.of(String.class, String.class, String.class, Long.class),
                        args -> replace((String) args[0], (String) args[1], (String) args[2], (Long) args[3])));
    }

    /**
     * Replaces up to {@code times} occurrences from the left, or all if {@code times} is negative. An empty target matches
     * before each character and at the end.
     */
    private String replace(String text, String target, String replacement, long times) {
        StringBuilder replaced = new StringBuilder(Math.min(limits.resultChars(), text.length()));
        int from = 0;
        long left = times;
        int at = left == 0 ? -1 : text.indexOf(target);
        while (at >= 0) {
            append(replaced, text.substring(from, at), "replace");
            append(replaced, replacement, "replace");
            from = at + target.length();
            left--;
            at = left == 0 ? -1 : next(text, target, at);
        }
        append(replaced, text.substring(from), "replace");
        return replaced.toString();
    }

    private static int next(String text, String target, int at) {
        if (target.isEmpty()) {
            return at < text.length() ? text.offsetByCodePoints(at, 1) : -1;
        }
        return text.indexOf(target, at + target.length());
    }

    private void addJoin() {
        CelType text = SimpleType.STRING;
        ListType texts = ListType.create(text);
        declare(
                "join",
                CelOverloadDecl.newMemberOverload("join_bounded", text, texts),
                CelOverloadDecl.newMemberOverload("join_by_bounded", text, texts, text));
        bind(
                "join",
                CelFunctionBinding.from("join_bounded", List.class, list -> join(list, "")),
                CelFunctionBinding.from("join_by_bounded", List.class, String.class, this::join));
    }

    private String join(List<?> list, String separator) {
        Walk.here().all(list);
        StringBuilder joined = new StringBuilder();
        int index = 0;
        for (Object element : list) {
            if (!(element instanceof String text)) {
                throw new Failure(
                        ExpressionProblem.Kind.TYPE,
                        "join takes texts: element " + index + " is " + FromCel.describe(element));
            }
            append(joined, index == 0 ? "" : separator, "join");
            append(joined, text, "join");
            index++;
        }
        return joined.toString();
    }

    private void append(StringBuilder made, String part, String function) {
        if (made.length() + (long) part.length() > limits.resultChars()) {
            throw new Failure(
                    ExpressionProblem.Kind.LIMIT,
                    function + " makes a text of more than " + limits.resultChars()
                            + " characters, the limit of server.limits.expressionResult");
        }
        made.append(part);
    }

    private void declare(String name, CelOverloadDecl... overloads) {
        declarations.add(CelFunctionDecl.newFunctionDeclaration(name, overloads));
    }

    private void bind(String name, CelFunctionBinding... overloads) {
        bindings.addAll(CelFunctionBinding.fromOverloads(name, overloads));
    }
}
