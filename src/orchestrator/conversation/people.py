"""Recognises who is meant: “for busy parents” is about people, “for free” and “for dinner” are not."""

import re

from orchestrator.domain import plain, verbs

_PEOPLE = plain.words(
    """
    adults audience aunt babies baby bakeries bakery band bands beginners boyfriend boys brother business businesses
    cafe cafes café cafés caregivers carers charities charity child children choir choirs church churches citizens
    class classes clients clinic clinics club clubs colleague colleagues committee communities community companies
    company couples coworkers crew customer customers dad dads daughter dentist dentists department doctor doctors
    elderly employee employees everybody everyone expats families family fans father folks freelancer freelancers
    friend friends gardeners girlfriend girls grandma grandparents guests gym gyms hairdressers homeowners hospital
    hospitals household households husband immigrants individuals kids ladies lady landlords locals man me member
    members men migrants mom moms mother mum mums myself neighborhood neighbors neighbourhood neighbours ngo ngos
    nonprofits nurse nurses office offices organisations organizations ourselves parents partner patients people
    person players pupils refugees relatives residents restaurant restaurants retirees salon salons school schools
    seniors shop shops sister small-businesses smes society somebody someone son staff startup startups strangers
    student students studio studios swimmers teachers team teams teenager teenagers teens tenants toddlers tourists
    us users visitors volunteer volunteers wife woman women workers workmates you
    """
)
_THINGS = plain.words(
    """
    agents' answers appointments artists' breakfasts chapters colors colours computers containers costs covers
    dinners documents doors errors events factors filters floors flowers folders forecasts guests' layers letters
    lists matters mirrors moments monitors motors numbers offers orders others papers parents' payments plants
    posters posts powers prayers reminders restaurants' rivers sensors sneakers stickers summers sweaters tests
    tickets toasters towers trackers tractors trailers vouchers waters weathers winters
    """
)
_ENDINGS = re.compile(r"(?:ers|ors|ists|ians|fans|mates|folk|holders)$")
_LONGEST = 6  # words that name somebody
_SHORTEST = 5  # letters of a word that is known by its ending alone
_LIMIT = re.compile(r"\s+(?:who|whose|with|in|at|of|from|on|that|which|and|or|like|without|between|under|over)\s+")


def is_people(text: str) -> bool:
    """Whether these words name people, or a place that is run by some."""
    head = _LIMIT.split(text.strip().casefold(), maxsplit=1)[0]
    words = re.findall(r"[\w'’-]+", head)
    if not words or words[0].endswith("ing") or len(words) > _LONGEST:
        return False
    return is_person(words[-1]) or (len(words) == 1 and words[0] == "all")


def is_person(word: str) -> bool:
    return (
        word in _PEOPLE
        or f"{word}s" in _PEOPLE
        or (word not in _THINGS and len(word) >= _SHORTEST and bool(_ENDINGS.search(word)))
    )


def then_doing(text: str) -> tuple[str, str] | None:
    """“busy parents plan dinners” is who and what they do; None where it is not of this form."""
    words = text.split()
    for end in range(1, min(len(words), 7)):
        rest = words[end + 1 :] if words[end] == "to" else words[end:]
        if rest and is_people(" ".join(words[:end])) and verbs.base(rest[0]):
            return " ".join(words[:end]), " ".join(rest)
    return None
