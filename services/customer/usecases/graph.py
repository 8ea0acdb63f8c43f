"""Who is related to whom around a customer, and who holds what in the end: level by level, a few statements for each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import Row, select, union_all
from workbench.customer.v1 import relation_pb2, relation_service_pb2

from services.chassis.db.among import among
from services.chassis.db.session import UnitOfWork
from services.chassis.kernel.money import Money
from services.chassis.mapping import money_message
from services.customer.model.relation import Relation
from services.customer.rules.relations import WHOLE_SHARE_MILLIONTHS, RelationKind, parse_day, percent_text
from services.customer.rules.shareholdings import effective
from services.customer.usecases import finding, parties
from services.customer.usecases.parties import Parties
from services.customer.usecases.relations import holds_on

DEPTH_DEFAULT = 2
NODES_DEFAULT = 200
# Of a level so many relations are read at most: whoever has more of them shows a part.
RELATIONS_PER_LEVEL_MAX = 1_000
HOLDING_LEVELS_MAX = 20
HOLDING_RELATIONS_MAX = 5_000

_EDGE = (
    Relation.relation_id, Relation.kind, Relation.label, Relation.from_customer_id, Relation.from_key_person_id,
    Relation.to_customer_id, Relation.share_millionths, Relation.guaranteed_minor_units, Relation.guaranteed_currency,
)  # fmt: skip

# A customer or a key person: its sort, and its id.
Node = tuple[str, str]
_CUSTOMER, _KEY_PERSON = "customer", "key_person"


@dataclass(slots=True)
class Graph:
    """What has been found so far."""

    nodes_max: int
    # Each with its distance, in the order in which they were found.
    distances: dict[Node, int] = field(default_factory=dict)
    edges: dict[str, Row[Any]] = field(default_factory=dict)
    reached: Parties = field(default_factory=Parties)
    truncated: bool = False

    def take_in(self, relations: Sequence[Row[Any]], distance: int) -> list[Node]:
        """Takes a level's relations in; answers who is new."""
        new: list[Node] = []
        for relation in relations:
            ends = _ends(relation)
            missing = [end for end in ends if end not in self.distances]
            if len(self.distances) + len(missing) > self.nodes_max:
                self.truncated = True
                continue
            self.edges[relation.relation_id] = relation
            for end in missing:
                self.distances[end] = distance
                new.append(end)
        return new


def around(work: UnitOfWork, request: relation_service_pb2.GetRelationGraphRequest) -> relation_service_pb2.RelationGraph:
    """The graph around a customer in reach; who is out of reach stands in it without a name, and nobody behind is looked for."""
    centre: Node = (_CUSTOMER, finding.shown_customer(work, request.customer_id).customer_id)
    day = parse_day(request.on_date, "on_date", work.business_date) or work.business_date
    graph = Graph(request.nodes_max or NODES_DEFAULT, {centre: 0})
    graph.reached.add(_in_reach(work, [centre]))
    level, depth = [centre], request.depth or DEPTH_DEFAULT
    for distance in range(1, depth + 1):
        relations, whole = _level(work, level, request.kinds, day)
        graph.truncated |= not whole
        new = graph.take_in(relations, distance)
        graph.reached.add(_in_reach(work, new))
        level = [node for node in new if _is_reached(graph.reached, node)]
        # A graph that is full grows no more; what lies between the last ones found is left out with the rest.
        if not level or (graph.truncated and len(graph.distances) == graph.nodes_max):
            break
    return _as_message(graph)


def holdings(
    work: UnitOfWork, request: relation_service_pb2.GetEffectiveHoldingsRequest
) -> relation_service_pb2.EffectiveHoldings:
    """What chains of shareholders come to, up from a company or down from a shareholder."""
    down = request.direction == relation_service_pb2.HOLDING_DIRECTION_HELD
    start: Node = (_CUSTOMER, finding.shown_customer(work, request.customer_id).customer_id)
    day = parse_day(request.on_date, "on_date", work.business_date) or work.business_date
    steps, reached, cut = _chains(work, start, day, down=down)
    found = effective(_key(start), steps)
    whole = [(party, share) for party, share in found.total.items() if party != _key(start)]
    return relation_service_pb2.EffectiveHoldings(
        holdings=[
            relation_service_pb2.EffectiveHolding(
                party=_end(reached, _node(party)),
                share_percent=_percent(share),
                direct_percent=_percent(found.direct.get(party, Fraction(0))),
                ultimate=not steps.get(party) and _is_reached(reached, _node(party)),
            )
            for party, share in sorted(whole, key=lambda item: (-item[1], item[0]))
        ],
        truncated=cut or found.truncated,
    )


