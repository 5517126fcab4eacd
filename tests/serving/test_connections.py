"""Connections that take too much are closed, over real sockets; all others are left alone.

The statuses are those of RFC 9110 (408, 413) and RFC 6585 (431).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from serving.gate import Gate, Limits
from serving.http import limited

QUICK = Limits(per_address=5, header_bytes=2000, header_s=0.2, body_bytes=50_000, body_s=0.2, body_rate=1e6)
ASK = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class Running:
    """A server that answers every request with the length of its body, and what it has logged."""

    def __init__(self, limits: Limits, total: int | None) -> None:
        self.lines: list[dict[str, Any]] = []
        gate = Gate(limits, lambda event, **fields: self.lines.append(fields), total)
        config = uvicorn.Config(
            self.answer,
            port=0,
            http=limited(gate),
            log_config=None,
            lifespan="off",
            ws="none",
            interface="asgi3",
        )
        self.server = uvicorn.Server(config)

    async def answer(self, scope: Any, receive: Any, send: Any) -> None:
        length, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            length += len(message["body"])
            more = message["more_body"]
        body = str(length).encode()
        head = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": body})

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        port = self.server.servers[0].sockets[0].getsockname()[1]
        return await asyncio.open_connection("127.0.0.1", port)

    async def send(self, *parts: bytes, pause: float = 0.0) -> bytes:
        """Send parts on a new connection, and return what comes until it is closed."""
        reader, writer = await self.connect()
        try:
            for part in parts:
                writer.write(part)
                await asyncio.sleep(pause)
            return await asyncio.wait_for(reader.read(), 10)
        except ConnectionError:
            return b""
        finally:
            writer.close()

    @property
    def reasons(self) -> list[str]:
        return [line["reason"] for line in self.lines]


@asynccontextmanager
async def running(limits: Limits = QUICK, total: int | None = None) -> AsyncIterator[Running]:
    made = Running(limits, total)
    task = asyncio.create_task(made.server.serve())
    while not made.server.started:
        await asyncio.sleep(0.005)
    try:
        yield made
    finally:
        made.server.should_exit = True
        await task


async def ask(connection: tuple[asyncio.StreamReader, asyncio.StreamWriter], request: bytes = ASK) -> bytes:
    reader, writer = connection
    writer.write(request)
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    return head.split(b" ")[1] + b" " + await reader.readexactly(length)


async def test_a_header_that_does_not_end_in_time_is_answered_and_logged() -> None:
    async with running() as server:
        answer = await server.send(b"GET / HTTP/1.1\r\nHost:")
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert server.lines == [{"reason": "header too slow", "address": "127.0.0.1", "unlogged": 0}]


async def test_a_header_that_comes_byte_by_byte_has_no_more_time() -> None:
    async with running() as server:
        slow = [b"GET / HTTP/1.1\r\n", *[b"a: b\r\n"] * 40]
        assert b"408" in await server.send(*slow, pause=0.02) or server.reasons == ["header too slow"]


async def test_a_header_without_end_is_not_kept() -> None:
    async with running() as server:
        for endless in (b"GET / HTTP/1.1\r\na: " + b"b" * 5000, b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 900):
            assert (await server.send(endless)).startswith(b"HTTP/1.1 431 ")
        assert (server.reasons, server.server.server_state.connections) == (["header too large"], set())


async def test_a_connection_that_says_nothing_is_closed_and_no_news() -> None:
    async with running() as server:
        assert (await server.send(), server.lines) == (b"", [])


async def test_half_a_body_is_waited_for_as_long_as_it_comes_fast_enough() -> None:
    async with running() as server:
        head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\n"
        await server.send(head, b"half")
        assert server.reasons == ["body too slow"]
    # 8 parts in 0.4 s are slower than the header may be, and each gives the body 0.1 s more.
    patient = Limits(header_s=0.2, body_s=0.2, body_rate=50)
    async with running(patient) as server:
        connection = await server.connect()
        connection[1].write(head)
        for _ in range(7):
            connection[1].write(b"12345")
            await asyncio.sleep(0.05)
        assert await ask(connection, b"12345") == b"200 40"


async def test_a_body_without_end_is_cut_off_even_when_nobody_reads_it() -> None:
    async with running() as server:
        head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunk = b"2710\r\n" + b"x" * 10_000 + b"\r\n"
        await server.send(head, *[chunk] * 20)
        assert server.reasons == ["body too large"]


async def test_requests_one_after_the_other_each_have_their_own_time() -> None:
    async with running() as server:
        connection = await server.connect()
        post = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
        for _ in range(4):
            assert await ask(connection) == b"200 0"
            await asyncio.sleep(0.1)
            assert await ask(connection, post) == b"200 3"
        connection[1].write(b"\r\n\r\n")
        assert await asyncio.wait_for(connection[0].read(), 10) == b""


async def test_an_address_has_so_many_connections_and_gets_room_when_one_closes() -> None:
    async with running() as server:
        open_ones = [await server.connect() for _ in range(5)]
        assert [await ask(connection) for connection in open_ones] == [b"200 0"] * 5
        assert await server.send(ASK) == b""
        assert server.reasons == ["too many connections from one address"]
        open_ones[0][1].close()
        while len(server.server.server_state.connections) > 4:
            await asyncio.sleep(0.005)
        assert await ask(await server.connect()) == b"200 0"


async def test_all_together_have_no_more_than_there_are_files_for() -> None:
    async with running(total=2) as server:
        open_ones = [await server.connect() for _ in range(2)]
        assert [await ask(connection) for connection in open_ones] == [b"200 0"] * 2
        assert await server.send(ASK) == b""
        assert server.reasons == ["too many connections"]


def test_an_attack_does_not_fill_the_log() -> None:
    lines: list[dict[str, Any]] = []
    gate = Gate(Limits(per_address=0), lambda event, **fields: lines.append(fields))
    assert [gate.admit("a") for _ in range(1000)] == [False] * 1000
    assert len(lines) == 1
