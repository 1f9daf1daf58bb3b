import asyncio
import gc
import json

from muster_client._client import written

from .support import BridgeTest, soon

START = {"event": "start", "run": "run-1", "plan": "page"}
STEP = {"event": "step", "path": "product", "state": "done", "ms": 1.5, "value": {"id": 7}}
END = {"event": "end", "state": "done", "ms": 2.0, "output": {"id": 7}}


class RunTest(BridgeTest):
    async def test_run_returns_the_output(self):
        client = await self.connect()
        running = asyncio.ensure_future(client.run("page", {"id": 7}))
        asked = await self.peer.run_asked()
        self.assertEqual("page", asked["body"]["plan"])
        self.assertEqual({"id": 7}, asked["body"]["input"])
        self.peer.reply(asked, {"run": "run-1"})
        for event in (START, STEP, END):
            self.peer.event(asked, event)
        self.assertEqual({"id": 7}, await soon(running))

    async def test_half_characters_and_negative_zeros_stay_as_they_are(self):
        client = await self.connect()
        half = {"k\ud83d": ["\ude00", "a\ud83d", "\0", -0.0]}
        running = asyncio.ensure_future(client.run("page", half))
        asked = await self.peer.run_asked()
        self.assertEqual(repr(half), repr(asked["body"]["input"]))
        self.peer.event(asked, {**END, "output": half})
        self.assertEqual(repr(half), repr(await soon(running)))

    async def test_caller_and_trace_travel_as_headers(self):
        client = await self.connect(key="secret")
        running = asyncio.ensure_future(client.run("page", traceparent="00-a-b-01"))
        registered = await self.peer.next()
        asked = await self.peer.next_to("muster.run")
        self.assertEqual("Bearer secret", registered["headers"]["authorization"])
        self.assertEqual({"authorization": "Bearer secret", "traceparent": "00-a-b-01"}, asked["headers"])
        self.assertNotIn("input", asked["body"])
        self.peer.event(asked, END)
        await soon(running)

    async def test_deadline_is_said_in_the_servers_form(self):
        client = await self.connect()
        running = asyncio.ensure_future(client.run("page", deadline=0.57))
        asked = await self.peer.run_asked()
        self.assertEqual("570ms", asked["body"]["deadline"])
        self.peer.event(asked, END)
        await soon(running)
        told = [("300ms", "300ms"), (2, "2000ms"), (0, "0ms"), (0.0001, "1ms"), (1.1, "1100ms")]
        self.assertEqual([text for _, text in told], [written(deadline) for deadline, _ in told])
        for wrong in (-1, float("nan"), float("inf"), True, [], 1e300):
            with self.assertRaises((ValueError, TypeError)):
                client.stream("page", deadline=wrong)

    async def test_failed_run_raises_its_error(self):
        client = await self.connect()
        running = asyncio.ensure_future(client.run("page"))
        asked = await self.peer.run_asked()
        error = {"type": "timeout", "step": "product", "detail": "no answer in 300 ms"}
        self.peer.event(asked, START)
        self.peer.event(asked, {"event": "end", "state": "failed", "ms": 3, "error": error})
        raised = await self.fails(running, "timeout")
        self.assertEqual("no answer in 300 ms", raised.detail)
        self.assertEqual("product", raised.step)
        self.assertEqual("run-1", raised.run)
        self.assertEqual("timeout: no answer in 300 ms (step product)", str(raised))

    async def test_refused_run_raises_the_error_of_the_reply(self):
        client = await self.connect()
        running = asyncio.ensure_future(client.run("pag"))
        asked = await self.peer.run_asked()
        self.peer.refuse(asked, 404, json.dumps({"type": "notFound", "detail": "no plan pag; there is page"}))
        raised = await self.fails(running, "notFound")
        self.assertEqual("no plan pag; there is page", raised.detail)

    async def test_failures_in_plain_words_get_the_type_of_their_code(self):
        client = await self.connect()
        for code, failure, message, kind in (
            (-1, "NO_HANDLERS", "No handlers for address muster.run", "unavailable"),
            (-1, "TIMEOUT", "Timed out", "timeout"),
            (413, "RECIPIENT_FAILURE", "too large", "limit"),
            (77, "RECIPIENT_FAILURE", "{not json", "internal"),
            (-1, "", "access_denied", "denied"),
        ):
            with self.subTest(kind):
                running = asyncio.ensure_future(client.run("page"))
                asked = await self.peer.run_asked()
                self.peer.refuse(asked, code, message, failure)
                raised = await self.fails(running, kind)
                self.assertEqual(message, raised.detail)
                self.assertEqual("unregister", (await self.peer.next())["type"])

    async def test_input_that_is_no_json_is_bad_input_and_the_connection_stays(self):
        client = await self.connect()
        await self.fails(client.run("page", {"id": float("nan")}), "badInput")
        await self.fails(client.run("page", {"id": object()}), "badInput")
        self.assertTrue(client.connected)

    async def test_cancelled_waiting_cancels_the_run(self):
        client = await self.connect()
        running = asyncio.ensure_future(client.run("page"))
        asked = await self.peer.run_asked()
        self.peer.reply(asked, {"run": "run-1"})
        await self.peer.settled()
        running.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await soon(running)
        self.assertEqual("unregister", (await self.peer.next())["type"])
        self.assertEqual({"run": "run-1"}, (await self.peer.next_to("muster.run.cancel"))["body"])

    async def test_cancelled_before_the_run_has_an_id_cancels_it_once_it_has(self):
        client = await self.connect()
        running = asyncio.ensure_future(client.run("page"))
        asked = await self.peer.run_asked()
        running.cancel()
        await asyncio.wait([running])
        self.assertEqual(["unregister"], [frame["type"] for frame in await self.peer.settled()])
        self.peer.reply(asked, {"run": "run-1"})
        self.assertEqual({"run": "run-1"}, (await self.peer.next_to("muster.run.cancel"))["body"])

    async def test_cancel_waits_for_its_reply(self):
        client = await self.connect()
        cancelling = asyncio.ensure_future(client.cancel("run-1"))
        asked = await self.peer.next_to("muster.run.cancel")
        self.assertEqual({"run": "run-1"}, asked["body"])
        self.assertFalse(cancelling.done())
        self.peer.reply(asked, {"run": "run-1"})
        await soon(cancelling)


