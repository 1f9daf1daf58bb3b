package dev.muster.expr;

import java.util.AbstractList;
import java.util.Iterator;
import java.util.List;
import java.util.RandomAccess;

/** A bound list as a CEL value. If the view is a result, the original list is returned. */
final class ListView extends AbstractList<Object> implements RandomAccess {

    private final List<?> original;
    private final ToCel inward;

    ListView(List<?> original, ToCel inward) {
        this.original = original;
        this.inward = inward;
    }

    List<?> original() {
        return original;
    }

    @Override
    public Object get(int index) {
        return inward.convert(original.get(index));
    }

    @Override
    public int size() {
        return original.size();
    }

    @Override
    public Iterator<Object> iterator() {
        Iterator<?> elements = original.iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return elements.hasNext();
            }

            @Override
            public Object next() {
                return inward.convert(elements.next());
            }
        };
    }

    /** Short, since CEL puts arguments into messages. */
    @Override
    public String toString() {
        return "a list of " + size();
    }
}
