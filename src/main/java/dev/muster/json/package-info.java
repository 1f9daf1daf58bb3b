/**
 * Reads and writes JSON text as plain values, exactly and within limits.
 *
 * <p>All values in Muster are of these types, whatever their origin (JSON, YAML, a database, an expression):
 *
 * <ul>
 *   <li>Java {@code null};
 *   <li>{@link java.lang.Boolean};
 *   <li>{@link java.lang.String};
 *   <li>{@link java.lang.Long}: a whole number of 64 bits;
 *   <li>{@link java.math.BigInteger}: a whole number beyond 64 bits only;
 *   <li>{@link java.math.BigDecimal}: a number written with a fraction or an exponent, kept exactly ({@code 1.10} stays
 *       {@code 1.10});
 *   <li>{@link java.lang.Double}: the result of a computation. Reading returns a Double only for {@code -0.0}, the value of
 *       every negative zero with a fraction or an exponent, since BigDecimal has no negative zero ({@code -0} is the whole
 *       number 0);
 *   <li>{@code Map<String, Object>} in the order of the text (a {@link java.util.LinkedHashMap});
 *   <li>{@code List<Object>}.
 * </ul>
 *
 * <p>A finished value is treated as immutable, so that threads can share it without copies. Nothing enforces this.
 */
@NullMarked
package dev.muster.json;

import org.jspecify.annotations.NullMarked;
