/** The other nodes of a cluster, as one of them sees it: who answers where, and what they are asked. */
@NullMarked
package dev.muster.cluster;

import org.jspecify.annotations.NullMarked;
