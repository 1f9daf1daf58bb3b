"""What the tests share: a fake bridge, a client of it, and the check that nothing is left."""

from __future__ import annotations

import asyncio
import logging
import unittest
from typing import Any, Awaitable, Optional, TypeVar

from muster_client import Client, MusterError, connect

from .fake_bridge import PATIENCE_S, FakeBridge, Peer

T = TypeVar("T")


async def soon(awaitable: "Awaitable[T]") -> T:
    return await asyncio.wait_for(awaitable, PATIENCE_S)


class BridgeTest(unittest.IsolatedAsyncioTestCase):
    bridge: FakeBridge
    client: Client
    peer: Peer

    async def asyncSetUp(self) -> None:
        logging.getLogger("muster_client").setLevel(logging.CRITICAL)
        # The debug mode's threshold: a loaded machine is no slow callback.
        asyncio.get_running_loop().slow_callback_duration = 30
        self.before = asyncio.all_tasks()
        self.bridge = FakeBridge()
        await self.bridge.listen()

    async def connect(self, key: Optional[str] = None, **options: Any) -> Client:
        options = {"backoff_s": (0.01, 0.05), "ping_s": 60, **options}
        self.client = await soon(connect(self.bridge.url, key, **options))
        self.peer = await self.bridge.accepted()
        return self.client

    async def asyncTearDown(self) -> None:
        if hasattr(self, "client"):
            await soon(self.client.close())
        await soon(self.bridge.stop())
        await asyncio.sleep(0)
        left = asyncio.all_tasks() - self.before - {asyncio.current_task()}
        self.assertEqual(set(), left, "tasks were left")

    async def fails(self, awaitable: "Awaitable[Any]", type: str) -> MusterError:
        with self.assertRaises(MusterError) as raised:
            await soon(awaitable)
        self.assertEqual(type, raised.exception.type, raised.exception)
        return raised.exception
