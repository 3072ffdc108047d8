"""Open issues of a project's repository on GitHub, and those that are brought in as suggestions."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from orchestrator.delivery import hub_looking
from orchestrator.domain.command import BringIn
from orchestrator.runtime import read
from orchestrator.store import projects
from orchestrator.web.api.asking import Key, ProjectId, Who, done

router = APIRouter(tags=["work"])


class IssueOut(BaseModel):
    number: int
    title: str
    author: str
    link: str
    known: bool  # it was brought in before

    @classmethod
    def of(cls, found: hub_looking.OpenIssue) -> "IssueOut":
        wish = found.wish
        return cls(number=wish.number, title=wish.title, author=wish.author, link=wish.link, known=found.known)


class IssueList(BaseModel):
    items: list[IssueOut]


class Chosen(BaseModel):
    """The numbers of issues; what they say is read on GitHub."""

    numbers: list[int] = Field(default_factory=list, max_length=200)


class Brought(BaseModel):
    brought: int  # those that are new


@router.get("/projects/{id}/issues")
async def issues(id: ProjectId, who: Who) -> IssueList:
    """List the open issues of the project's repository."""
    await read(projects.role, id, who.user_id)
    return IssueList(items=[IssueOut.of(each) for each in await hub_looking.issues(id)])


@router.post("/projects/{id}/issues")
async def bring_in(id: ProjectId, body: Chosen, who: Who, key: Key = None) -> Brought:
    """Have some of them stand among the suggestions; nothing is built from them by itself."""
    await read(projects.role, id, who.user_id)
    outcome = await done(BringIn(id, await hub_looking.wishes(id, body.numbers)), who, key)
    return Brought(brought=outcome["brought"])
