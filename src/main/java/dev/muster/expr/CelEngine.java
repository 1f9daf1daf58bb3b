package dev.muster.expr;

import dev.cel.checker.CelChecker;
import dev.cel.checker.CelCheckerBuilder;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.CelVarDecl;
import dev.cel.common.ast.CelExpr;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelComprehensionsExtensions;
import dev.cel.extensions.CelEncoderExtensions;
import dev.cel.extensions.CelExtensions;
import dev.cel.extensions.CelListsExtensions;
import dev.cel.extensions.CelMathExtensions;
import dev.cel.extensions.CelOptionalLibrary;
import dev.cel.extensions.CelStringExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** CEL with Muster's functions and limits: one parser, one runtime, and one type checker for each scope. Safe on any thread. */
final class CelEngine {

    private static final int SCOPES_KEPT = 256;

    private final ExpressionLimits limits;
    private final CelCompiler compiler;
    private final CelRuntime runtime;
    private final Map<Scope, CelChecker> checkers = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Scope, CelChecker> eldest) {
            return size() > SCOPES_KEPT;
        }
    };

    CelEngine(ExpressionLimits limits) {
        this.limits = limits;
        CelOptions options = CelOptions.current()
                .enableHeterogeneousNumericComparisons(false)
                .comprehensionMaxIterations(limits.iterations())
                .maxExpressionCodePointSize(limits.sourceChars())
                .maxParseRecursionDepth(limits.nesting())
                .populateMacroCalls(true)
                .build();
        Functions functions = new Functions(limits);
        Arithmetic arithmetic = new Arithmetic();
        CelStringExtensions strings = CelExtensions.strings(allBut(
                CelStringExtensions.Function.class,
                Set.of(CelStringExtensions.Function.REPLACE, CelStringExtensions.Function.JOIN)));
        CelListsExtensions lists = CelExtensions.lists(allBut(
                CelListsExtensions.Function.class,
                Set.of(
                        CelListsExtensions.Function.RANGE,
                        CelListsExtensions.Function.SORT,
                        CelListsExtensions.Function.SORT_BY)));
        CelMathExtensions math = CelExtensions.math();
        CelEncoderExtensions encoders = CelExtensions.encoders(options);
        CelOptionalLibrary optional = CelExtensions.optional();
        CelComprehensionsExtensions comprehensions = CelExtensions.comprehensions();
        compiler = CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(options)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                // A library with a selection of functions comes without its macros.
                .addMacros(CelExtensions.lists().macros())
                .addLibraries(strings, lists, math, encoders, optional, comprehensions)
                .addFunctionDeclarations(functions.declarations)
                .addFunctionDeclarations(arithmetic.declarations)
                .addFunctionDeclarations(Guards.DECLARATIONS)
                .build();
        List<CelFunctionBinding> own = new ArrayList<>(functions.bindings);
        own.addAll(arithmetic.bindings);
        own.addAll(Guards.BINDINGS);
        runtime = CelRuntimeFactory.standardCelRuntimeBuilder()
                .setOptions(options)
                .setStandardEnvironmentEnabled(false)
                .addLibraries(new BoundedLibrary(
                        List.of(strings, lists, math, encoders, optional, comprehensions), own, limits))
                .build();
    }

    private static <E extends Enum<E>> Set<E> allBut(Class<E> all, Set<E> excluded) {
        EnumSet<E> kept = EnumSet.allOf(all);
        kept.removeAll(excluded);
        return kept;
    }

    CelExpression compile(String source, Scope scope) {
        try {
            return compileBalanced(source, scope);
        } catch (StackOverflowError e) {
            throw tooDeep();
        }
    }

    private CelExpression compileBalanced(String source, Scope scope) {
        CelDiagnostics complaints = new CelDiagnostics(source, scope);
        try {
            CelValidationResult parsing = compiler.parse(source);
            if (parsing.hasError()) {
                throw complaints.syntax(parsing.getErrors());
            }
            CelAbstractSyntaxTree parsed = parsing.getAst();
            CelTree tree = new CelTree(parsed.getExpr());
            if (tree.depth() > limits.nesting()) {
                throw tooDeep();
            }
            refuseShadowing(source, parsed, tree, scope);
            CelValidationResult checking = check(ObjectAccess.rewrite(Guards.put(parsed, tree), scope), checker(scope));
            if (checking.hasError()) {
                throw complaints.types(checking.getErrors(), tree);
            }
            Set<String> references = new LinkedHashSet<>(tree.names);
            references.retainAll(scope.variables().keySet());
            return new CelExpression(
                    source,
                    Set.copyOf(references),
                    runtime.createProgram(checking.getAst()),
                    limits,
                    new Cost(tree, limits),
                    new CelErrors(source, tree.onlyCalls(parsed.getSource()), limits));
        } catch (CelValidationException e) {
            throw complaints.types(e.getErrors(), null);
        } catch (CelEvaluationException e) {
            throw new CelErrors(source, Map.of(), limits).translate(e);
        }
    }

    private static CelValidationResult check(CelAbstractSyntaxTree tree, CelChecker checker) {
        CelValidationResult checking = checker.check(tree);
        if (!checking.hasError()) {
            return checking;
        }
        CelAbstractSyntaxTree loosened = MixedOperands.loosen(tree, checking.getErrors());
        return loosened == null ? checking : checker.check(loosened);
    }

    private ExpressionException tooDeep() {
        return new ExpressionException(Place.START.problem(
                ExpressionProblem.Kind.LIMIT,
                "the expression is nested deeper than " + limits.nesting()
                        + " levels of operators, calls and brackets; split it over several steps"));
    }

    private static void refuseShadowing(String source, CelAbstractSyntaxTree parsed, CelTree tree, Scope scope) {
        for (CelExpr loop : tree.comprehensions) {
            for (String variable :
                    List.of(loop.comprehension().iterVar(), loop.comprehension().iterVar2())) {
                if (scope.variables().containsKey(variable)) {
                    Integer offset = CelTree.offsetOfVariable(parsed.getSource(), loop, variable);
                    throw new ExpressionException(Place.ofCodePoint(source, offset == null ? 0 : offset)
                            .problem(
                                    ExpressionProblem.Kind.SYNTAX,
                                    "'" + variable
                                            + "' is already a variable here; use another name for the loop variable"));
                }
            }
        }
    }

    private CelChecker checker(Scope scope) {
        synchronized (checkers) {
            return checkers.computeIfAbsent(scope, this::newChecker);
        }
    }

    private CelChecker newChecker(Scope scope) {
        CelTypes types = new CelTypes();
        CelCheckerBuilder builder = compiler.toCheckerBuilder();
        scope.variables()
                .forEach((name, type) ->
                        builder.addVarDeclarations(CelVarDecl.newVarDeclaration(name, types.of(name, type))));
        return builder.setTypeProvider(types).build();
    }
}
