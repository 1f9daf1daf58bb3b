package dev.muster.expr;

import com.google.common.collect.ImmutableList;
import dev.cel.common.CelOptions;
import dev.cel.common.exceptions.CelRuntimeException;
import dev.cel.common.values.CelByteString;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelFunctionOverload;
import dev.cel.runtime.CelInternalRuntimeLibrary;
import dev.cel.runtime.CelRuntimeBuilder;
import dev.cel.runtime.CelRuntimeLibrary;
import dev.cel.runtime.CelStandardFunctions;
import dev.cel.runtime.InternalCelFunctionBinding;
import dev.cel.runtime.RuntimeEquality;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * CEL's functions and those of its extensions, within the budget of the evaluation. Each call checks for an interrupt, and
 * is charged for the values that it reads and creates.
 */
final class BoundedLibrary implements CelInternalRuntimeLibrary {

    /**
     * Functions that search a text for another, by prefixes of their names. In the worst case they compare the whole text at
     * each position.
     */
    private static final List<String> SEARCHES =
            List.of("contains", "string_index_of", "string_last_index_of", "string_split", "replace", "matches");

    private static final Pattern MIXED =
            Pattern.compile("(LESS|GREATER)(_EQUALS)?_(INT64|UINT64|DOUBLE)_(INT64|UINT64|DOUBLE)");

    private static final int COMPARED_A_VISIT = 4_096;
    private static final int MATCHED_A_VISIT = 256;

    /** The charge for one piece of a split text, in visits. */
    private static final int PIECE = 2;

    private static final int BYTES_A_VISIT = 16;
    private static final Set<String> BY_KEY = Set.of("_[_]", "index_map");

    private final List<CelRuntimeLibrary> libraries;
    private final List<CelFunctionBinding> own;
    private final ExpressionLimits limits;

    /** A library of CEL's standard functions, those of {@code libraries}, and {@code own}. */
    BoundedLibrary(List<CelRuntimeLibrary> libraries, List<CelFunctionBinding> own, ExpressionLimits limits) {
        this.libraries = libraries;
        this.own = own;
        this.limits = limits;
    }

    @Override
    public void setRuntimeOptions(CelRuntimeBuilder builder) {
        throw new UnsupportedOperationException("CEL gives its equality to libraries of this kind");
    }

    @Override
    public void setRuntimeOptions(CelRuntimeBuilder builder, RuntimeEquality equality, CelOptions options) {
        var equal = new Equal(equality);
        CelStandardFunctions standard = CelStandardFunctions.newBuilder()
                // Comparisons of numbers of two types are replaced by exact ones; see Arithmetic.
                .filterFunctions((function, overload) ->
                        !MIXED.matcher(overload.toString()).matches())
                .build();
        builder.addFunctionBindings(bounded(standard.newFunctionBindings(equality, options), equal));
        CelRuntimeBuilder bounding = bounding(builder, equal);
        for (CelRuntimeLibrary library : libraries) {
            if (library instanceof CelInternalRuntimeLibrary internal) {
                internal.setRuntimeOptions(bounding, equality, options);
            } else {
                library.setRuntimeOptions(bounding);
            }
        }
        builder.addFunctionBindings(bounded(own, equal));
    }

