package dev.muster.expr;

import java.util.Set;

/** The names of all functions and macros, for suggestions. */
final class FunctionNames {

    static final Set<String> ALL = Set.of(
            // macros
            "has", "all", "exists", "exists_one", "existsOne", "map", "filter", "transformList", "transformMap",
            "transformMapEntry", "optMap", "optFlatMap",
            // standard
            "size", "contains", "startsWith", "endsWith", "matches", "int", "uint", "double", "string", "bytes", "bool",
            "timestamp", "duration", "dyn", "type", "getFullYear", "getMonth", "getDayOfMonth", "getDayOfWeek",
            "getDayOfYear", "getDate", "getHours", "getMinutes", "getSeconds", "getMilliseconds",
            // extensions
            "charAt", "indexOf", "lastIndexOf", "join", "lowerAscii", "upperAscii", "quote", "replace", "reverse", "split",
            "substring", "trim", "greatest", "least", "ceil", "floor", "round", "trunc", "abs", "sign", "isNaN", "isInf",
            "isFinite", "sqrt", "bitOr", "bitAnd", "bitXor", "bitNot", "bitShiftLeft", "bitShiftRight", "slice", "flatten",
            "range", "distinct", "sort", "sortBy", "encode", "decode", "of", "none", "ofNonZeroValue", "hasValue", "value",
            "or", "orValue", "first", "last",
            // ours
            "sum", "avg", "min", "max", "groupBy", "json");

    private FunctionNames() {}
}
