"""What can go wrong, in sentences a person may read, each with the HTTP status that it becomes at the edge."""


class OrchestratorError(Exception):
    """Its text is a sentence for a person. `more` is for machines: it becomes members of the problem document."""

    status = 500
    title = "Something went wrong on our side"

    def __init__(self, sentence: str, **more: object) -> None:
        super().__init__(sentence)
        self.more = more


class NotUnderstood(OrchestratorError):
    """What was asked cannot be read: empty, too long, not of its form."""

    status = 422
    title = "We could not read that"


class NotSignedIn(OrchestratorError):
    status = 401
    title = "Please sign in"


class NotAllowed(OrchestratorError):
    """This person may not do this."""

    status = 403
    title = "Not allowed"


class NotFound(OrchestratorError):
    """It does not exist, or is somebody else's: the two are not told apart."""

    status = 404
    title = "Not found"


class Conflict(OrchestratorError):
    """It cannot be done now: somebody was faster, the document moved on, or the project stands elsewhere."""

    status = 409
    title = "Not possible now"


class TooLarge(OrchestratorError):
    status = 413
    title = "Too large"


class TooMany(OrchestratorError):
    """`wait` is how many seconds to wait before the next one."""

    status = 429
    title = "Too many at once"

    def __init__(self, sentence: str, wait: int) -> None:
        super().__init__(sentence, retry_after=wait)
        self.wait = wait


class NotPossible(OrchestratorError):
    """The world outside does not let us: a repository that vanished, a full disk, an agent that is not installed."""

    status = 503
    title = "Not possible at the moment"


class Unreachable(OrchestratorError):
    """The database went away. When it is back, the rows say what there is to do.

    Not one of NotPossible: what cannot be done becomes a question to a person, and this is only put off.
    """

    status = 503
    title = "Not possible at the moment"


class NotAlone(OrchestratorError):
    """Another process works here, and at least one of the two must be alone."""


class WrongSetting(OrchestratorError):
    """A setting has a value that cannot be used; the sentence names the variable."""


class BuilderLost(NotPossible):
    """The builder could not be started or went away in the middle; the same job may be tried again."""


class NoAnswer(NotPossible):
    """The AI model gave no answer that we can use. `reason` is one word for figures; `usage` is what it cost so far."""

    def __init__(self, sentence: str, reason: str, usage: object = None) -> None:
        super().__init__(sentence, reason=reason)
        self.reason, self.usage = reason, usage
