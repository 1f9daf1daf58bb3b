/**
 * JSON text to plain values and back, exact and within bounds.
 *
 * <p>The values of all of Muster, whatever they came from (JSON, YAML, a database, an expression), are these and no
 * others:
 *
 * <ul>
 *   <li>Java {@code null};
 *   <li>{@link java.lang.Boolean};
 *   <li>{@link java.lang.String};
 *   <li>{@link java.lang.Long}: a whole number of 64 bits;
 *   <li>{@link java.math.BigInteger}: a whole number beyond 64 bits, and only such a one;
 *   <li>{@link java.math.BigDecimal}: a number written with a fraction or an exponent, kept exactly ({@code 1.10} stays
 *       {@code 1.10});
 *   <li>{@link java.lang.Double}: the result of a computation; of reading only {@code -0.0}, as which every negative zero with
 *       a fraction or an exponent is read: no other number here has one ({@code -0} is the whole number 0);
 *   <li>{@code Map<String, Object>} in the order it was written (a {@link java.util.LinkedHashMap});
 *   <li>{@code List<Object>}.
 * </ul>
 *
 * <p>Once built, a value is treated as immutable, so that it may be passed between threads and shared without copies;
 * nothing enforces it.
 */
@NullMarked
package dev.muster.json;

import org.jspecify.annotations.NullMarked;
