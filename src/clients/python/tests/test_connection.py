import asyncio
import unittest
from unittest import mock

from muster_client import MusterError, connect

from .fake_bridge import FakeBridge, wire
from .support import BridgeTest, soon

END = {"event": "end", "state": "done", "ms": 2.0, "output": 1}


class ConnectionTest(BridgeTest):
    async def running(self, **options):
        client = await self.connect(**options)
        running = asyncio.ensure_future(client.run("page"))
        return running, await self.peer.run_asked()

    async def answers_after_reconnect(self):
        peer = await self.bridge.accepted()
        running = asyncio.ensure_future(self.client.run("page"))
        asked = await peer.run_asked()
        peer.event(asked, END)
        self.assertEqual(1, await soon(running))

    async def test_server_that_is_not_there_is_unavailable(self):
        await self.bridge.stop()
        raised = await self.fails(_awaited(connect(self.bridge.url)), "unavailable")
        self.assertIn(self.bridge.url, raised.detail)

    async def test_address_that_is_none_is_refused_at_once(self):
        for url in ("http://localhost:1", "tcp://localhost", "localhost:7000", "tcp://:1"):
            with self.subTest(url), self.assertRaises(ValueError):
                connect(url)

    async def test_calls_in_flight_are_unavailable_when_the_server_closes(self):
        running, _ = await self.running()
        self.peer.drop()
        raised = await self.fails(running, "unavailable")
        self.assertIn("closed the connection", raised.detail)
        await self.answers_after_reconnect()

    async def test_cut_frame_is_unavailable_and_said_so(self):
        running, asked = await self.running()
        self.peer.raw(wire({"type": "message", "address": asked["body"]["events"], "body": END})[:-5])
        self.peer.drop()
        self.assertIn("middle of a frame", (await self.fails(running, "unavailable")).detail)
        await self.answers_after_reconnect()

    async def test_frame_that_comes_in_pieces_is_one_frame(self):
        running, asked = await self.running()
        for byte in wire({"type": "message", "address": asked["body"]["events"], "body": END}):
            self.peer.raw(bytes([byte]))
            await asyncio.sleep(0)
        self.assertEqual(1, await soon(running))

    async def test_frame_that_is_not_json_ends_the_connection(self):
        half = b"\x00\x00\x00\x05\"\xed\xa0\x80\""
        for garbage in (b"\x00\x00\x00\x04oops", b"\x00\x00\x00\x02[]", b"\x00\x00\x00\x01\xff", half, b"\x00\x00\x00\x00"):
            with self.subTest(garbage):
                # So late that the client is closed before it connects again.
                running, _ = await self.running(backoff_s=(60, 60))
                self.peer.raw(garbage)
                self.assertIn("not a JSON object", (await self.fails(running, "unavailable")).detail)
                await soon(self.client.close())

    async def test_frame_over_the_bound_ends_the_connection_and_names_the_bound(self):
        running, _ = await self.running(max_frame_bytes=1000)
        self.peer.raw(b"\x7f\xff\xff\xff")
        self.assertIn("max_frame_bytes", (await self.fails(running, "unavailable")).detail)

    async def test_frames_nobody_asked_for_are_ignored(self):
        running, asked = await self.running()
        for frame in ({"type": "message", "address": "x", "body": 1}, {"type": "err", "message": "?"}, {}, {"type": 7}):
            self.peer.send(frame)
        self.peer.event(asked, END)
        self.assertEqual(1, await soon(running))

    async def test_server_that_stops_answering_pings_is_unavailable(self):
        running, _ = await self.running(ping_s=0.02)
        await self.peer.settled()
        self.bridge.pongs = False
        self.assertIn("has not responded", (await self.fails(running, "unavailable")).detail)

    async def test_server_that_never_answers_pings_is_taken_as_it_is(self):
        self.bridge.pongs = False
        running, asked = await self.running(ping_s=0.005)
        await self.peer.settled()
        self.assertGreater(self.peer.pings, 5)
        self.peer.event(asked, END)
        self.assertEqual(1, await soon(running))

    async def test_call_waits_for_the_connection_to_come_back(self):
        client = await self.connect()
        await self.bridge.stop()
        while client.connected:
            await asyncio.sleep(0.001)
        running = asyncio.ensure_future(client.run("page"))
        await self.bridge.listen()
        peer = await self.bridge.accepted()
        asked = await peer.run_asked()
        peer.event(asked, END)
        self.assertEqual(1, await soon(running))

    async def test_call_is_unavailable_when_the_connection_does_not_come_back(self):
        client = await self.connect(connect_timeout_s=0.1)
        await self.bridge.stop()
        await self.fails(client.run("page"), "unavailable")

    async def test_pauses_double_up_to_the_longest_and_are_jittered(self):
        client = await self.connect(backoff_s=(0.001, 0.008))
        await self.peer.settled()
        pauses = []
        with mock.patch("muster_client._client.random.uniform", lambda low, high: pauses.append((low, high)) or 0.001):
            await self.bridge.stop()
            while len(pauses) < 6:
                await asyncio.sleep(0.005)
        self.assertEqual([0.001, 0.002, 0.004, 0.008, 0.008, 0.008], [high for _, high in pauses[:6]])
        self.assertTrue(all(low == high / 2 for low, high in pauses))
        self.assertFalse(client.connected)

    async def test_server_that_hangs_up_at_once_is_not_hammered(self):
        self.bridge.pongs = False
        await self.connect(backoff_s=(0.001, 0.004))
        pauses = []
        with mock.patch("muster_client._client.random.uniform", lambda low, high: pauses.append(high) or 0.001):
            for _ in range(4):
                self.peer.drop()
                self.peer = await self.bridge.accepted()
        self.assertEqual([0.002, 0.004, 0.004, 0.004], pauses)

    async def test_close_fails_what_is_in_flight_and_later_calls(self):
        running, _ = await self.running()
        await soon(self.client.close())
        self.assertIn("closed", (await self.fails(running, "unavailable")).detail)
        self.assertIn("closed", (await self.fails(self.client.run("page"), "unavailable")).detail)
        await soon(self.client.close())
        await soon(self.client.wait_closed())
        await soon(self.peer.closed.wait())

    async def test_close_while_reconnecting_ends_it_and_those_who_wait(self):
        client = await self.connect(backoff_s=(30, 60), connect_timeout_s=30)
        await self.bridge.stop()
        waiting = asyncio.ensure_future(client.run("page"))
        await asyncio.sleep(0.01)
        await soon(client.close())
        await self.fails(waiting, "unavailable")

    async def test_async_with_closes(self):
        async with connect(self.bridge.url) as client:
            peer = await self.bridge.accepted()
            self.assertTrue(client.connected)
        self.assertFalse(client.connected)
        await soon(peer.closed.wait())

    async def test_close_right_after_connecting_leaves_nothing(self):
        client = await connect(self.bridge.url)
        await client.close()
        self.assertFalse(client.connected)
        peer = await self.bridge.accepted()
        await soon(peer.closed.wait())

    async def test_client_is_connected_once(self):
        connecting = connect(self.bridge.url)
        self.client = await connecting
        self.peer = await self.bridge.accepted()
        with self.assertRaises(RuntimeError):
            await connecting


class MusterErrorTest(unittest.TestCase):
    def test_error_says_its_status(self):
        self.assertEqual(429, MusterError("limit", "full").status)
        self.assertEqual(500, MusterError("function", "broke").status)


async def _awaited(awaitable):
    return await awaitable