class StreamTest(BridgeTest):
    async def test_events_come_in_order_and_end(self):
        client = await self.connect()
        events = client.stream("page", window=3)
        first = asyncio.ensure_future(events.__anext__())
        asked = await self.peer.run_asked()
        self.assertEqual(3, asked["body"]["window"])
        for event in (START, STEP, END):
            self.peer.event(asked, event)
        read = [await soon(first)] + [event async for event in events]
        self.assertEqual([START, STEP, END], read)
        self.assertEqual("run-1", events.run)
        said = await self.peer.settled()
        self.assertEqual(["ack-1", "ack-2", "ack-3"], [f["address"] for f in said if f["type"] == "send"])

    async def test_stream_that_nobody_reads_starts_no_run(self):
        client = await self.connect()
        client.stream("page")
        self.assertEqual([], await self.peer.settled())

    async def test_only_read_events_are_acknowledged(self):
        client = await self.connect()
        async with client.stream("page", window=2) as events:
            asked = await self.peer.run_asked()
            self.peer.event(asked, START)
            self.peer.event(asked, STEP)
            self.assertEqual([], await self.peer.settled())
            await soon(events.__anext__())
            self.assertEqual("ack-1", (await self.peer.next())["address"])
            self.assertEqual([], await self.peer.settled())

    async def test_more_events_than_the_window_are_refused(self):
        client = await self.connect()
        events = client.stream("page", window=1)
        async with events:
            asked = await self.peer.run_asked()
            self.peer.event(asked, START)
            self.peer.event(asked, STEP)
            await self.peer.settled()
            self.assertEqual(START, await soon(events.__anext__()))
            await self.fails(events.__anext__(), "badResponse")

    async def test_lost_event_is_an_error_and_cancels_the_run(self):
        client = await self.connect()
        async with client.stream("page") as events:
            asked = await self.peer.run_asked()
            self.peer.event(asked, START)
            self.peer.event(asked, END, number=3)
            self.assertEqual(START, await soon(events.__anext__()))
            await self.fails(events.__anext__(), "badResponse")
            sent = await self.peer.settled()
            self.assertIn("muster.run.cancel", [frame["address"] for frame in sent])

    async def test_leaving_early_cancels_the_run(self):
        client = await self.connect()
        async with client.stream("page") as events:
            asked = await self.peer.run_asked()
            self.peer.event(asked, START)
            await soon(events.__anext__())
        self.assertEqual("ack-1", (await self.peer.next())["address"])
        self.assertEqual("unregister", (await self.peer.next())["type"])
        await self.peer.next_to("muster.run.cancel")
        await events.aclose()
        self.assertEqual([], await self.peer.settled())
        self.assertEqual([], [event async for event in events])

    async def test_break_and_dropping_the_iterator_cancels_the_run(self):
        client = await self.connect()

        async def first():
            async for event in client.stream("page"):
                return event

        reading = asyncio.ensure_future(first())
        asked = await self.peer.run_asked()
        self.peer.event(asked, START)
        await soon(reading)
        gc.collect()
        self.assertEqual("ack-1", (await self.peer.next())["address"])
        self.assertEqual("unregister", (await self.peer.next())["type"])
        await self.peer.next_to("muster.run.cancel")

    async def test_leaving_after_the_end_cancels_nothing(self):
        client = await self.connect()
        async with client.stream("page") as events:
            asked = await self.peer.run_asked()
            self.peer.event(asked, START)
            self.peer.event(asked, END)
            await self.peer.settled()
            await soon(events.__anext__())
        self.assertNotIn("muster.run.cancel", [frame["address"] for frame in await self.peer.settled()])

    async def test_failed_run_is_an_event_not_an_error(self):
        client = await self.connect()
        events = client.stream("page")
        reading = asyncio.ensure_future(events.__anext__())
        asked = await self.peer.run_asked()
        end = {"event": "end", "state": "failed", "ms": 1, "error": {"type": "failed", "detail": "no"}}
        self.peer.event(asked, end)
        self.assertEqual(end, await soon(reading))
        self.assertEqual([], [event async for event in events])

    async def test_window_of_none_is_refused(self):
        client = await self.connect()
        with self.assertRaises(ValueError):
            client.stream("page", window=0)
