"""Briefs and visions to test with: Nadia's meal planner, more or less complete."""

from orchestrator.domain import vision
from orchestrator.domain.brief import Brief, Feature, Priority

TITLES = ("Plan the week", "Swap a meal", "Make the shopping list", "Respect allergies", "Print the plan")
RANKS = (Priority.HIGH, Priority.HIGH, Priority.HIGH, Priority.MEDIUM, Priority.LOW)


def features(count=5):
    titles = [TITLES[place] if place < len(TITLES) else f"See page {place}" for place in range(count)]
    ranks = [RANKS[place] if place < len(RANKS) else Priority.MEDIUM for place in range(count)]
    return tuple(
        Feature(id=f"F{place}", title=title, priority=rank)
        for place, (title, rank) in enumerate(zip(titles, ranks, strict=True), 1)
    )


def brief(**changes):
    told = {
        "name": "Supper Sorted",
        "what": "A phone app that plans dinners",
        "who": "Parents who work",
        "problem": "I never know what to cook.",
        "features": features(),
        "day": ("Sunday: Nadia opens the app.", "Monday she shops with the list."),
        "success": ("One shop a week.",),
        "out": ("Counting calories",),
    }
    return Brief(**{**told, **changes})


def a_vision(**changes):
    return vision.draft(brief(**changes))