def _chains(
    work: UnitOfWork, start: Node, day: date, *, down: bool
) -> tuple[dict[str, list[tuple[str, Fraction | None]]], Parties, bool]:
    """The steps of all chains from `start`, who of them is in reach, and whether something was left out."""
    steps: dict[str, list[tuple[str, Fraction | None]]] = {}
    reached = _in_reach(work, [start])
    seen, level, relations_read = {start}, [start], 0
    for _ in range(HOLDING_LEVELS_MAX):
        relations, whole = _level(work, level, [RelationKind.SHAREHOLDER], day, up=not down, down=down)
        relations_read += len(relations)
        if not whole or relations_read > HOLDING_RELATIONS_MAX:
            return steps, reached, True
        for relation in relations:
            holder, held = _ends(relation)
            here, there = (holder, held) if down else (held, holder)
            share = relation.share_millionths
            part = None if share is None else Fraction(share, WHOLE_SHARE_MILLIONTHS)
            steps.setdefault(_key(here), []).append((_key(there), part))
        new = list({end: None for relation in relations for end in _ends(relation) if end not in seen})
        seen.update(new)
        found = _in_reach(work, new)
        reached.add(found)
        level = [node for node in new if _is_reached(found, node)]
        if not level:
            return steps, reached, False
    return steps, reached, True


def _level(
    work: UnitOfWork, nodes: Iterable[Node], kinds: Collection[int], day: date, *, up: bool = True, down: bool = True
) -> tuple[list[Row[Any]], bool]:
    """The relations of nodes as on a day, and whether these are all; `up` those to the nodes, `down` those from them."""
    customers = [node_id for sort, node_id in nodes if sort == _CUSTOMER]
    people = [node_id for sort, node_id in nodes if sort == _KEY_PERSON]
    walks = []
    if up and customers:
        walks.append(among(Relation.to_customer_id, customers))
    if down and customers:
        walks.append(among(Relation.from_customer_id, customers))
    if down and people:
        walks.append(among(Relation.from_key_person_id, people))
    if not walks:
        return [], True
    # One walk along one index each: a condition with `or`, or an order, has the databases walk the whole table instead.
    statement = union_all(*(_on_day(select(*_EDGE).where(walk), kinds, day) for walk in walks))
    found = work.session.execute(statement.limit(RELATIONS_PER_LEVEL_MAX + 1)).all()
    # A relation between two of the level is met from both ends.
    once = {row.relation_id: row for row in found[:RELATIONS_PER_LEVEL_MAX]}
    return sorted(once.values(), key=lambda row: row.relation_id), len(found) <= RELATIONS_PER_LEVEL_MAX


def _on_day(statement: Any, kinds: Collection[int], day: date) -> Any:
    statement = statement.where(holds_on(day))
    return statement.where(Relation.kind.in_(kinds)) if kinds else statement


def _in_reach(work: UnitOfWork, nodes: Iterable[Node]) -> Parties:
    nodes = list(nodes)
    customers = [node_id for sort, node_id in nodes if sort == _CUSTOMER]
    return parties.in_reach(work, customers, [node_id for sort, node_id in nodes if sort == _KEY_PERSON])


def _is_reached(reached: Parties, node: Node) -> bool:
    sort, node_id = node
    return node_id in (reached.customers if sort == _CUSTOMER else reached.key_persons)


def _ends(relation: Row[Any]) -> tuple[Node, Node]:
    if relation.from_customer_id is None:
        return (_KEY_PERSON, relation.from_key_person_id), (_CUSTOMER, relation.to_customer_id)
    return (_CUSTOMER, relation.from_customer_id), (_CUSTOMER, relation.to_customer_id)


def _end(reached: Parties, node: Node) -> relation_pb2.RelationEnd:
    sort, node_id = node
    return reached.end(node_id) if sort == _CUSTOMER else reached.end(None, node_id)


def _as_message(graph: Graph) -> relation_service_pb2.RelationGraph:
    # A node is named by its place: the id of one out of reach is told to nobody.
    names = {node: str(place) for place, node in enumerate(graph.distances)}
    nodes = [
        relation_service_pb2.RelationNode(node_id=names[node], party=_end(graph.reached, node), distance=distance)
        for node, distance in graph.distances.items()
    ]
    edges = [_edge(relation, names) for relation in graph.edges.values()]
    return relation_service_pb2.RelationGraph(nodes=nodes, edges=edges, truncated=graph.truncated)


def _edge(relation: Row[Any], names: dict[Node, str]) -> relation_service_pb2.RelationEdge:
    from_node, to_node = _ends(relation)
    amount = None
    if relation.guaranteed_minor_units is not None:
        amount = Money(relation.guaranteed_minor_units, relation.guaranteed_currency)
    return relation_service_pb2.RelationEdge(
        relation_id=relation.relation_id,
        kind=relation.kind,
        label=relation.label,
        from_node_id=names[from_node],
        to_node_id=names[to_node],
        share_percent=percent_text(relation.share_millionths),
        guaranteed_amount=money_message(amount),
    )


def _percent(share: Fraction) -> str:
    # To six decimals of a percent, exactly rounded; never a binary fraction.
    whole, rest = divmod(round(share * 100 * 10**6), 10**6)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")


def _key(node: Node) -> str:
    return "/".join(node)


def _node(key: str) -> Node:
    sort, _, node_id = key.partition("/")
    return sort, node_id
