"""An echo server and its clients in one event loop, over the loopback interface.

SPDX-License-Identifier: MIT
"""
import asyncio
import sys
import time


async def serve(reader, writer):
    while True:
        line = await reader.readline()
        if not line:
            break
        writer.write(line.upper())
        await writer.drain()
    writer.close()


async def talk(port, name, messages):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    received = 0
    for number in range(messages):
        writer.write(b"message %d of client %d\n" % (number, name))
        await writer.drain()
        answer = await asyncio.wait_for(reader.readline(), timeout=60)
        received += len(answer)
    writer.close()
    await writer.wait_closed()
    return received


async def main(clients, messages):
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    received = await asyncio.gather(*[talk(port, name, messages) for name in range(clients)])
    server.close()
    await server.wait_closed()
    return sum(received)


messages = int(sys.argv[1]) if len(sys.argv) > 1 else 150
started = time.perf_counter()
result = asyncio.run(main(8, messages))
print("seconds", time.perf_counter() - started, result)
