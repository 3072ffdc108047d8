"""Notices when a message is not English: its words are then kept whole instead of being picked apart."""

import re

from orchestrator.domain import plain

_ENGLISH = plain.words(
    """
    the a an and is are i we my our it that this to of for in on with want need would should can have not you they
    who what so but because app when how be do don't it's i'd at as if all people
    """
)
_OTHER = (
    plain.words(
        """
        ich wir und für eine einen einem ein der die das den dem mit ist nicht möchte meine mein unsere zu auf dass
        sie werden je nous et pour une un le les des du que qui est pas mon ma mes notre avec dans sur veux voudrais
        sont aux ce cette yo nosotros y para una unos los las el del es mi mis nuestra con quiero quisiera son por
        como pero su sus io noi e per uno gli della di che non voglio vorrei sono mio mia nostro il lo nel alla eu nós
        para uma um os do da não quero gostaria minha meu nosso com são em ao ik wij en voor een het van niet mijn ons
        onze wil graag zijn dat die op te met ja my i dla jest nie chcę chciałbym chciałabym moja mój nasze z na się
        że do aplikację aplikacja które który
        """
    )
    - _ENGLISH
)


def foreign(text: str) -> bool:
    """Whether this is clearly another language; a short or a mixed message is taken as English."""
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text[:2_000].casefold().replace("’", "'"))
    if not words:
        return False
    other_letters = sum(len(word) for word in words if word[0] > "\u024f")
    if other_letters * 2 > sum(map(len, words)):
        return True
    others, english = sum(word in _OTHER for word in words), sum(word in _ENGLISH for word in words)
    return others >= 2 and others > english  # noqa: PLR2004 - one such word may be a name
