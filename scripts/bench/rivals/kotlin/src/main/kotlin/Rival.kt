/** The kernel's works with Kotlin's coroutines, on the one thread of runBlocking: a line "WORK UNITS" on standard input, its result on standard output. */

import kotlin.coroutines.cancellation.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield

const val BATCH = 1_000
const val SPAWNED = 100_000
const val LIMIT_MILLIS = 10_000L

fun main() {
    while (true) {
        val (work, units) = (readlnOrNull() ?: return).split(' ')
        val result = runBlocking {
            when (work) {
                "gather" -> inBatches(units.toLong()) { 1 }
                "timeout" -> inBatches(units.toLong()) { withTimeout(LIMIT_MILLIS) { yield(); 1 } }
                "queue_5" -> throughChannel(units.toLong(), 5)
                "queue_1000" -> throughChannel(units.toLong(), 1_000)
                "cancel" -> cancelled(units.toLong())
                "suspended_bytes" -> bytesOfSuspended(units.toInt())
                else -> error("there is no work $work")
            }
        }
        println(result)
    }
}

suspend fun inBatches(units: Long, body: suspend CoroutineScope.() -> Int): Long {
    var sum = 0L
    repeat((units / BATCH).toInt()) {
        sum += coroutineScope { List(BATCH) { async(block = body) }.awaitAll().sum() }
    }
    return sum
}

suspend fun throughChannel(items: Long, capacity: Int): Long = coroutineScope {
    val channel = Channel<Int>(capacity)
    val producers = List(2) { launch { repeat((items / 2).toInt()) { channel.send(1) } } }
    val consumers = List(3) {
        async {
            var sum = 0L
            for (item in channel) sum += item
            sum
        }
    }
    producers.joinAll()
    channel.close()
    consumers.awaitAll().sum()
}

suspend fun cancelled(units: Long): Long {
    var ended = 0L
    repeat((units / SPAWNED).toInt()) {
        coroutineScope {
            val many = suspendMany(SPAWNED) { ended++ }
            many.cancelAndJoin()
        }
    }
    return ended
}

/** Gives a job with children that all wait for ever, once they do. */
suspend fun CoroutineScope.suspendMany(count: Int, onCancel: () -> Unit): Job {
    val many = launch {
        repeat(count) {
            launch {
                try {
                    awaitCancellation()
                } catch (e: CancellationException) {
                    onCancel()
                    throw e
                }
            }
        }
    }
    yield() // the parent starts its children
    yield() // they run to where they wait
    return many
}

suspend fun bytesOfSuspended(count: Int): Long = coroutineScope {
    val before = used()
    val many = suspendMany(count) {}
    val bytes = used() - before
    many.cancelAndJoin()
    bytes / count
}

fun used(): Long {
    repeat(3) { System.gc() }
    return Runtime.getRuntime().let { it.totalMemory() - it.freeMemory() }
}
