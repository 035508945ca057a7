"""Which cases are alike: keyed marks that nobody can read back, pairs, and the clusters that they make."""

import hashlib
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date

from sqlalchemy import Connection, Engine, delete, func, insert, select, text, update

from aimas.appeals.states import CaseState
from aimas.appeals.store import Pair, Settlement
from aimas.storage import appeal_tables as tables
from aimas.storage.case_states import born_at, state_of_row
from aimas.storage.database import reading

PAGE = 500
_MARK = 7
"""Bytes of a digest, behind the letter of its kind."""
_HAVING = text(
    "SELECT t.born FROM case_tokens t JOIN case_states s ON s.born = t.born "
    "WHERE t.token = :token AND t.born < :before AND s.received_on >= :since ORDER BY t.born DESC LIMIT :most"
)


class SqlLikeness:
    """A LikenessStore."""

    _engine: Engine
    _secret: bytes

    def keyed(self, marks: Collection[str]) -> frozenset[str]:
        return frozenset(
            m[0] + hashlib.blake2b(m.encode(), digest_size=_MARK, key=self._secret).hexdigest() for m in marks
        )

    def put_marks(self, settlement: Settlement, case: str, marks: Collection[str]) -> int:
        connection = settlement.connection
        born = born_at(connection, case)
        tokens = sorted(token(m) for m in marks)
        rows = [{"token": token, "born": born} for token in tokens]
        if rows:
            connection.execute(insert(tables.case_tokens), rows)
        connection.execute(insert(tables.case_marks).values(born=born, case_id=case, tokens=b"".join(tokens)))
        return born

    def having(self, settlement: Settlement, mark: str, before: int, since: date, limit: int) -> list[int]:
        found = settlement.connection.execute(
            _HAVING,
            {"token": token(mark), "before": before, "since": since.toordinal(), "most": limit},
        )
        return list(found.scalars())

    def marks(self, settlement: Settlement, born: Sequence[int]) -> dict[int, tuple[str, frozenset[str]]]:
        table = tables.case_marks
        rows = settlement.connection.execute(select(table).where(table.c.born.in_(list(born))))
        return {r.born: (r.case_id, _marks(r.tokens)) for r in rows}

    def put_pair(self, settlement: Settlement, pair: Pair) -> None:
        table, connection = tables.case_pairs, settlement.connection
        newer, older = sorted(
            (born_at(connection, pair.newer), born_at(connection, pair.older)), reverse=True
        )
        connection.execute(delete(table).where(table.c.newer == newer, table.c.older == older))
        connection.execute(
            insert(table).values(
                newer=newer, older=older, score=pair.score, why=",".join(pair.why), ruled=pair.ruled
            )
        )

    def pairs(self, cases: Sequence[str], settlement: Settlement | None = None) -> list[Pair]:
        table = tables.case_pairs
        newer, older = tables.case_states.alias("newer"), tables.case_states.alias("older")
        found: dict[tuple[str, str], Pair] = {}
        with self._connection(settlement) as connection:
            for start in range(0, len(cases), PAGE):
                part = list(cases[start : start + PAGE])
                for side in (newer, older):
                    query = (
                        select(
                            newer.c.case_id.label("newer"),
                            older.c.case_id.label("older"),
                            table.c.score,
                            table.c.why,
                            table.c.ruled,
                        )
                        .join(newer, newer.c.born == table.c.newer)
                        .join(older, older.c.born == table.c.older)
                        .where(side.c.case_id.in_(part))
                    )
                    for r in connection.execute(query):
                        why = tuple(w for w in r.why.split(",") if w)
                        found[(r.newer, r.older)] = Pair(r.newer, r.older, r.score, why, r.ruled)
        return sorted(found.values(), key=lambda p: (-p.score, p.newer, p.older))

    def unite(self, settlement: Settlement, cases: Sequence[str]) -> None:
        connection = settlement.connection
        member, sizes, states = tables.case_clusters, tables.cluster_sizes, tables.case_states
        known = {
            r.case_id: r.cluster
            for r in connection.execute(
                select(member.c.case_id, member.c.cluster).where(member.c.case_id.in_(list(cases)))
            )
        }
        fresh = [case for case in dict.fromkeys(cases) if case not in known]
        heads = list(dict.fromkeys([*known.values(), *fresh]))
        if len(heads) == 1 and not fresh:
            return
        earliest = connection.execute(
            select(states.c.case_id).where(states.c.case_id.in_(heads)).order_by(states.c.born).limit(1)
        ).scalar_one()
        others = [head for head in known.values() if head != earliest]
        if others:
            connection.execute(update(member).where(member.c.cluster.in_(others)).values(cluster=earliest))
            connection.execute(delete(sizes).where(sizes.c.cluster.in_(others)))
        if fresh:
            rows = [{"case_id": case, "cluster": earliest} for case in fresh]
            connection.execute(insert(member), rows)
        if not others and earliest in known.values():
            grown = update(sizes).where(sizes.c.cluster == earliest)
            connection.execute(grown.values(size=sizes.c.size + len(fresh)))
        else:
            self._count(connection, earliest)

    def divide(self, settlement: Settlement, parts: Sequence[Sequence[str]]) -> None:
        connection, member = settlement.connection, tables.case_clusters
        every = [case for part in parts for case in part]
        for start in range(0, len(every), PAGE):
            gone = list(every[start : start + PAGE])
            connection.execute(delete(tables.cluster_sizes).where(tables.cluster_sizes.c.cluster.in_(gone)))
            connection.execute(delete(member).where(member.c.case_id.in_(gone)))
        for part in parts:
            rows = [{"case_id": case, "cluster": part[0]} for case in part]
            connection.execute(insert(member), rows)
            self._count(connection, part[0])

    def members(self, case: str, limit: int, settlement: Settlement | None = None) -> list[CaseState]:
        member, states = tables.case_clusters, tables.case_states
        of = select(member.c.cluster).where(member.c.case_id == case).scalar_subquery()
        query = (
            select(states)
            .join(member, member.c.case_id == states.c.case_id)
            .where(member.c.cluster == of)
            .order_by(states.c.born)
            .limit(limit)
        )
        with self._connection(settlement) as connection:
            return [state_of_row(dict(r)) for r in connection.execute(query).mappings()]

    def forget_marks(self, settlement: Settlement, case: str) -> None:
        """Of a case that is erased: it is found by nothing any more."""
        connection, table = settlement.connection, tables.case_marks
        row = connection.execute(select(table).where(table.c.case_id == case)).first()
        if row is None:
            return
        tokens = tables.case_tokens
        for mark in _marks(row.tokens):
            connection.execute(delete(tokens).where(tokens.c.token == token(mark), tokens.c.born == row.born))
        connection.execute(delete(table).where(table.c.case_id == case))

    def _count(self, connection: Connection, cluster: str) -> None:
        member, sizes = tables.case_clusters, tables.cluster_sizes
        n = connection.execute(
            select(func.count()).select_from(member).where(member.c.cluster == cluster)
        ).scalar_one()
        connection.execute(delete(sizes).where(sizes.c.cluster == cluster))
        connection.execute(insert(sizes).values(cluster=cluster, size=n))

    def _connection(self, settlement: Settlement | None) -> AbstractContextManager[Connection]:
        return reading(self._engine) if settlement is None else nullcontext(settlement.connection)


def token(mark: str) -> bytes:
    return mark[0].encode() + bytes.fromhex(mark[1:])


def _marks(tokens: bytes) -> frozenset[str]:
    size = _MARK + 1
    found = (tokens[at : at + size] for at in range(0, len(tokens), size))
    return frozenset(chr(token[0]) + token[1:].hex() for token in found)