    /** A builder that bounds all functions that a library adds to it. */
    private CelRuntimeBuilder bounding(CelRuntimeBuilder builder, Equal equal) {
        return (CelRuntimeBuilder) Proxy.newProxyInstance(
                CelRuntimeBuilder.class.getClassLoader(),
                new Class<?>[] {CelRuntimeBuilder.class},
                (proxy, method, args) -> {
                    if (method.getName().equals("addFunctionBindings")) {
                        Iterable<?> added =
                                args[0] instanceof Object[] several ? Arrays.asList(several) : (Iterable<?>) args[0];
                        List<CelFunctionBinding> bindings = new ArrayList<>();
                        added.forEach(binding -> bindings.add((CelFunctionBinding) binding));
                        builder.addFunctionBindings(bounded(bindings, equal));
                        return proxy;
                    }
                    try {
                        Object result = method.invoke(builder, args);
                        return result == builder ? proxy : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private List<CelFunctionBinding> bounded(Collection<CelFunctionBinding> bindings, Equal equal) {
        List<CelFunctionBinding> bounded = new ArrayList<>(bindings.size());
        bindings.forEach(binding -> bounded.add(new BoundedBinding(binding, bounded(binding, equal))));
        return bounded;
    }

    private CelFunctionOverload bounded(CelFunctionBinding binding, Equal equal) {
        CelFunctionOverload plain = binding.getDefinition();
        String id = binding.getOverloadId();
        CelFunctionOverload replaced = switch (id) {
            case "_==_", "equals" -> args -> equal.equal(args[0], args[1]);
            case "_!=_", "not_equals" -> args -> !equal.equal(args[0], args[1]);
            case "in_list" -> args -> equal.contains((List<?>) args[1], args[0]);
            case "@in" ->
                args -> args[1] instanceof List<?> list ? equal.contains(list, args[0]) : byKey(plain, args, 0);
            case "list_distinct", "distinct" -> args -> equal.distinct((Collection<?>) args[0]);
            case "list_flatten" -> args -> Equal.flattened((Collection<?>) args[0], 1);
            case "list_flatten_list_int" -> args -> flattened(plain, args);
            case "in_map" -> args -> byKey(plain, args, 0);
            default -> null;
        };
        if (replaced != null) {
            return guarded(replaced);
        }
        if (id.startsWith("add_") || id.equals("_+_")) {
            return guarded(args -> {
                checkSum(args);
                return plain.apply(args);
            });
        }
        if (SEARCHES.stream().anyMatch(id::startsWith)) {
            return guarded(args -> {
                paySearch(id, args);
                return plain.apply(args);
            });
        }
        boolean isByKey = BY_KEY.contains(id) || id.contains("optindex") || id.contains("_index_");
        return guarded(isByKey ? args -> byKey(plain, args, args.length - 1) : plain);
    }

    private static CelFunctionOverload guarded(CelFunctionOverload function) {
        return args -> {
            Walk walk = Walk.here();
            walk.look();
            Object result;
            try {
                result = function.apply(args);
            } catch (CelRuntimeException e) {
                throw e;
            } catch (RuntimeException e) {
                // CEL would copy the arguments into the message, and their text can be very long.
                throw new Failure(ExpressionProblem.Kind.TYPE, "a value has a type that the function does not take");
            }
            pay(walk, result, args);
            return result;
        };
    }

    /** Charges for the result of a function. An argument that is returned, or a view, is not charged. */
    private static void pay(Walk walk, Object result, Object[] args) {
        if (result instanceof String text) {
            walk.text(text.length());
        } else if (result instanceof CelByteString bytes) {
            walk.visit(1 + bytes.size() / BYTES_A_VISIT);
        } else if (result instanceof ArrayList<?> || result instanceof ImmutableList<?>) {
            if (args.length == 0 || args[0] != result) {
                walk.visit(1 + ((List<?>) result).size() / PIECE);
            }
        }
    }

    private static Object byKey(CelFunctionOverload plain, Object[] args, int key) throws CelEvaluationException {
        if (args.length > 1 && (args[key] instanceof Collection || args[key] instanceof Map)) {
            throw new Failure(
                    ExpressionProblem.Kind.TYPE,
                    "a key is a text, a number or a boolean, not " + FromCel.describe(args[key]));
        }
        return plain.apply(args);
    }

    private static Object flattened(CelFunctionOverload plain, Object[] args) throws CelEvaluationException {
        long depth = (Long) args[1];
        return depth < 0 ? plain.apply(args) : Equal.flattened((Collection<?>) args[0], depth);
    }

    private void checkSum(Object[] args) {
        if (args.length < 2) {
            return;
        }
        if (args[0] instanceof String a && args[1] instanceof String b) {
            check("+", a.length() + (long) b.length(), limits.resultChars(), "characters", "expressionResult");
        } else if (args[0] instanceof CelByteString a && args[1] instanceof CelByteString b) {
            check("+", a.size() + (long) b.size(), limits.resultChars(), "bytes", "expressionResult");
        } else if (args[0] instanceof Collection<?> a && args[1] instanceof Collection<?> b) {
            check("+", a.size() + (long) b.size(), limits.rangeItems(), "items", "rangeItems");
        }
    }

    private static void check(String function, long size, long most, String unit, String setting) {
        if (size > most) {
            throw new Failure(
                    ExpressionProblem.Kind.LIMIT,
                    function + " makes more than " + most + " " + unit + ", the limit of server.limits." + setting);
        }
    }

    private void paySearch(String id, Object[] args) {
        if (args.length < 2 || !(args[0] instanceof String text) || !(args[1] instanceof String wanted)) {
            return;
        }
        Walk walk = Walk.here();
        int each = id.startsWith("matches") ? MATCHED_A_VISIT : COMPARED_A_VISIT;
        walk.visit(1 + (long) text.length() * wanted.length() / each);
        if (id.startsWith("string_split")) {
            int pieces = pieces(text, wanted);
            check("split", pieces, limits.rangeItems(), "texts", "rangeItems");
            walk.visit((long) PIECE * pieces);
        }
    }

    private static int pieces(String text, String separator) {
        if (separator.isEmpty()) {
            return text.length();
        }
        int count = 1;
        for (int at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, at + separator.length())) {
            count++;
        }
        return count;
    }

    /** A CEL function binding with its definition replaced. */
    private record BoundedBinding(CelFunctionBinding binding, CelFunctionOverload definition)
            implements InternalCelFunctionBinding {

        @Override
        public String getFunctionName() {
            return binding instanceof InternalCelFunctionBinding internal
                    ? internal.getFunctionName()
                    : binding.getOverloadId();
        }

        @Override
        public String getOverloadId() {
            return binding.getOverloadId();
        }

        @Override
        public ImmutableList<Class<?>> getArgTypes() {
            return binding.getArgTypes();
        }

        @Override
        public CelFunctionOverload getDefinition() {
            return definition;
        }

        @Override
        public boolean isStrict() {
            return binding.isStrict();
        }
    }
}
