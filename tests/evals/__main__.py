"""Has a real model talk with all the people, and prints how it was judged: `make evals MODEL=…`."""

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from pydantic_core import to_json

from evals.conversing import Silent, Talk, Told, converse
from evals.personas import dataset
from orchestrator.domain.cost import MICROS, Usage
from orchestrator.models import providers
from orchestrator.models.lazy import Lazy
from orchestrator.ports import About, Form, Model, Prompt, Say, Thought
from orchestrator.settings import Settings

KEPT = Path(".evals")
DOLLARS = 2.0  # that a run may cost, unless EVALS_BUDGET says otherwise
AT_ONCE = 4
NO_MODEL = "No model is set, so there is nobody to judge: make evals MODEL=anthropic:claude-sonnet-5, with its key."


@dataclass
class Counted:
    """A model whose calls and costs are summed up, and which is asked no more when the money is spent."""

    model: Model
    dollars: float
    spent: Usage

    async def ask(self, prompt: Prompt, form: type[Form], say: Say | None = None) -> Thought[Form]:
        if self.spent.micros >= self.dollars * MICROS:
            raise Silent(f"The {self.dollars:g} dollars for this run are spent.")
        thought = await self.model.ask(prompt, form, say)
        self.spent += thought.usage
        return thought

    def about(self) -> About:
        return self.model.about()


async def judge(settings: Settings, dollars: float) -> int:
    """Print the table, keep the details, and tell how many conversations could not be had."""
    model = Counted(Lazy(settings), dollars, Usage())

    async def carried(talk: Talk) -> Told:
        return await converse(talk, model)

    report = await dataset().evaluate(carried, name=settings.model, progress=False, max_concurrency=AT_ONCE)
    report.print(width=160, include_reasons=True, include_averages=True)
    KEPT.mkdir(exist_ok=True)
    kept = KEPT / f"{settings.model.replace(':', '-').replace('/', '-')}.json"
    kept.write_bytes(to_json(report, indent=1, fallback=repr))
    money = f"{model.spent.micros / MICROS:.4f} dollars" if model.spent.priced else "an unknown price"
    print(f"{len(report.cases)} conversations, {model.spent.calls} calls, {money}. All that was said: {kept}")
    return len(report.failures)


def main() -> int:
    settings = Settings()
    if not settings.model or providers.lacks(settings, settings.model):
        print(NO_MODEL if not settings.model else providers.says(settings), file=sys.stderr)
        return 1
    return min(1, asyncio.run(judge(settings, float(os.environ.get("EVALS_BUDGET") or DOLLARS))))


if __name__ == "__main__":
    sys.exit(main())
