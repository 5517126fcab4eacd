"""Two tabs with the same scope open agree, however the news arrives."""

from __future__ import annotations

from tests.support.store_stories import SCOPE, annotation, change, play
from webapp.py.domain.ops import create, make_op
from webapp.py.domain.wire import SyncReply
from webapp.py.store.local import News, RecordKey
from webapp.py.store.memory import Disk, MemoryLocalStore
from webapp.py.store.store import Store


class Tabs:
    """Two tabs on one machine; what one tells the other is kept until it is delivered."""

    def __init__(self) -> None:
        self.disk = Disk()
        self.news: list[News] = []

    async def open(self) -> Store:
        local = MemoryLocalStore(self.disk)
        local.on_change = self.news.append
        return await Store.open(local, SCOPE)


def test_what_one_tab_does_shows_in_the_other() -> None:
    async def story() -> None:
        tabs = Tabs()
        one, other = await tabs.open(), await tabs.open()
        one.edit([create("annotation", annotation("a"))])
        await one.flushed()
        seen: list[frozenset[RecordKey]] = []
        other.subscribe(seen.append)
        await other.refresh(tabs.news.pop())
        assert other.get("annotation", "a") == annotation("a")
        assert other.status.unsynced == 1
        assert seen == [frozenset({("annotation", "a")})]
        unsynced = [one.op.op_id for one in (await other.local.load(SCOPE)).outbox]
        await one.apply_reply(
            "", SyncReply(cursor="c1", done=unsynced, changes=[change(annotation("a", order=9))])
        )
        await other.refresh(tabs.news.pop())
        assert other.status.unsynced == 0
        assert other.get("annotation", "a") == annotation("a", order=9)

    play(story)


def test_two_tabs_that_edit_the_same_record_agree_however_the_news_arrives() -> None:
    async def story() -> None:
        tabs = Tabs()
        one, other = await tabs.open(), await tabs.open()
        one.edit([create("annotation", annotation("a"))])
        await one.flushed()
        await other.refresh()
        tabs.news.clear()
        other.edit([make_op("annotation", "a", {"class_id": "other"})])
        await other.flushed()
        one.edit([make_op("annotation", "a", {"class_id": "one"})])
        await one.flushed()
        for news in reversed(tabs.news):
            await one.refresh(news)
            await other.refresh(news)
        assert one.get("annotation", "a") == other.get("annotation", "a") == annotation("a", class_id="one")
        assert one.status == other.status
        assert one.status.unsynced == 3

    play(story)


def test_a_tab_that_heard_no_news_catches_up_when_asked() -> None:
    async def story() -> None:
        tabs = Tabs()
        one, other = await tabs.open(), await tabs.open()
        one.edit([create("annotation", annotation("a")), create("annotation", annotation("b"))])
        await one.flushed()
        await one.apply_reply("", SyncReply(cursor="c1", changes=[change(annotation("c"))], reset=True))
        other.edit([create("annotation", annotation("d"))])
        await other.flushed()
        await other.refresh()
        await one.refresh()
        assert sorted(one.records("annotation")) == sorted(other.records("annotation")) == list("abcd")

    play(story)
