"""Coroutines: by hand, and under asyncio with gather, queues, time-outs, cancellation."""
import asyncio
import os
import types


class Once:
    def __await__(self):
        got = yield "from Once"
        return got


async def simple(x):
    return x + 1


async def nested(x):
    return await simple(x) + await simple(x + 1)


async def awaiting():
    return [await Once(), await Once()]


async def failing():
    await Once()
    raise LookupError("in a coroutine")


@types.coroutine
def old_style(n):
    for i in range(n):
        yield i
    return n


async def uses_old_style():
    return await old_style(3)


async def ticker(n):
    for i in range(n):
        yield i
        await asyncio.sleep(0)


async def closing():
    try:
        yield 1
        yield 2
    finally:
        await asyncio.sleep(0)


async def recursive(n):
    if n == 0:
        return 0
    await asyncio.sleep(0)
    return 1 + await recursive(n - 1)


class Manager:
    async def __aenter__(self):
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *exception):
        await asyncio.sleep(0)
        return exception[0] is KeyError


async def producer(queue, n):
    for i in range(n):
        await queue.put(i)
    await queue.put(None)


async def consumer(queue):
    seen = []
    while True:
        item = await queue.get()
        if item is None:
            return seen
        seen.append(item)


async def patient():
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        len("cancelled")
        raise


def by_hand():
    coroutine = awaiting()
    print(coroutine.send(None), coroutine.send("a"))
    try:
        coroutine.send("b")
    except StopIteration as stop:
        print(stop.value)
    coroutine = failing()
    coroutine.send(None)
    try:
        coroutine.send(None)
    except LookupError as error:
        print(error)
    coroutine = awaiting()
    coroutine.send(None)
    try:
        coroutine.throw(KeyError("thrown"))
    except KeyError as error:
        print(error)
    coroutine = awaiting()
    coroutine.send(None)
    coroutine.close()
    coroutine = uses_old_style()
    print([coroutine.send(None) for _ in range(3)])
    coroutine.close()


async def main():
    print(await nested(1), await asyncio.gather(*(nested(i) for i in range(5))))
    print([i async for i in ticker(4)], [i async for i in ticker(6) if i % 2])
    generator = closing()
    print(await generator.__anext__())
    await generator.aclose()
    print(await recursive(8))
    async with Manager():
        raise KeyError("swallowed")
    queue = asyncio.Queue(2)
    print(await asyncio.gather(producer(queue, 7), consumer(queue)))
    task = asyncio.ensure_future(patient())
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled")
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_result, 7)
    print(await future)


by_hand()
# A loop that is closed by hand: asyncio.run would shut an executor down, which imports more.
loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()

os._exit(0)  # what follows the end of __main__ is not compared
