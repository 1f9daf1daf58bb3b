/** HTTP API: runs, streams, endpoints of exposed plans, health. */
@NullMarked
package dev.muster.web;

import org.jspecify.annotations.NullMarked;
