"""The demonstration bank as others see it: its organisation, its customers, and who can sign in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from deploy.demonstration.customers import Customers
from deploy.demonstration.organisation import Organisation, demonstration_id, make_organisation

SEED_DEFAULT = 1
CUSTOMERS_DEFAULT = 2_000
# Of every sign-in; printed wherever the bank is loaded.
PASSWORD = "workbench-demo"  # noqa: S105 - the demonstration's, and no secret


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in that others may rely on, and what it is for."""

    login: str
    description: str


SIGN_INS = (
    SignIn("rm1.east", "relationship manager 客户经理, branch EAST"),
    SignIn("rm2.east", "relationship manager of the same branch"),
    SignIn("rm1.west", "relationship manager of another branch, WEST"),
    SignIn("manager.east", "branch manager 分行行长 of EAST"),
    SignIn("manager.west", "branch manager of WEST"),
    SignIn("analyst.ho", "performance analyst 考核岗 at head office"),
    SignIn("analyst2.ho", "the second one, who approves what the first proposes"),
    SignIn("product.ho", "product manager 产品经理 at head office: needs, complaints, knowledge, surveys"),
    SignIn("steward.ho", "data steward 客户数据管理岗 at head office"),
    SignIn("auditor.ho", "auditor 审计岗 at head office"),
    SignIn("operator.ho", "operator 运维岗: a system post, sees no customer"),
    SignIn("feeds.ho", "feed operator 数据接入岗: a system post, runs the feeds"),
    SignIn("useradmin.ho", "user administrator 用户管理岗: a system post"),
    SignIn("useradmin2.ho", "the second person, who approves what the first proposes"),
)


@dataclass(frozen=True)
class Bank:
    """The bank that a seed gives: the same seed gives the same bank, bit for bit, on every machine."""

    seed: int = SEED_DEFAULT

    @cached_property
    def organisation(self) -> Organisation:
        """Units, people and posts."""
        return make_organisation(self.seed)

    @cached_property
    def customers(self) -> Customers:
        """The customers, made when asked for."""
        return Customers(self.seed, self.organisation)

    def id_of(self, place: str) -> str:
        """The id of a thing of this bank, such as the request that loads a batch."""
        return demonstration_id(self.seed, place)
