/** Admission of runs and of queue operations, the same for HTTP and the event bus: permissions, quotas, live and recent runs. */
@NullMarked
package dev.muster.service;

import org.jspecify.annotations.NullMarked;
