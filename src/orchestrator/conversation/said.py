"""Closed lists of whole messages that ask for something of the conversation itself, and how to tell a nearly-yes."""

import re

from orchestrator.conversation.exchange import Wants, spoken
from orchestrator.domain import answer, plain

SKIP = plain.phrases(
    """
    skip | skip this | skip it | skip that | skip this one | skip the question | pass | next | next question | next
    one | go on | continue | move on | i don't know | i do not know | i don't know yet | don't know | dont know | i
    dont know | idk | no idea | not sure | i'm not sure | i am not sure | not sure yet | unsure | nothing comes to
    mind | nothing | none | nothing yet | no | nope | later | maybe later | not yet | n/a | i have no idea | no clue
    | can't say | hard to say | you decide | whatever | weiss nicht | ich weiss nicht | je ne sais pas | no sé | no
    lo sé | non so | não sei | weet ik niet | nie wiem
    """
)
BACK = frozenset({"back", "go back", "previous", "previous question", "the question before", "one back", "back please"})
ENOUGH = frozenset(
    {
        "that's all", "that is all", "thats all", "that's it", "that is it", "thats it", "nothing else", "no more",
        "that's everything", "that is everything",
    }
)  # fmt: skip
DONE = frozenset({"done", "i'm done", "i am done", "all done", "we're done", "we are done"})
STOP_ASKING = plain.phrases(
    """
    that's enough | that is enough | thats enough | enough | enough questions | no more questions | skip all | skip
    everything | skip the rest | stop asking | stop asking questions | finish | finished
    """
)
GREETING = plain.phrases(
    """
    hi | hello | hey | hi there | hello there | good morning | good evening | good afternoon | good day | hallo |
    guten tag | bonjour | salut | hola | ciao | olá | cześć | yo | hey there | start | /start
    """
)
THANKS = plain.phrases(
    """
    thanks | thank you | thx | many thanks | danke | merci | gracias | grazie | obrigado | dziękuję | cool | great |
    nice | wow | lol | haha | thank you very much | thanks a lot | ty
    """
)
FILLER = plain.phrases(
    """
    yes | yes please | ok | okay | k | sure | yeah | yep | fine | right | exactly | hmm | hm | well | good | perfect
    | ja | oui | sí | si | sim | tak | so | and | test | asdf | um | uh | please | yup | alright
    """
)
WANTS = {
    Wants.WRITE_VISION: plain.phrases(
        """
        write the vision now | write the vision | please write the vision | write it now | write it | write my vision
        | write the document | make the vision | create the vision | yes write the vision | yes write the vision now |
        yes write it | yes write it now | you can write the vision now | you can write the vision | /vision | write the
        new version | write a new version | change the vision | update the vision | show me what would change | show
        what would change | what would change
        """
    ),
    Wants.STATUS: plain.phrases(
        """
        status | /status | what's the status | what is the status | where are we | where do we stand | how far are you
        | how far are we | how is it going | how's it going | what's happening | what is happening | what are you
        doing | are you done | is it done | is it ready | any news | progress | what now | what's next | what is next
        """
    ),
    Wants.RESUME: plain.phrases(
        """
        resume | /resume | /continue | resume the project | resume work | resume it | unpause | go on | continue |
        carry on | keep going
        """
    ),
    Wants.CANCEL: plain.phrases(
        """
        cancel the project | cancel this project | cancel the whole project | /cancel | yes cancel the project
        """
    ),
    Wants.PRIME: plain.phrases(
        """
        look again at what is there | look again | look at it again | look at what is there again | look at the code
        again | read the code again | prime | run prime | /prime
        """
    ),
    Wants.VALIDATE: plain.phrases(
        """
        check it again | check again | check that again | check this again | run the checks again | run the checks |
        run the tests again | run the tests | test it again | validate | validate it | run validate | /validate
        """
    ),
    Wants.RESET: plain.phrases(
        """
        start over | /reset | start again | start from scratch | reset the project | begin again | let's start over
        """
    ),
}
_WANTED = {phrase: wants for wants, phrases in WANTS.items() for phrase in phrases}
CANCEL_WHAT = frozenset({"cancel", "cancel it", "cancel this", "quit", "exit", "forget it", "never mind", "nevermind"})

_NEARLY = re.compile(
    r"^(?:(?:h+m+|well|uh+|um+|erm?)\b[\s,.…]*)?"  # who hesitates
    r"(?:(?:yes|yep|yeah|yup|ok|okay|k|sure|fine|good|great|perfect|alright|all right|right|correct|exactly|agreed"
    r"|lgtm|nice|cool|definitely|absolutely|of course|certainly|why not|sounds|looks|love it|i like it|i love it|go"
    r"|proceed|ja|oui|si|sí|sì|sim|tak|va bene|d['’]accord|passt|klar|vale|claro|certo|prima|dobrze|super|i guess so)\b"
    r"|👍|✅|👌|💯|🎉)",
    re.IGNORECASE,
)
_RESERVED = re.compile(r"\b(?:but|except|only|unless|if|though|aber|nur|mais|pero|però|mas|maar|ale)\b", re.IGNORECASE)
_NEARLY_NO = re.compile(
    r"^(?:(?:no|nope|not|nah|never|don['’]t|i don['’]t|nein|non|não|nee|nie|bad|wrong|hmm+)\b|👎|❌)", re.IGNORECASE
)


def wanted(text: str) -> Wants | None:
    return Wants.PAUSE if answer.is_stop(text) else _WANTED.get(spoken(text))


def nearly_yes(text: str) -> bool:
    """Whether it may well be a yes, which is not enough for one."""
    return bool(_NEARLY.match(text.strip(" \"“”'")))


def reserved(text: str) -> bool:
    """Whether something is added that a yes would pass over: “ok, but make it blue”."""
    return bool(_RESERVED.search(text))


def nearly_no(text: str) -> bool:
    return bool(_NEARLY_NO.match(text.strip(" \"“”'")))
