"""The questions of the interview, what they mean, why they are asked, and answers to choose from."""

from dataclasses import dataclass

from orchestrator.domain.brief import TITLES, Brief, Clarity, Topic, clarity, open_topics, summary

NOT_AN_AI = "I am a fixed set of questions, not an AI."
OFFER = "Shall I write the vision now?"
WRITE = "Write the vision now"
UNKNOWN = "I don’t know yet"
NOTHING = "Nothing comes to mind"
ENOUGH = "That’s all"
LEAVE = "Leave it as it is"


@dataclass(frozen=True, slots=True)
class Question:
    """`again` is asked when the first answer was only half of one."""

    text: str
    means: str
    why: str
    quick: tuple[str, ...] = (UNKNOWN,)
    again: str = ""


QUESTIONS = {
    Topic.WHAT: Question(
        text="What would you like to make? One sentence is enough.",
        means="Say it as you would tell a friend. For example: “A page where my swim club signs up for lessons.”",
        why="Everything else builds on this sentence.",
        again="What would people do with it? One sentence is enough.",
    ),
    Topic.WHO: Question(
        text="Who is it for? Think of the first person who would use it.",
        means="Say who would open it on the first day. For example: “Parents who work”, or “the members of my club”.",
        why="An app for everybody fits nobody well. Knowing the first people helps to choose.",
        quick=("Myself", "My customers", UNKNOWN),
        again="It may be for everyone one day. Who would use it first, and what are they like?",
    ),
    Topic.PROBLEM: Question(
        text="Think of the last time you missed something like this. What was hard or annoying?",
        means="Tell a moment that went wrong. For example: “On the bus home I had no idea what to cook.”",
        why="If we know what is hard today, we can tell later whether the app helps.",
    ),
    Topic.FEATURES: Question(
        text="What should people be able to do with it? Name two or three things.",
        means="A feature is one thing that people can do. For example: “Plan the week, swap a meal, print the list.”",
        why="These are the things that get built, one after the other.",
        quick=(UNKNOWN, ENOUGH),
        again="That is one thing so far. What else should people be able to do with it?",
    ),
    Topic.DAY: Question(
        text="Picture a normal day with it. Who opens it, when, and what happens then?",
        means="Tell it like a small story. For example: “Sunday evening: Nadia opens it. Then she picks seven "
        "dinners.”",
        why="A story shows what has to work together. It also becomes the guided tour.",
    ),
    Topic.SUCCESS: Question(
        text="If it worked perfectly for a month, what would be different?",
        means="A success metric is something you could count or see. For example: “One shop a week instead of four.”",
        why="We need to know what good looks like before we build.",
    ),
    Topic.OUT: Question(
        text="What should it leave out, at least for now?",
        means="Name what people might expect but do not need yet. For example: “Payments, and sharing with others.”",
        why="What is left out keeps the first version small, quick and cheap.",
        quick=(NOTHING, UNKNOWN),
    ),
}

GLOSSARY = {
    "vision": "The vision is a short document. It says what your app will do, for whom, and what it leaves out.",
    "brief": "The brief is what I have written down so far. It has seven topics and becomes the vision.",
    "feature": "A feature is one thing that people can do with your app, such as “plan the week”.",
    "features": "Features are the things that people can do with your app, such as “plan the week”.",
    "success metric": "A success metric is something you can count or see that tells you it works. For example: "
    "“One shop a week.”",
    "metric": "A metric is something you can count, such as “one shop a week”.",
    "phase": "A phase is a part of the work. At the end of it there is something you can try.",
    "phases": "Phases are parts of the work. At the end of each there is something you can try.",
    "roadmap": "That is the list of phases: which part is built first, and which later.",
    "must have": "A must-have is a thing without which the first version is of no use.",
    "nice to have": "A nice-to-have is good, but the first version works without it.",
    "priority": "It says what comes first: must have, should have, or nice to have.",
    "out of scope": "It is what we leave out on purpose, at least for now.",
    "prototype": "A prototype is a first version to click through. You see how it feels before more work goes in.",
    "builder": "The builder is the program that makes your app, once you have said yes to a plan.",
    "save point": "A save point is a moment that you can go back to.",
    "trial copy": "A trial copy is a version to try. It is not part of your app until you say so.",
    "target group": "The target group is the people who would use it first.",
    "user journey": "It is a small story: who opens the app, when, and what happens then.",
    "production-ready": "It means that strangers can rely on it. There are 54 questions for it, each answered "
    "with proof.",
}


def question(topic: Topic, brief: Brief) -> str:
    asked = QUESTIONS[topic]
    return asked.again if asked.again and clarity(brief, topic) is Clarity.HALF else asked.text


def upcoming(brief: Brief) -> Topic | None:
    """The next topic to ask about; None when nothing is left to ask."""
    return next(iter(open_topics(brief)), None)


def known(brief: Brief) -> str:
    """The brief, line by line."""
    return "\n".join(f"- {TITLES[topic]}: {summary(brief, topic)}" for topic in Topic)
