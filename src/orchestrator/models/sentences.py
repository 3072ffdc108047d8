"""What can be wrong with a model, each as a sentence with which a person can do something. Pure."""

from typing import Final

AGAIN = "Try again"
SAFE = "What you wrote is kept."
LATER = "Write “try again” in a moment."
SENTENCES: Final[dict[str, str]] = {
    "slow": f"The AI model takes too long to answer. {SAFE} {LATER}",
    "down": f"The AI model does not answer at the moment. {SAFE} {LATER}",
    "limited": f"The AI model is being asked too much at the moment. {SAFE} Wait a minute, then write “try again”.",
    "credit": f"The account at the AI provider has no credit left. {SAFE} "
    "Whoever runs this can add some; then write “try again”.",
    "key": f"The AI provider does not accept our key. {SAFE} Whoever runs this can renew it; then write “try again”.",
    "setup": f"The AI provider does not know what we ask it for. {SAFE} "
    "Whoever runs this should look at the name of the model in the settings.",
    "library": f"What is needed to speak with this AI provider is not installed. {SAFE} "
    "Whoever runs this can install it; then write “try again”.",
    "refused": "The AI model did not want to answer that. Nothing was changed. You can say it in other words.",
    "nonsense": f"The AI model gave an answer that we cannot use. {SAFE} {LATER}",
    "cut": f"The answer of the AI model was cut off. {SAFE} {LATER}",
    "long": "That was too much for the AI model at once. Nothing was changed. Please say it in smaller parts.",
}
