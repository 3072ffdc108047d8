"""What is said about builders is said in words that anybody understands."""

import pytest

import wording
from orchestrator.contain import boundary, process
from orchestrator.executors import acp, permissions, speech, watch

MODULES = (acp, boundary, permissions, speech, watch)
CONSTANTS = [value for module in MODULES for name, value in vars(module).items() if name.isupper()]
SENTENCES = {
    *(text for text in CONSTANTS if isinstance(text, str) and text.endswith(".")),
    *watch.ENDS.values(),
    *speech.SAYS.values(),
    *process.WHY.values(),
    *(sentence for _, sentence in speech.RUNS),
}


@pytest.mark.parametrize("sentence", sorted(SENTENCES))
def test_every_sentence_is_plain(sentence):
    assert wording.faults(sentence) == []
