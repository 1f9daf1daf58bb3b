import asyncio
import functools
import threading

from muster_client import MusterError

from .support import BridgeTest, soon

ADDRESS = "images.shrink"


class WorkerTest(BridgeTest):
    async def joined(self, handler, **options):
        client = await self.connect()
        worker = await soon(client.worker(ADDRESS, handler, **options))
        registered = await self.peer.next()
        self.assertEqual(("register", ADDRESS), (registered["type"], registered["address"]))
        return worker

    async def test_worker_answers_and_knows_who_asks(self):
        seen = []

        async def handler(body, call):
            seen.append((call.run, call.step, call.id))
            return {"width": body["width"] // 2}

        await self.joined(handler)
        self.peer.call(ADDRESS, {"width": 100}, "call-9")
        answer = await self.peer.next_to("answer-call-9")
        self.assertEqual({"width": 50}, answer["body"])
        self.assertNotIn("failureCode", answer)
        self.assertEqual([("run-1", "resized", "call-9")], seen)

    async def test_plain_function_works_in_a_thread(self):
        await self.joined(lambda body, call: threading.current_thread() is threading.main_thread())
        self.peer.call(ADDRESS, None)
        self.assertIs(False, (await self.peer.next_to("answer-call-1"))["body"])

    async def test_partial_and_callable_object_that_are_async_work_on_the_loop(self):
        async def where(_, body, call):
            return threading.current_thread() is threading.main_thread()

        class Where:
            async def __call__(self, body, call):
                return await where(0, body, call)

        client = await self.connect()
        for address, handler in (("a.partial", functools.partial(where, 0)), ("a.object", Where())):
            await soon(client.worker(address, handler))
            await self.peer.next()
            self.peer.call(address, None)
            self.assertIs(True, (await self.peer.next_to("answer-call-1"))["body"])

    async def test_failure_of_the_handler_is_the_calls(self):
        async def handler(body, call):
            raise KeyError(body)

        await self.joined(handler)
        self.peer.call(ADDRESS, "width")
        failed = await self.peer.next_to("answer-call-1")
        self.assertEqual((500, "KeyError: 'width'"), (failed["failureCode"], failed["message"]))

    async def test_muster_error_of_the_handler_keeps_its_type(self):
        async def handler(body, call):
            raise MusterError("badInput", "width is negative")

        await self.joined(handler)
        self.peer.call(ADDRESS, -1)
        failed = await self.peer.next_to("answer-call-1")
        self.assertEqual((400, "width is negative"), (failed["failureCode"], failed["message"]))

    async def test_failure_that_is_no_exception_fails_the_call(self):
        class Fatal(BaseException):
            pass

        async def handler(body, call):
            raise Fatal("no")

        await self.joined(handler)
        self.peer.call(ADDRESS, None)
        failed = await self.peer.next_to("answer-call-1")
        self.assertEqual((500, "Fatal: no"), (failed["failureCode"], failed["message"]))

    async def test_blocking_handler_that_raises_stop_iteration_fails_the_call(self):
        await self.joined(lambda body, call: next(iter(())))
        self.peer.call(ADDRESS, None)
        self.assertIn("StopIteration", (await self.peer.next_to("answer-call-1"))["message"])

    async def test_answer_that_is_no_json_is_a_failure(self):
        async def handler(body, call):
            return {"at": object()}

        await self.joined(handler)
        self.peer.call(ADDRESS, None)
        self.assertIn("JSON", (await self.peer.next_to("answer-call-1"))["message"])
        self.assertTrue(self.client.connected)

    async def test_no_more_than_concurrency_run_at_once(self):
        most, now, gate = 0, 0, asyncio.Event()

        async def handler(body, call):
            nonlocal most, now
            now += 1
            most = max(most, now)
            await gate.wait()
            now -= 1

        worker = await self.joined(handler, concurrency=3)
        for number in range(10):
            self.peer.call(ADDRESS, None, str(number))
        await self.peer.settled()
        self.assertEqual((3, 7), (worker.running, worker.waiting))
        gate.set()
        self.assertEqual([f"answer-{n}" for n in range(10)], [(await self.peer.next())["address"] for _ in range(10)])
        self.assertEqual(3, most)

    async def test_calls_over_the_bound_of_waiting_are_refused(self):
        async def handler(body, call):
            await asyncio.Event().wait()

        await self.joined(handler, concurrency=1, waiting=1)
        for id in ("1", "2", "3"):
            self.peer.call(ADDRESS, None, id)
        refused = await self.peer.next_to("answer-3")
        self.assertEqual(429, refused["failureCode"])
        self.assertIn("waiting", refused["message"])

    async def test_cancel_of_the_caller_cancels_the_handler_alone(self):
        ended = []

        async def handler(body, call):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                ended.append((call.id, call.cancelled))
                raise

        worker = await self.joined(handler)
        self.peer.call(ADDRESS, None, "1")
        self.peer.call(ADDRESS, None, "2")
        await self.peer.settled()
        self.peer.cancel_call(ADDRESS, "2")
        self.assertEqual([], await self.peer.settled())
        self.assertEqual([("2", True)], ended)
        self.assertEqual(1, worker.running)

    async def test_cancelled_call_that_waits_never_starts(self):
        started, gate = [], asyncio.Event()

        async def handler(body, call):
            started.append(call.id)
            await gate.wait()

        await self.joined(handler, concurrency=1)
        for id in ("1", "2", "3"):
            self.peer.call(ADDRESS, None, id)
        self.peer.cancel_call(ADDRESS, "2")
        self.peer.cancel_call(ADDRESS, "nobody's")
        await self.peer.settled()
        gate.set()
        await self.peer.next_to("answer-1")
        await self.peer.next_to("answer-3")
        self.assertEqual(["1", "3"], started)

    async def test_blocking_handler_can_see_the_cancel(self):
        started, seen = threading.Event(), threading.Event()

        def handler(body, call):
            started.set()
            while not call.cancelled:
                seen.wait(0.002)
            seen.set()

        await self.joined(handler)
        self.peer.call(ADDRESS, None)
        self.assertTrue(await asyncio.to_thread(started.wait, 5))
        self.peer.cancel_call(ADDRESS)
        self.assertEqual([], await self.peer.settled())
        self.assertTrue(seen.wait(5))

    async def test_handler_that_cancels_itself_is_a_failure(self):
        async def handler(body, call):
            raise asyncio.CancelledError

        await self.joined(handler)
        self.peer.call(ADDRESS, None)
        self.assertEqual(499, (await self.peer.next_to("answer-call-1"))["failureCode"])

    async def test_lost_connection_cancels_handlers_and_the_worker_joins_again(self):
        cancelled = asyncio.Event()

        async def handler(body, call):
            if body == "wait":
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    cancelled.set()
                    raise
            return body

        await self.joined(handler)
        self.peer.call(ADDRESS, "wait")
        await self.peer.settled()
        self.peer.drop()
        await soon(cancelled.wait())
        peer = await self.bridge.accepted()
        registered = await peer.next()
        self.assertEqual(("register", ADDRESS), (registered["type"], registered["address"]))
        peer.call(ADDRESS, "again")
        self.assertEqual("again", (await peer.next_to("answer-call-1"))["body"])

    async def test_refused_registration_is_denied(self):
        self.bridge.refuse_registrations = True
        client = await self.connect()
        await self.fails(client.worker("muster.run", lambda body, call: None), "denied")
        self.assertTrue(client.connected)

    async def test_stopped_worker_leaves_and_fails_its_calls(self):
        async def handler(body, call):
            await asyncio.Event().wait()

        worker = await self.joined(handler, concurrency=1)
        self.peer.call(ADDRESS, None, "1")
        self.peer.call(ADDRESS, None, "2")
        await self.peer.settled()
        await soon(worker.stop())
        frames = await self.peer.settled()
        self.assertEqual("unregister", frames[0]["type"])
        self.assertEqual({"answer-1": 503, "answer-2": 503}, {f["address"]: f["failureCode"] for f in frames[1:]})
        self.assertEqual((0, 0), (worker.running, worker.waiting))
        await soon(worker.stop())
        await soon(self.client.worker(ADDRESS, handler))

    async def test_second_worker_at_an_address_is_refused(self):
        await self.joined(lambda body, call: None)
        with self.assertRaises(ValueError):
            await self.client.worker(ADDRESS, lambda body, call: None)

    async def test_close_waits_for_the_clean_up_of_handlers(self):
        cleaned = []

        async def handler(body, call):
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0.01)
                cleaned.append(call.id)

        await self.joined(handler)
        self.peer.call(ADDRESS, None)
        await self.peer.settled()
        await soon(self.client.close())
        self.assertEqual(["call-1"], cleaned)
