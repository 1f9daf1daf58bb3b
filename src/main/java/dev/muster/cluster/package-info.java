/** The other nodes of a cluster, as this node sees them: which node serves an address, and requests to it. */
@NullMarked
package dev.muster.cluster;

import org.jspecify.annotations.NullMarked;
