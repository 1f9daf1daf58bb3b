import asyncio
import math

from muster_client import JobFailure, MusterError

from .support import BridgeTest, soon

ADDRESS = "muster.queue.mail."


class WorkTest(BridgeTest):
    async def begin(self, handler, **options):
        await self.connect()
        self.started = asyncio.Queue()
        self.takes, self.unanswered, self.waiting = [], [], {}
        self.work = asyncio.ensure_future(self.client.work("mail", handler, **options))

    async def take(self, max=None):
        asked = await self.peer.next_to(ADDRESS + "take")
        self.waiting[asked["headers"]["muster-call"]] = asked
        if max is not None:
            self.assertEqual(max, asked["body"]["max"])
        return asked

    def give(self, asked, *bodies, lease="30s", first=1):
        jobs = [
            {"id": str(n), "body": body, "attempt": 1, "lease": f"L{n}", "expires": "2000-01-01T00:00:00Z"}
            for n, body in enumerate(bodies, first)
        ]
        self.waiting.pop(asked["headers"]["muster-call"], None)
        self.peer.reply(asked, {"jobs": jobs, "expiresIn": lease})

    async def settled(self):
        frames = await self.peer.settled()
        takes = [frame for frame in frames if frame["address"] == ADDRESS + "take"]
        self.waiting.update({frame["headers"]["muster-call"]: frame for frame in takes})
        return frames

    def withdrawn(self, frame):
        """Whether it withdraws a take, which then has no jobs."""
        if frame["address"] != "muster.queue.cancel":
            return False
        self.peer.reply(self.waiting.pop(frame["headers"]["muster-cancel"]), {"jobs": []})
        return True

    async def said(self, word):
        """What was said, with the takes left out that come in between and are withdrawn."""
        while True:
            frame = await self.peer.next()
            if self.withdrawn(frame):
                continue
            if frame["address"] != ADDRESS + "take":
                self.assertEqual(ADDRESS + word, frame["address"], frame)
                self.unanswered.append(frame)
                return frame, frame["body"]["jobs"]
            self.waiting[frame["headers"]["muster-call"]] = frame
            self.takes.append(frame["body"]["max"])

    def applied(self, asked, state="done"):
        if asked in self.unanswered:
            self.unanswered.remove(asked)
        self.peer.reply(asked, {"jobs": [{"id": one["id"], "state": state} for one in asked["body"]["jobs"]]})

    async def asyncTearDown(self):
        if hasattr(self, "work") and not self.work.done():
            self.work.cancel()
            self.work.cancel()
            answering = asyncio.ensure_future(self.answer())
            await asyncio.wait([self.work], timeout=5)
            answering.cancel()
            await asyncio.wait([answering])
            self.assertTrue(self.work.done(), "it does not end")
        await super().asyncTearDown()

    async def answer(self):
        for frame in list(self.unanswered):
            self.applied(frame)
        while True:
            frame = await self.peer.next()
            if frame["address"] == ADDRESS + "take":
                self.waiting[frame["headers"]["muster-call"]] = frame
            elif not self.withdrawn(frame):
                self.applied(frame)

    async def waits(self, job):
        """A handler that ends when it is cancelled."""
        self.started.put_nowait(job)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.started.put_nowait((job.id, job.cancelled))
            raise

    async def test_result_is_the_output_of_the_ack(self):
        async def handler(job):
            return None if job.body is None else {"n": job.body}

        await self.begin(handler)
        self.give(await self.take(1), 5)
        asked, jobs = await self.said("ack")
        self.assertEqual([{"id": "1", "lease": "L1", "output": {"n": 5}}], jobs)
        self.applied(asked)
        self.give(await self.take(1), None)
        asked, jobs = await self.said("ack")
        self.assertEqual([{"id": "1", "lease": "L1"}], jobs)
        self.applied(asked)

    async def test_no_more_is_taken_than_there_are_free_slots(self):
        gate = asyncio.Event()
        await self.begin(lambda job: gate.wait(), consumers=2, prefetch=1)
        self.give(await self.take(3), 1, 2)
        self.give(await self.take(1), 3, first=3)
        self.assertEqual([], await self.settled())
        gate.set()
        asked, jobs = await self.said("ack")
        self.assertEqual(["1", "2"], [job["id"] for job in jobs])
        self.assertEqual([], await self.settled(), "what was not acknowledged takes up its slot")
        self.applied(asked)
        asked, jobs = await self.said("ack")
        self.assertEqual(["3"], [job["id"] for job in jobs])
        self.assertEqual([2], self.takes or [(await self.take())["body"]["max"]])

    async def test_jobs_that_end_together_are_acknowledged_together(self):
        gate = asyncio.Event()
        await self.begin(lambda job: gate.wait(), consumers=100)
        self.give(await self.take(100), *range(100))
        await self.settled()
        gate.set()
        asked, jobs = await self.said("ack")
        self.assertEqual(100, len(jobs))
        self.applied(asked)

    async def test_large_results_go_alone(self):
        async def handler(job):
            return "x" * 200_000

        await self.begin(handler, consumers=3)
        self.give(await self.take(3), 1, 2, 3)
        for _ in range(3):
            asked, jobs = await self.said("ack")
            self.assertEqual(1, len(jobs))
            self.applied(asked)

    async def test_exceptions_fail_the_try(self):
        async def handler(job):
            raise FAILURES[job.body]

        FAILURES = [
            KeyError("x"),
            JobFailure("later", retry_in_s=2.5),
            JobFailure("never", give_up=True),
            MusterError("timeout", "too slow"),
        ]
        await self.begin(handler, consumers=4)
        self.give(await self.take(4), 0, 1, 2, 3)
        asked, jobs = await self.said("fail")
        self.assertEqual(
            [
                {"error": {"type": "failed", "detail": "KeyError: 'x'"}},
                {"error": {"type": "failed", "detail": "later"}, "retryIn": "2500ms"},
                {"error": {"type": "failed", "detail": "never"}, "giveUp": True},
                {"error": {"type": "timeout", "detail": "too slow"}},
            ],
            [{word: said for word, said in job.items() if word not in ("id", "lease")} for job in jobs],
        )
        self.applied(asked, "scheduled")

    async def test_exception_that_has_no_text_fails_the_try(self):
        class Unspeakable(Exception):
            def __str__(self):
                raise ValueError("no text")

        async def handler(job):
            raise Unspeakable

        await self.begin(handler)
        self.give(await self.take(), 1)
        asked, jobs = await self.said("fail")
        self.assertEqual({"type": "failed", "detail": "Unspeakable"}, jobs[0]["error"])
        self.applied(asked, "scheduled")

    async def test_pause_that_cannot_be_sent_fails_the_try(self):
        async def handler(job):
            raise JobFailure("later", retry_in_s=math.nan)

        await self.begin(handler)
        self.give(await self.take(), 1)
        asked, jobs = await self.said("fail")
        self.assertIn("retry_in_s", jobs[0]["error"]["detail"])
        self.applied(asked, "scheduled")

    async def test_blocking_handler_that_raises_stop_iteration_fails_the_try(self):
        await self.begin(lambda job: next(iter(())))
        self.give(await self.take(), 1)
        asked, jobs = await self.said("fail")
        self.assertIn("StopIteration", jobs[0]["error"]["detail"])
        self.applied(asked, "scheduled")

    async def test_result_that_is_no_json_makes_the_job_dead(self):
        async def handler(job):
            return object()

        await self.begin(handler)
        self.give(await self.take(), 1)
        asked, jobs = await self.said("fail")
        self.assertTrue(jobs[0]["giveUp"])
        self.assertIn("JSON", jobs[0]["error"]["detail"])
        self.applied(asked, "dead")

    async def test_jobs_of_a_message_are_judged_each_by_its_error(self):
        async def handler(job):
            return job.body

        await self.begin(handler, consumers=3)
        self.give(await self.take(3), "a", "b", "c")
        asked, _ = await self.said("ack")
        errors = [None, {"type": "unavailable", "detail": "no"}, {"type": "badInput", "detail": "not for me"}]
        self.peer.reply(
            asked, {"jobs": [{"id": str(n), **({"error": e} if e else {})} for n, e in enumerate(errors, 1)]}
        )
        self.unanswered.remove(asked)
        asked, jobs = await self.said("ack")
        self.assertEqual(["2"], [job["id"] for job in jobs])
        self.applied(asked)
        asked, jobs = await self.said("fail")
        error = {"type": "failed", "detail": "the result cannot be stored: not for me"}
        self.assertEqual([{"id": "3", "lease": "L3", "error": error, "giveUp": True}], jobs)
        self.applied(asked, "dead")

    async def test_result_that_the_server_would_not_take_gives_the_job_up_and_no_other(self):
        deep = 1
        for _ in range(300):
            deep = [deep]
        results = {"large": "x" * 5000, "deep": deep, "nan": math.nan, "small": "y"}

        async def handler(job):
            return results[job.body]

        self.bridge.limits = {"maxBytes": 4000, "maxNesting": 256}
        await self.begin(handler, consumers=4)
        self.give(await self.take(4), *results)
        outcomes = {}
        for _ in range(4):
            frame = await self.next_but_takes()
            word = frame["address"].rsplit(".", 1)[1]
            for job in frame["body"]["jobs"]:
                outcomes[job["id"]] = (word, job.get("giveUp"), (job.get("error") or {}).get("detail", ""))
            self.applied(frame)
            if len(outcomes) == 4:
                break
        self.assertEqual(("ack", None, ""), outcomes["4"])
        for id, why in (("1", "server accepts 4000"), ("2", "nested deeper than 256"), ("3", "as JSON")):
            word, gives_up, detail = outcomes[id]
            self.assertEqual(("fail", True), (word, gives_up))
            self.assertIn(why, detail)

    async def test_lease_is_extended_while_its_outcome_is_said_again(self):
        async def handler(job):
            return None

        await self.begin(handler)
        self.give(await self.take(1), "a", lease="300ms")
        extended = 0
        while extended < 4:
            frame = await self.next_but_takes()
            if frame["address"] == ADDRESS + "ack":
                self.peer.refuse(frame, 503, "no connection to db")
            elif frame["address"] == ADDRESS + "extend":
                extended += 1
                self.applied(frame, "leased")
        asked, jobs = await self.said_beside_extensions("ack")
        self.assertEqual([{"id": "1", "lease": "L1"}], jobs)
        self.applied(asked)

    async def said_beside_extensions(self, word):
        while True:
            frame = await self.next_but_takes()
            if frame["address"] == ADDRESS + word:
                return frame, frame["body"]["jobs"]

    async def next_but_takes(self):
        frame = await self.peer.next()
        while frame["address"] == ADDRESS + "take":
            self.waiting[frame["headers"]["muster-call"]] = frame
            frame = await self.peer.next()
        return frame

    async def test_outcomes_by_hand_are_said_again(self):
        await self.connect()
        mail = self.client.queue("mail")
        for word in ("ack", "fail", "release"):
            taking = asyncio.ensure_future(mail.take())
            self.waiting = {}
            self.give(await self.take(1), "a")
            [job] = await soon(taking)
            saying = asyncio.ensure_future(getattr(mail, word)(job))
            self.peer.refuse(await self.peer.next_to(ADDRESS + word), 503, "no connection to db")
            asked = await self.peer.next_to(ADDRESS + word)
            self.peer.reply(asked, {"id": "1", "state": "done"})
            await soon(saying)

    async def test_outcome_by_hand_is_given_up_when_the_lease_is_over(self):
        await self.connect()
        mail = self.client.queue("mail")
        taking = asyncio.ensure_future(mail.take())
        self.waiting = {}
        self.give(await self.take(1), "a", lease="200ms")
        [job] = await soon(taking)
        saying = asyncio.ensure_future(mail.ack(job))
        while not saying.done():
            asking = asyncio.ensure_future(self.peer.next_to(ADDRESS + "ack"))
            await asyncio.wait([asking, saying], return_when=asyncio.FIRST_COMPLETED)
            if asking.done():
                self.peer.refuse(asking.result(), 503, "no connection to db")
            else:
                asking.cancel()
        with self.assertRaises(MusterError) as raised:
            saying.result()
        self.assertEqual("unavailable", raised.exception.type)

    async def test_plain_function_works_in_a_thread(self):
        await self.begin(lambda job: job.body + 1)
        self.give(await self.take(), 1)
        asked, jobs = await self.said("ack")
        self.assertEqual(2, jobs[0]["output"])
        self.applied(asked)

    async def test_leases_are_extended_by_their_duration_whatever_the_clock_says(self):
        await self.begin(self.waits, consumers=2, prefetch=1)
        self.give(await self.take(), 1, 2, 3, lease="600ms")
        beats = []
        for _ in range(6):
            asked, jobs = await self.said("extend")
            self.assertEqual([("1", "600ms"), ("2", "600ms"), ("3", "600ms")], sorted((j["id"], j["by"]) for j in jobs))
            self.applied(asked, "leased")
            beats.append(asyncio.get_running_loop().time())
        self.assertGreater(beats[-1] - beats[0], 0.6, "longer than one lease, so it was in time")
        self.assertEqual(2, self.started.qsize())

    async def test_lease_shorter_than_the_one_before_is_extended_in_time(self):
        await self.begin(self.waits, consumers=2)
        self.give(await self.take(2), 1, lease="30s")
        self.give(await self.take(1), 2, lease="600ms", first=2)
        asked, jobs = await self.said("extend")
        self.assertEqual(["1", "2"], sorted(job["id"] for job in jobs))
        self.applied(asked, "leased")

    async def test_extension_that_fails_is_repeated_soon_enough_to_keep_the_lease(self):
        await self.begin(self.waits)
        self.give(await self.take(), 1, lease="900ms")
        for _ in range(4):
            asked, jobs = await self.said("extend")
            self.unanswered.remove(asked)
            self.peer.refuse(asked, 503, "no connection to db")
        asked, jobs = await self.said("extend")
        self.applied(asked, "leased")
        self.assertEqual("1", self.started.get_nowait().id)
        self.assertTrue(self.started.empty(), "the handler goes on")

    async def test_lost_lease_cancels_the_handler_and_drops_what_it_says(self):
        async def handler(job):
            try:
                await self.waits(job)
            except asyncio.CancelledError:
                return "too late"

        await self.begin(handler, consumers=2)
        self.give(await self.take(), 1, 2, lease="300ms")
        asked, jobs = await self.said("extend")
        replies = [
            {"id": job["id"], "error": {"type": "conflict", "detail": "gone"}}
            if job["id"] == "2"
            else {"id": "1", "state": "leased"}
            for job in jobs
        ]
        self.peer.reply(asked, {"jobs": replies})
        # A release, refused if the lease is lost; if the job's cancel was asked for, it has its effect.
        asked, jobs = await self.said("release")
        self.assertEqual([{"id": "2", "lease": "L2"}], jobs)
        self.peer.reply(asked, {"jobs": [{"id": "2", "error": {"type": "conflict", "detail": "gone"}}]})
        self.assertEqual(["1", "2"], [self.started.get_nowait().id for _ in range(2)])
        self.assertEqual([("2", True)], [self.started.get_nowait()])

    async def test_lease_that_nobody_extends_runs_out_and_cancels_the_handler(self):
        await self.begin(self.waits)
        self.give(await self.take(), 1, lease="200ms")
        await soon(self.started.get())
        self.assertEqual(("1", True), await soon(self.started.get()))
        frames = await self.settled()
        self.assertEqual({ADDRESS + "extend", ADDRESS + "take"}, {frame["address"] for frame in frames})

    async def test_lost_connection_is_made_anew_and_what_came_of_the_job_is_said(self):
        gate = asyncio.Event()
        await self.begin(lambda job: gate.wait())
        self.give(await self.take(), 1)
        await self.settled()
        self.peer.drop()
        gate.set()
        self.peer = await self.bridge.accepted()
        asked, jobs = await self.said("ack")
        self.assertEqual("L1", jobs[0]["lease"])
        self.peer.drop()
        self.peer = await self.bridge.accepted()
        asked, jobs = await self.said("ack")
        self.applied(asked)
        self.give(await self.take(1), 2)
        await self.said("ack")

    async def test_take_that_is_lost_with_the_connection_is_asked_again(self):
        await self.begin(self.waits)
        await self.take(1)
        self.peer.drop()
        self.peer = await self.bridge.accepted()
        self.peer.refuse(await self.take(1), 503, '{"type":"unavailable","detail":"the node stops"}')
        self.give(await self.take(1), 1)
        await soon(self.started.get())

    async def test_lost_connection_cancels_handlers_when_their_leases_run_out(self):
        await self.begin(self.waits)
        self.give(await self.take(), 1, lease="200ms")
        await soon(self.started.get())
        await self.bridge.stop()
        self.assertEqual(("1", True), await soon(self.started.get()))
        await self.bridge.listen()
        self.peer = await self.bridge.accepted()
        self.give(await self.take(1), 2)
        await soon(self.started.get())

    async def test_cancel_gives_everything_back(self):
        await self.begin(self.waits, consumers=2, prefetch=2)
        self.give(await self.take(4), 1, 2, 3)
        taking = await self.take(1)
        await soon(self.started.get())
        self.work.cancel()
        withdrawn = await self.peer.next_to("muster.queue.cancel")
        self.assertEqual(taking["headers"]["muster-call"], withdrawn["headers"]["muster-cancel"])
        asked, jobs = await self.said("release")
        self.assertEqual(["3"], [job["id"] for job in jobs], "what was taken ahead, at once")
        self.applied(asked, "ready")
        asked, jobs = await self.said("release")
        self.assertEqual(["1", "2"], [job["id"] for job in jobs])
        self.assertFalse(self.work.done(), "it waits until the server knows")
        self.applied(asked, "ready")
        self.assertEqual([], await self.settled())
        self.assertFalse(self.work.done(), "it waits for the answer to its take")
        self.give(taking, 4, first=4)
        asked, jobs = await self.said("release")
        self.assertEqual(["4"], [job["id"] for job in jobs])
        self.assertFalse(self.work.done(), "it waits until the server has them back")
        self.applied(asked, "ready")
        await asyncio.wait([self.work], timeout=5)
        self.assertTrue(self.work.cancelled())

    async def test_cancel_leaves_no_take_at_the_server(self):
        await self.begin(self.waits)
        taking = await self.take(1)
        self.work.cancel()
        self.assertTrue(self.withdrawn(await self.peer.next()))
        await asyncio.wait([self.work], timeout=5)
        self.assertTrue(self.work.cancelled())
        self.assertNotIn(taking["headers"]["muster-call"], self.waiting)

    async def test_cancel_does_not_wait_for_a_take_that_is_lost_with_the_connection(self):
        await self.begin(self.waits)
        await self.take(1)
        self.work.cancel()
        await self.peer.next_to("muster.queue.cancel")
        self.peer.drop()
        await asyncio.wait([self.work], timeout=5)
        self.assertTrue(self.work.cancelled())

    async def test_drain_lets_handlers_end(self):
        gate = asyncio.Event()
        await self.begin(lambda job: gate.wait(), drain_s=math.inf, prefetch=1)
        self.give(await self.take(2), 1, 2)
        await self.settled()
        self.work.cancel()
        asked, jobs = await self.said("release")
        self.assertEqual(["2"], [job["id"] for job in jobs])
        self.applied(asked, "ready")
        gate.set()
        asked, _ = await self.said("ack")
        self.applied(asked)
        await asyncio.wait([self.work], timeout=5)
        self.assertTrue(self.work.cancelled())

    async def test_second_cancel_does_not_wait_for_the_drain(self):
        await self.begin(self.waits, drain_s=math.inf)
        self.give(await self.take(1), 1)
        await soon(self.started.get())
        self.work.cancel()
        self.assertEqual([], await self.settled())
        self.work.cancel()
        asked, _ = await self.said("release")
        self.applied(asked, "ready")

    async def test_stop_of_a_job_ends_the_loop_after_it(self):
        async def handler(job):
            job.stop()
            return job.body

        await self.begin(handler, prefetch=2)
        self.give(await self.take(3), "end", 2, 3)
        said = {}
        for _ in range(2):
            frame = await self.peer.next()
            said[frame["address"].split(".")[-1]] = [job["id"] for job in frame["body"]["jobs"]]
            self.applied(frame)
        self.assertEqual({"ack": ["1"], "release": ["2", "3"]}, said)
        self.assertIsNone(await soon(self.work))

    async def test_close_of_the_client_ends_the_loop_and_gives_back(self):
        await self.begin(self.waits, drain_s=math.inf)
        self.give(await self.take(), 1)
        await soon(self.started.get())
        closing = asyncio.ensure_future(self.client.close())
        asked, _ = await self.said("release")
        self.applied(asked, "ready")
        await soon(closing)
        self.assertIsNone(await soon(self.work))

    async def test_queue_that_is_not_there_is_an_error(self):
        await self.begin(self.waits)
        self.peer.refuse(await self.take(), 404, '{"type":"notFound","detail":"there is no such queue"}')
        await self.fails(self.work, "notFound")

    async def test_queue_that_has_nothing_at_once_is_not_asked_in_a_busy_loop(self):
        await self.begin(self.waits)
        loop = asyncio.get_running_loop()
        began = loop.time()
        for _ in range(4):
            self.peer.reply(await self.take(1), {"jobs": []})
        self.assertGreater(loop.time() - began, 0.03, "pauses that grow lie between")
