"""The 54 questions, each with what to do about it. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Category(StrEnum):
    FUNCTIONALITY = "functionality"
    TESTING = "testing"
    SECURITY = "security"
    OPERATIONS = "operations"
    PERFORMANCE = "performance"
    DOCUMENTATION = "documentation"
    COMPLIANCE = "compliance"


class Priority(StrEnum):
    BLOCKER = "blocker"
    IMPORTANT = "important"
    NICE = "nice to have"


@dataclass(frozen=True, slots=True)
class Item:
    """`star`: without it nothing is ready. `vouch`: a person may vouch for it, because no program can settle it."""

    id: str
    title: str  # for those who know the field
    question: str  # for everybody else
    advice: str
    hours: float
    priority: Priority = Priority.IMPORTANT
    star: bool = False
    vouch: bool = False

    @property
    def category(self) -> Category:
        return CATEGORIES[self.id[0]]


CATEGORIES: Final = {
    "F": Category.FUNCTIONALITY,
    "T": Category.TESTING,
    "S": Category.SECURITY,
    "O": Category.OPERATIONS,
    "P": Category.PERFORMANCE,
    "D": Category.DOCUMENTATION,
    "C": Category.COMPLIANCE,
}


def _must(id: str, title: str, question: str, advice: str, hours: float) -> Item:
    return Item(id, title, question, advice, hours, Priority.BLOCKER, star=True)


def _nice(id: str, title: str, question: str, advice: str, hours: float) -> Item:
    return Item(id, title, question, advice, hours, Priority.NICE)


def _vouch(id: str, title: str, question: str, advice: str, hours: float) -> Item:
    return Item(id, title, question, advice, hours, vouch=True)


ITEMS: Final[tuple[Item, ...]] = (
    _must(
        "F1",
        "Every promised feature is there",
        "Is everything that was promised there?",
        "Give each promise of the vision a test that names it, and have it pass.",
        8,
    ),
    _vouch(
        "F2",
        "Every user story was tried end to end",
        "Has every user story been tried?",
        "Write an end-to-end test for each step of the user’s journey, or try it yourself and vouch for it.",
        4,
    ),
    Item(
        "F3",
        "Edge cases are handled",
        "Are odd situations handled?",
        "Test each way in with nothing, with nonsense, with very much, and with two at once.",
        4,
    ),
    Item(
        "F4",
        "Error messages help",
        "Do its error messages help?",
        "Answer wrong requests with one plain sentence, and keep stack traces and internals in the log.",
        2,
    ),
    _must(
        "T1",
        "Test coverage is at least 90 %",
        "Is at least 90 % of it tested?",
        "Write tests for what is not reached yet, branches included.",
        8,
    ),
    _must(
        "T2",
        "All unit tests pass",
        "Do all tests pass, none skipped?",
        "Mend the failing tests, and give each skip a reason that still holds.",
        4,
    ),
    Item(
        "T3",
        "Integration tests exist",
        "Are its parts tested together?",
        "Test the parts together, with a real database and real files.",
        6,
    ),
    _must(
        "T4",
        "All integration tests pass",
        "Do its parts work together?",
        "Mend the failing integration tests.",
        4,
    ),
    Item(
        "T5",
        "End-to-end tests of the critical paths exist",
        "Is it tested the way people use it?",
        "Test the most important paths from the first click to the last, through the real surface.",
        6,
    ),
    _must(
        "T6",
        "All end-to-end tests pass",
        "Does it work the way people use it?",
        "Mend the failing end-to-end tests.",
        4,
    ),
    Item(
        "T7",
        "Load testing was done",
        "Was it tried with many people at once?",
        "Write a load test for twice the traffic that you expect, run it, and keep the figures.",
        4,
    ),
    Item(
        "T8",
        "No deprecation warnings",
        "Is it free of parts that will soon stop working?",
        "Run the tests with warnings as errors, and replace what is warned of.",
        2,
    ),
    Item(
        "T9", "Type checking passes", "Do its parts fit each other?", "Set up a type checker and mend what it finds.", 4
    ),
    Item("T10", "Linting passes", "Is the code tidy?", "Set up a linter and mend what it finds.", 2),
    Item(
        "T11",
        "CI enforces a 100 % pass rate",
        "Is every change tested before it gets in?",
        "Have the tests run on every pull request, and let a failing one stop it.",
        2,
    ),
    _must(
        "S1",
        "Rate limiting on API and webhooks",
        "Can it be flooded?",
        "Answer too many requests with 429, also for webhooks.",
        3,
    ),
    _must(
        "S2",
        "Input is validated everywhere",
        "Does it stand nonsense?",
        "Check what comes in at each address, and answer what is wrong with 4xx instead of failing.",
        4,
    ),
    Item(
        "S3",
        "Output is encoded",
        "Can somebody slip foreign code into its pages?",
        "Escape everything that people wrote, wherever it is shown.",
        3,
        Priority.BLOCKER,
    ),
    _must(
        "S4",
        "Authentication",
        "Does every page ask who you are?",
        "Ask for a sign-in on every address that is not declared as public.",
        6,
    ),
    _must(
        "S5",
        "Authorisation",
        "Can strangers see what is not theirs?",
        "Check on every address whether this person may see or change exactly this.",
        4,
    ),
    _must(
        "S6",
        "Webhook signatures are verified",
        "Does it know who is calling it?",
        "Verify the signature of each webhook before anything else, and refuse when it is missing or wrong.",
        2,
    ),
    _must(
        "S7",
        "Audit log of state changes",
        "Can you see later who changed what?",
        "Write down who changed what, and when, where nobody can change it afterwards.",
        4,
    ),
    _must(
        "S8",
        "No secrets in the repository or its history",
        "Are passwords and keys kept out of the code?",
        "Replace each key that was ever saved, keep keys outside of the code, and clean the history.",
        3,
    ),
    _must(
        "S9",
        "HTTPS is enforced",
        "Is what people send protected on the way?",
        "Redirect to https, send HSTS, mark cookies as secure, and call out by https only.",
        2,
    ),
    Item(
        "S10",
        "Security scan passed",
        "Are there known weak spots in it?",
        "Update what has known weak spots, and mend what the scan of the code finds.",
        3,
        Priority.BLOCKER,
    ),
    _nice(
        "S11",
        "IP allow-list for webhooks available",
        "Can you say who may call it?",
        "Let whoever runs it list the addresses from which webhooks may come.",
        2,
    ),
    Item(
        "S12",
        "Tokens can be rotated without downtime",
        "Can keys be replaced while it runs?",
        "Accept two keys for a while, so that one can be replaced without a break.",
        3,
    ),
    Item(
        "O1",
        "Health checks answer",
        "Can one see whether it is well?",
        "Add an address that says whether it and its database are well.",
        1,
        Priority.BLOCKER,
    ),
    Item(
        "O2", "Metrics are exposed", "Can one see how much it does?", "Expose figures, for example for Prometheus.", 2
    ),
    Item(
        "O3",
        "Logs are structured",
        "Can its diary be searched?",
        "Write logs as one JSON object a line, with an id for each request.",
        2,
    ),
    Item(
        "O4",
        "Errors are tracked",
        "Does somebody hear of errors?",
        "Send errors to a tracker, or count them where an alert looks.",
        2,
    ),
    Item(
        "O5",
        "Deployment is automated",
        "Can it be put in place by one command?",
        "Write down the deployment as a script or an image that builds.",
        4,
    ),
    Item(
        "O6",
        "Rollback tested",
        "Can we go back to yesterday’s version?",
        "Try going back to the version before, and keep a test of it.",
        3,
    ),
    Item(
        "O7",
        "Backups, and a restore that was tested",
        "If everything is lost, can it be brought back?",
        "Make copies, and test that one of them can be brought back.",
        3,
        Priority.BLOCKER,
    ),
    Item(
        "O8",
        "Database migrations tested up and down",
        "Can its data move to the next version, and back?",
        "Test migrations up and down with data in the tables.",
        3,
    ),
    _nice(
        "O9",
        "Dashboards exist",
        "Is there a picture of how it is doing?",
        "Keep a dashboard of the figures in the repository.",
        2,
    ),
    Item(
        "O10",
        "Alerts are configured",
        "Does it call for help by itself?",
        "Write rules that call somebody when it is down, slow or full.",
        2,
    ),
    Item(
        "P1",
        "Load tested at twice the expected traffic",
        "Does it keep up when twice as many people come?",
        "Run the load test with twice the traffic and see that less than 1 % fails.",
        3,
    ),
    Item(
        "P2",
        "Queries were looked at",
        "Does it find things quickly, even when there are many?",
        "Put indexes on what is looked up, ask the database once instead of many times, and measure.",
        4,
    ),
    Item(
        "P3",
        "Connection pooling is configured",
        "Is it careful with its database?",
        "Use a pool of connections with a limit.",
        1,
    ),
    _nice(
        "P4",
        "Caching was considered",
        "Is it clear what it remembers, and why?",
        "Write down what is cached and for how long, or why nothing is.",
        1,
    ),
    Item(
        "P5",
        "Response times are acceptable",
        "Are answers there within 3 seconds?",
        "Find what is slow, and mend it until 95 of 100 answers take less than 3 seconds.",
        4,
    ),
    Item(
        "D1",
        "README with a quick start that runs",
        "Can others start it?",
        "Write a README whose first commands work as they stand there.",
        2,
        Priority.BLOCKER,
    ),
    Item(
        "D2",
        "API documentation",
        "Can programs use it?",
        "Describe each address of the API, as OpenAPI or as a page.",
        3,
    ),
    _nice(
        "D3",
        "Architecture diagrams",
        "Is there a picture of how it is built?",
        "Draw its parts and how they speak with each other.",
        2,
    ),
    Item(
        "D4", "Deployment guide", "Can others put it in place?", "Write down how it is put in place, step by step.", 2
    ),
    Item(
        "D5",
        "Operations runbook",
        "Is it written down what to do when something happens?",
        "Write a runbook: what can happen, how one sees it, what to do.",
        3,
    ),
    Item(
        "D6",
        "Troubleshooting guide",
        "Is there help when something does not work?",
        "Write down the usual troubles, each with its cause and its remedy.",
        2,
    ),
    Item(
        "D7",
        "User guide",
        "Is there a guide for the people who use it?",
        "Write a guide that follows what people do, step by step.",
        3,
    ),
    _nice(
        "D8",
        "Changelog is maintained",
        "Can one read what has changed?",
        "Keep a changelog with a date and the changes of each version.",
        1,
    ),
    Item("C1", "Licence file", "May others use it?", "Add a licence file with the text of a known licence.", 0.5),
    Item(
        "C2",
        "Dependencies are vetted",
        "Is it clear what it is made of, and may it be?",
        "Check the licences of everything that it is made of, and that none has a known weak spot.",
        2,
    ),
    _vouch(
        "C3",
        "Data privacy was considered",
        "Is people’s private data in good hands?",
        "Write down which data of people is kept, why, and for how long; then vouch for it.",
        3,
    ),
    _vouch(
        "C4",
        "GDPR and other rules are met",
        "Are the rules kept that apply to it?",
        "Find out which rules apply, see that they are kept, and vouch for it.",
        4,
    ),
)
BY_ID: Final = {item.id: item for item in ITEMS}
TOTAL: Final = len(ITEMS)
