/** HTTP API: runs, event streams, endpoints of exposed plans, queues, health. */
@NullMarked
package dev.muster.web;

import org.jspecify.annotations.NullMarked;
