import asyncio

from muster_client import Job

from .support import BridgeTest, soon

TAKEN = {"id": "7", "body": {"n": 1}, "attempt": 2, "lease": "L7", "expires": "2000-01-01T00:00:00Z"}


class QueueTest(BridgeTest):
    async def asked(self, work, word):
        running = asyncio.ensure_future(work)
        return running, await self.peer.next_to(f"muster.queue.mail.{word}")

    def withdrawn(self, asked, frame):
        self.assertEqual("muster.queue.cancel", frame["address"])
        self.assertEqual(asked["headers"]["muster-call"], frame["headers"]["muster-cancel"])

    async def test_put_sends_the_words_of_the_job(self):
        mail = (await self.connect(key="k")).queue("mail")
        put, asked = await self.asked(mail.put({"to": "Ada"}, key="a", unique="u", delay_s=1.5, wait_s=2), "put")
        self.assertEqual(
            {"body": {"to": "Ada"}, "key": "a", "unique": "u", "delay": "1500ms", "wait": "2000ms"}, asked["body"]
        )
        self.assertEqual("Bearer k", asked["headers"]["authorization"])
        self.peer.reply(asked, {"id": "1", "existing": True})
        self.assertEqual(("1", True, None), tuple(await soon(put)))

    async def test_put_many_says_what_became_of_each(self):
        mail = (await self.connect()).queue("mail")
        put, asked = await self.asked(mail.put_many([{"body": 1}, {"body": 2, "key": "k"}]), "put")
        self.assertEqual({"jobs": [{"body": 1}, {"body": 2, "key": "k"}], "wait": "0ms"}, asked["body"])
        self.peer.reply(asked, {"jobs": [{"id": "1"}, {"error": {"type": "limit", "detail": "full"}}]})
        first, second = await soon(put)
        self.assertEqual(("1", None, "limit"), (first.id, second.id, second.error.type))

    async def test_full_queue_is_an_error(self):
        mail = (await self.connect()).queue("mail")
        put, asked = await self.asked(mail.put(1), "put")
        self.peer.refuse(asked, 429, '{"type":"limit","detail":"full","retryAfter":1}')
        self.assertEqual(1, (await self.fails(put, "limit")).error["retryAfter"])

    async def test_take_gives_jobs_whose_lease_is_a_duration(self):
        mail = (await self.connect()).queue("mail")
        taking, asked = await self.asked(mail.take(5, wait_s=1), "take")
        self.assertEqual({"max": 5, "wait": "1000ms"}, asked["body"])
        self.peer.reply(asked, {"jobs": [{**TAKEN, "key": "k", "priority": 3, "checkpoint": [1]}], "expiresIn": "1m"})
        (job,) = await soon(taking)
        said = (job.id, job.body, job.attempt, job.lease, job.lease_s, job.key, job.priority, job.checkpoint)
        self.assertEqual(("7", {"n": 1}, 2, "L7", 60.0, "k", 3, [1]), said)
        with self.assertRaises(RuntimeError):
            job.stop()

    async def test_cancelled_take_gives_back_what_comes(self):
        mail = (await self.connect()).queue("mail")
        taking, asked = await self.asked(mail.take(wait_s=60), "take")
        taking.cancel()
        await asyncio.wait([taking])
        self.assertTrue(taking.cancelled())
        self.withdrawn(asked, await self.peer.next())
        self.peer.reply(asked, {"jobs": [TAKEN], "expiresIn": "30s"})
        released = await self.peer.next_to("muster.queue.mail.release")
        self.assertEqual({"jobs": [{"id": "7", "lease": "L7"}]}, released["body"])

    async def test_cancelled_put_and_join_are_withdrawn(self):
        mail = (await self.connect(key="k")).queue("mail")
        for work, word in (
            (mail.put(1, wait_s=60), "put"),
            (mail.put_many([{"body": 1}], wait_s=60), "put"),
            (mail.join(), "join"),
        ):
            waiting, asked = await self.asked(work, word)
            waiting.cancel()
            await asyncio.wait([waiting])
            self.assertTrue(waiting.cancelled())
            self.withdrawn(asked, await self.peer.next())
            self.peer.reply(asked, {"id": "1", "joined": False})
        self.assertEqual([], await self.peer.settled())

    async def test_cancel_after_the_answer_is_not_sent(self):
        mail = (await self.connect()).queue("mail")
        taking, asked = await self.asked(mail.take(wait_s=60), "take")
        self.peer.reply(asked, {"jobs": []})
        self.assertEqual([], await soon(taking))
        taking.cancel()
        self.assertEqual([], await self.peer.settled())

    async def test_holder_says_what_it_has_to_say(self):
        mail = (await self.connect()).queue("mail")
        job = Job(TAKEN, 30)
        lease = {"id": "7", "lease": "L7"}
        for said, word, body in (
            (mail.ack(job), "ack", lease),
            (mail.ack(job, [1]), "ack", {**lease, "output": [1]}),
            (mail.fail(job, "no luck", retry_in_s=1), "fail", {**lease, "error": "no luck", "retryIn": "1000ms"}),
            (mail.fail(job, give_up=True), "fail", {**lease, "giveUp": True}),
            (mail.extend(job, 60), "extend", {**lease, "by": "60000ms"}),
            (mail.release(job), "release", lease),
        ):
            saying, asked = await self.asked(said, word)
            self.assertEqual(body, asked["body"])
            self.peer.reply(asked, {"id": "7", "state": "done"})
            await soon(saying)

    async def test_durations_are_rounded_up_to_whole_milliseconds(self):
        mail = (await self.connect()).queue("mail")
        extending, asked = await self.asked(mail.extend(Job(TAKEN, 30), 0.0004), "extend")
        self.assertEqual("1ms", asked["body"]["by"])
        self.peer.reply(asked, {"id": "7", "state": "leased"})
        await soon(extending)

    async def test_join_asks_until_all_is_done(self):
        mail = (await self.connect()).queue("mail")
        joining, asked = await self.asked(mail.join(), "join")
        self.assertEqual({"wait": "300000ms"}, asked["body"])
        self.peer.reply(asked, {"joined": False})
        self.peer.reply(await self.peer.next_to("muster.queue.mail.join"), {"joined": True})
        self.assertIs(True, await soon(joining))
        joining, asked = await self.asked(mail.join(wait_s=1), "join")
        self.peer.reply(asked, {"joined": False})
        self.assertIs(False, await soon(joining))

    async def test_close_says_what_the_queue_is_like(self):
        mail = (await self.connect()).queue("mail")
        closing, asked = await self.asked(mail.close(), "close")
        self.peer.reply(asked, {"name": "mail", "closed": True})
        self.assertIs(True, (await soon(closing))["closed"])
