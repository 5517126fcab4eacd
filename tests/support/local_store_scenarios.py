"""What every local store must do, as scenarios that run in plain Python and inside a browser alike.

A scenario is given ``door``, which opens one more tab's door to the same disk, empty at first.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import msgspec

from webapp.py.domain.model import Asset
from webapp.py.domain.ops import Op
from webapp.py.domain.wire import AssetPage, Change, Refusal, SyncReply
from webapp.py.store.local import MOST_OVERWRITTEN, LocalStore, News

Door = Callable[[], Awaitable[LocalStore]]
Scenario = Callable[[Door], Coroutine[Any, Any, None]]
SCENARIOS: list[Scenario] = []
S, T = "project/p", "project/q"


def scenario(function: Scenario) -> Scenario:
    SCENARIOS.append(function)
    return function


def op(number: int, record: str = "a", table: str = "annotation", **fields: Any) -> Op:
    return Op(op_id=f"op-{number}", table=table, id=record, fields={"asset": 7, **fields})


def change(record: str = "a", table: str = "annotation", **fields: Any) -> Change:
    return Change(table=table, id=record, fields={"id": record, "asset": 7, **fields})


def reply(cursor: str, *changes: Change, **rest: Any) -> SyncReply:
    return SyncReply(cursor=cursor, changes=list(changes), **rest)


async def base(store: LocalStore, scope: str = S) -> dict[str, dict[str, Any]]:
    rows = (await store.load(scope)).rows
    return {row.id: msgspec.json.decode(row.fields) for row in rows}


async def outbox(store: LocalStore, scope: str = S) -> list[str]:
    return [one.op.op_id for one in (await store.load(scope)).outbox]


@scenario
async def a_new_machine_holds_nothing(door: Door) -> None:
    store = await door()
    stored = await store.load(S)
    assert (stored.revision, stored.cursor, stored.rows, stored.outbox) == (0, "", [], [])
    assert await store.unsynced_scopes() == []
    assert await store.get_meta("client") is None
    assert await store.get_assets("d", 0) is None


@scenario
async def ops_wait_in_the_order_of_the_edits_also_after_the_page_is_opened_again(door: Door) -> None:
    first = await door()
    written = await first.enqueue(S, [op(1, x=1), op(2, record="b")])
    assert [one.op.op_id for one in written.unsynced] == ["op-1", "op-2"]
    assert sorted(written.keys) == [("annotation", "a"), ("annotation", "b")]
    await first.enqueue(S, [op(3, x=2)])
    again = await door()
    stored = await again.load(S)
    assert [one.op.op_id for one in stored.outbox] == ["op-1", "op-2", "op-3"]
    assert [one.position for one in stored.outbox] == sorted(one.position for one in stored.outbox)
    assert stored.outbox[0].op == op(1, x=1)
    assert await again.unsynced_scopes() == [S]


@scenario
async def an_op_that_is_written_twice_waits_once(door: Door) -> None:
    one, other = await door(), await door()
    await one.enqueue(S, [op(1), op(2)])
    written = await other.enqueue(S, [op(2), op(3), op(3)])
    assert [one.op.op_id for one in written.unsynced] == ["op-3"]
    assert await outbox(one) == ["op-1", "op-2", "op-3"]


@scenario
async def two_tabs_share_one_outbox_and_scopes_stay_apart(door: Door) -> None:
    one, other = await door(), await door()
    await one.enqueue(S, [op(1)])
    await other.enqueue(S, [op(2)])
    await other.enqueue(T, [op(3)])
    assert await outbox(one) == ["op-1", "op-2"]
    assert await outbox(one, T) == ["op-3"]
    assert sorted(await one.unsynced_scopes()) == [S, T]


@scenario
async def every_write_is_told_to_the_other_tabs_with_its_number(door: Door) -> None:
    store = await door()
    heard: list[News] = []
    store.on_change = heard.append
    await store.enqueue(S, [op(1)])
    await store.apply_reply(S, "", reply("c1", change(x=1), done=["op-1"]))
    await store.apply_reply(S, "c1", reply("c2", change(x=2), reset=True))
    assert [(news.scope, news.revision) for news in heard] == [(S, 1), (S, 2), (S, 3)]
    assert heard[0].keys == [("annotation", "a")]
    assert heard[1].keys == [("annotation", "a")]
    assert heard[2].keys is None
    assert await store.revision(S) == 3


@scenario
async def outgoing_ops_are_cut_by_number_and_by_bytes(door: Door) -> None:
    store = await door()
    await store.enqueue(S, [op(number, text="x" * 1000) for number in range(5)])
    out = await store.outgoing(S, 3, 1_000_000)
    assert ([one.op_id for one in out.ops], out.left, out.cursor) == (["op-0", "op-1", "op-2"], 2, "")
    out = await store.outgoing(S, 500, 2500)
    assert ([one.op_id for one in out.ops], out.left) == (["op-0", "op-1"], 3)
    out = await store.outgoing(S, 500, 10)
    assert ([one.op_id for one in out.ops], out.left) == (["op-0"], 4)


@scenario
async def a_reply_clears_the_outbox_and_updates_the_base_at_once(door: Door) -> None:
    store = await door()
    await store.enqueue(S, [op(1, x=1), op(2, record="b", x=1), op(3, x=5)])
    answer = reply("c1", change(x=1), change("c", x=9), done=["op-1", "unknown"])
    applied = await store.apply_reply(S, "", answer)
    assert applied.gone == ["op-1"] and not applied.stale
    stored = await store.load(S)
    assert stored.cursor == "c1"
    assert [one.op.op_id for one in stored.outbox] == ["op-2", "op-3"]
    assert await base(store) == {
        "a": {"id": "a", "asset": 7, "x": 1},
        "c": {"id": "c", "asset": 7, "x": 9},
    }
    assert {row.id: row.asset for row in stored.rows} == {"a": 7, "c": 7}


@scenario
async def a_refused_op_moves_to_the_list_with_its_reason(door: Door) -> None:
    store = await door()
    await store.enqueue(S, [op(1, x=1), op(2, x=2)])
    answer = reply("c1", done=["op-2"], refused=[Refusal(op_id="op-1", reason="Not yours.")])
    await store.apply_reply(S, "", answer)
    stored = await (await door()).load(S)
    assert stored.outbox == []
    assert [(entry.op, entry.reason) for entry in stored.refused] == [(op(1, x=1), "Not yours.")]
    assert stored.refused[0].at > 1_600_000_000_000
    await store.dismiss(S, ["op-1", "unknown"])
    assert (await store.load(S)).refused == []


@scenario
async def a_refused_op_that_is_sent_again_leaves_the_list_in_the_same_write(door: Door) -> None:
    store = await door()
    await store.enqueue(S, [op(1)])
    await store.apply_reply(S, "", reply("c1", refused=[Refusal(op_id="op-1", reason="No.")]))
    await store.enqueue(S, [op(2)], ["op-1"])
    stored = await store.load(S)
    assert (stored.refused, [one.op.op_id for one in stored.outbox]) == ([], ["op-2"])


@scenario
async def a_reply_to_an_older_cursor_changes_nothing(door: Door) -> None:
    one, other = await door(), await door()
    await one.enqueue(S, [op(1, x=1)])
    await other.apply_reply(S, "", reply("c2", change(x=2), done=["op-1"]))
    await one.enqueue(S, [op(2, x=3)])
    late = await one.apply_reply(S, "", reply("c1", change(x=1), done=["op-1", "op-2"], reset=True))
    assert late.stale and late.revision == 3
    stored = await one.load(S)
    assert (stored.cursor, stored.revision) == ("c2", 3)
    assert (await base(one))["a"]["x"] == 2
    assert await outbox(one) == ["op-2"]


@scenario
async def with_more_to_come_done_ops_stay_until_the_last_part(door: Door) -> None:
    store = await door()
    await store.enqueue(S, [op(1, record="z", x=1), op(2)])
    no = [Refusal(op_id="op-2", reason="No.")]
    await store.apply_reply(S, "", reply("c1", change(x=1), done=["op-1"], refused=no, more=True))
    assert await outbox(store) == ["op-1"]
    await store.apply_reply(S, "c1", reply("c2", change("z", x=1), done=["op-1"]))
    assert await outbox(store) == []
    assert sorted(await base(store)) == ["a", "z"]


@scenario
async def a_reset_drops_the_base_of_its_scope_and_keeps_the_outbox(door: Door) -> None:
    store = await door()
    await store.apply_reply(S, "", reply("c1", change("a"), change("b")))
    await store.apply_reply(T, "", reply("d1", change("a"), change("b")))
    await store.enqueue(S, [op(1, record="b", x=1)])
    applied = await store.apply_reply(S, "c1", reply("e1", change("c"), reset=True, more=True))
    assert applied.reset
    await store.apply_reply(S, "e1", reply("e2", change("d")))
    assert sorted(await base(store)) == ["c", "d"]
    assert sorted(await base(store, T)) == ["a", "b"]
    assert await outbox(store) == ["op-1"]


@scenario
async def what_a_restored_server_has_lost_is_put_aside_and_can_be_sent_again(door: Door) -> None:
    store = await door()
    work = op(1, record="w", table="assignment", status="started", project="p", person="me")
    await store.enqueue(S, [work, op(2, assignment="w", x=1, y=1), op(3, record="b", assignment="w", x=1)])
    others = change("c", x=5)
    known = [
        change("w", table="assignment", **work.fields),
        change(assignment="w", x=1, y=1),
        change("b", assignment="w", x=1),
    ]
    await store.apply_reply(S, "", reply("c1", *known, others, done=["op-1", "op-2", "op-3"]))
    await store.enqueue(
        S, [op(4, record="w", table="assignment", status="submitted"), op(5, x=2), op(6, y=2)]
    )
    known[0].fields["status"] = "submitted"
    known[1].fields.update(x=2, y=2)
    await store.apply_reply(S, "c1", reply("c2", *known, done=["op-4", "op-5", "op-6"]))
    await store.enqueue(S, [op(7, y=3)])

    # The backup is of the time of c1, without the record b and what came later.
    left = [
        change("w", table="assignment", **work.fields),
        change(assignment="w", x=1, y=3),
        others,
    ]
    answer = reply("r1", *left, done=["op-7"], reset=True, rewound=True)
    applied = await store.apply_reply(S, "c2", answer)
    stored = await (await door()).load(S)

    lost = [
        ("assignment", "w", {"status": "submitted"}),
        ("annotation", "a", {"x": 2}),
        ("annotation", "b", {"id": "b", "asset": 7, "assignment": "w", "x": 1}),
    ]
    assert [(one.op.table, one.op.id, one.op.fields) for one in stored.refused] == lost
    assert applied.refused == stored.refused
    assert len({one.op.op_id for one in stored.refused} - {f"op-{number}" for number in range(8)}) == 3
    assert all("backup" in one.reason for one in stored.refused)
    assert (stored.overwritten, stored.outbox) == ([], [])
    assert {row.id for row in stored.rows} == {"w", "a", "c"}


@scenario
async def with_lost_work_goes_the_assignment_that_it_needs(door: Door) -> None:
    """Builds before this one did not note that an assignment was made here."""
    store = await door()
    await store.enqueue(S, [op(1, assignment="w", x=1)])
    work = change("w", table="assignment", person="me")
    await store.apply_reply(S, "", reply("c1", work, change(assignment="w", x=1), done=["op-1"]))
    await store.apply_reply(S, "c1", reply("r1", reset=True, rewound=True))
    refused = (await store.load(S)).refused
    assert [(one.op.table, one.op.fields) for one in refused] == [
        ("assignment", work.fields),
        ("annotation", {"id": "a", "asset": 7, "assignment": "w", "x": 1}),
    ]


@scenario
async def a_changed_role_loses_nothing_and_puts_nothing_aside(door: Door) -> None:
    store = await door()
    await store.enqueue(S, [op(1, x=1)])
    await store.apply_reply(S, "", reply("c1", change(x=1), done=["op-1"]))
    await store.apply_reply(S, "c1", reply("c2", reset=True))
    stored = await store.load(S)
    assert (stored.rows, stored.refused) == ([], [])


@scenario
async def single_records_can_be_loaded_with_their_ops(door: Door) -> None:
    store = await door()
    await store.apply_reply(S, "", reply("c1", change("a"), change("b"), change("c")))
    await store.enqueue(S, [op(1, record="a"), op(2, record="b"), op(3, record="new"), op(4, record="a")])
    stored = await store.load(S, [("annotation", "a"), ("annotation", "new"), ("review", "b")])
    assert [row.id for row in stored.rows] == ["a"]
    assert [one.op.op_id for one in stored.outbox] == ["op-1", "op-3", "op-4"]
    assert stored.revision == 2


@scenario
async def a_value_that_somebody_else_replaces_is_kept_as_a_notice(door: Door) -> None:
    store = await door()
    await store.enqueue(S, [op(1, shape=[1], note="mine")])
    await store.apply_reply(S, "", reply("c1", change(shape=[1], note="mine"), done=["op-1"]))
    assert (await store.load(S)).overwritten == []
    await store.apply_reply(S, "c1", reply("c2", change(shape=[2], note="mine")))
    [notice] = (await (await door()).load(S)).overwritten
    assert (notice.record, notice.field, notice.mine, notice.theirs) == ("a", "shape", [1], [2])
    await store.apply_reply(S, "c2", reply("c3", change(shape=[3], note="mine")))
    assert len((await store.load(S)).overwritten) == 1
    await store.dismiss(S, [notice.id])
    assert (await store.load(S)).overwritten == []


@scenario
async def ones_own_next_value_and_the_course_of_work_make_no_notice(door: Door) -> None:
    store = await door()
    await store.enqueue(S, [op(1, shape=[1], status="submitted")])
    await store.apply_reply(S, "", reply("c1", change(shape=[1], status="submitted"), done=["op-1"]))
    await store.enqueue(S, [op(2, shape=[2])])
    await store.apply_reply(S, "c1", reply("c2", change(shape=[2], status="accepted"), done=["op-2"]))
    await store.apply_reply(S, "c2", reply("c3", change(shape=[2], status="queued")))
    assert (await store.load(S)).overwritten == []


@scenario
async def a_value_replaced_before_its_lost_reply_was_repeated_is_noticed(door: Door) -> None:
    store = await door()
    await store.enqueue(S, [op(1, shape=[1])])
    await store.apply_reply(S, "", reply("c2", change(shape=[2]), done=["op-1"]))
    [notice] = (await store.load(S)).overwritten
    assert (notice.mine, notice.theirs) == ([1], [2])


@scenario
async def only_the_newest_notices_are_kept(door: Door) -> None:
    store = await door()
    names = [f"r{number:04}" for number in range(MOST_OVERWRITTEN + 5)]
    await store.enqueue(S, [op(number, record=name, x=1) for number, name in enumerate(names)])
    done = [f"op-{number}" for number in range(len(names))]
    await store.apply_reply(S, "", reply("c1", *(change(name, x=1) for name in names), done=done))
    await store.apply_reply(S, "c1", reply("c2", *(change(name, x=2) for name in names)))
    kept = [notice.record for notice in (await store.load(S)).overwritten]
    assert kept == names[5:]


@scenario
async def without_a_server_edits_go_straight_into_the_base(door: Door) -> None:
    store = await door()
    await store.apply_locally(S, [op(1, x=1, y=1), op(2, x=2), op(3, record="b")])
    applied = await store.apply_locally(S, [op(4, z=3)])
    assert [row.id for row in applied.rows] == ["a"]
    again = await door()
    assert (await base(again))["a"] == {"id": "a", "asset": 7, "x": 2, "y": 1, "z": 3}
    assert sorted(await base(again)) == ["a", "b"]
    assert await outbox(again) == []


@scenario
async def small_values_and_asset_pages_survive(door: Door) -> None:
    store = await door()
    await store.set_meta("client", {"id": "c1", "n": [1, None]})
    await store.set_meta("client", {"id": "c2"})
    assets = [Asset(ordinal=1000, name="ä/b.png", url="http://h/ä b.png", frame=3)]
    await store.put_assets(AssetPage(dataset="d", start=1000, total=5, assets=[]))
    page = AssetPage(dataset="d", start=1000, total=1001, assets=assets)
    await store.put_assets(page)
    again = await door()
    assert await again.get_meta("client") == {"id": "c2"}
    assert await again.get_assets("d", 1000) == page
    assert await again.get_assets("d", 0) is None


@scenario
async def values_come_back_exactly(door: Door) -> None:
    store = await door()
    value = {
        "text": 'ü "\\\u2028 \U0001f600 \x1f',
        "big": 2**53,
        "float": 0.1,
        "none": None,
        "deep": [[[{}]]],
    }
    await store.enqueue(S, [op(1, value=value)])
    await store.apply_reply(S, "", reply("c1", change(value=value), done=[]))
    again = await door()
    assert (await again.load(S)).outbox[0].op.fields["value"] == value
    assert (await base(again))["a"]["value"] == value


@scenario
async def a_reply_of_very_many_records_arrives_whole_and_is_news_as_a_whole(door: Door) -> None:
    store = await door()
    heard: list[News] = []
    store.on_change = heard.append
    names = [f"r{number:04}" for number in range(700)]
    await store.enqueue(S, [op(number, record=name, x=1) for number, name in enumerate(names)])
    done = [f"op-{number}" for number in range(700)]
    applied = await store.apply_reply(S, "", reply("c1", *(change(name, x=2) for name in names), done=done))
    assert [row.id for row in applied.rows] == names and applied.gone == done
    assert heard[-1].keys is None
    stored = await (await door()).load(S)
    assert sorted(row.id for row in stored.rows) == names and stored.outbox == []
    some = await store.load(S, [("annotation", name) for name in names[::2]])
    assert [row.id for row in some.rows] == names[::2]


@scenario
async def every_scope_and_every_page_of_assets_can_be_listed(door: Door) -> None:
    store = await door()
    assert await store.scopes() == [] and await store.all_assets() == []
    await store.enqueue(S, [op(1)])
    await store.apply_locally(T, [op(2)])
    pages = [AssetPage(dataset="d", start=at, total=2, assets=[]) for at in (0, 1)]
    for page in pages:
        await store.put_assets(page)
    again = await door()
    assert sorted(await again.scopes()) == [S, T]
    assert await again.all_assets() == pages


@scenario
async def writes_can_be_counted_from_a_higher_number(door: Door) -> None:
    store = await door()
    await store.enqueue(S, [op(1)])
    await store.apply_reply(S, "", reply("c1"))
    for least in (1_700_000_000_000, 5):
        await store.count_from(least)
        assert await store.revision(S) == 1_700_000_000_000 and await store.revision(T) == 0
    assert (await store.enqueue(S, [op(2)])).revision == 1_700_000_000_001
    stored = await (await door()).load(S)
    assert (stored.revision, stored.cursor, len(stored.outbox)) == (1_700_000_000_001, "c1", 2)
