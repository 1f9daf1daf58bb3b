package dev.muster.expr;

import com.google.common.collect.ImmutableList;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelFunctionOverload;
import dev.cel.runtime.InternalCelFunctionBinding;

/** A CEL function binding with its definition replaced. */
record BoundedBinding(CelFunctionBinding binding, CelFunctionOverload definition)
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
