"""How those who call webhooks prove who they are: ways to sign a body with a secret, and wrong ones of each. Pure."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

Headers = dict[str, str]
Sign = Callable[[bytes, bytes, int], Headers]  # with the secret, the body, and the second since 1970
OWN = re.compile(r"[\"'](?:HTTP_)?(x[-_][\w-]*(?:signature|hmac|token|secret)[\w-]*)[\"']", re.IGNORECASE)
PARAMETER = re.compile(r"\b(x_\w*(?:signature|hmac|token|secret)\w*)\s*:")


@dataclass(frozen=True, slots=True)
class Way:
    """One way to sign. `proof` is the header in which the signature or the secret itself stands."""

    name: str
    proof: str
    sign: Sign

    def wrong(self, secret: str, body: bytes, now: int) -> Mapping[str, Headers]:
        """Calls that must be refused, by what is the matter with them. A secret itself is the same for another call."""
        right = self.sign(secret.encode(), body, now)
        value = right[self.proof]
        empty = {name: "" if name == self.proof else one for name, one in right.items()}
        half = value[: max(1, len(value) - 12)]
        wrong = {
            "unsigned": {name: one for name, one in right.items() if name != self.proof},
            "with an empty signature": empty,
            "with a wrong signature": self.sign(secrets.token_hex(16).encode(), body, now),
            "with the signature of another call": self.sign(secret.encode(), body + b" ", now),
            "signed with nothing": self.sign(b"", body, now),
            "with the beginning of the right signature": {**right, self.proof: half},
            "with one letter of the right signature": {**right, self.proof: value[-1]},
        }
        return {what: headers for what, headers in wrong.items() if headers != right}


def _hex(key: bytes, said: bytes) -> str:
    return hmac.new(key, said, hashlib.sha256).hexdigest()


def _base64(key: bytes, said: bytes) -> str:
    return base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()


def _github(key: bytes, body: bytes, now: int) -> Headers:
    return {"x-hub-signature-256": f"sha256={_hex(key, body)}", "x-github-event": "ping", "x-github-delivery": str(now)}


def _stripe(key: bytes, body: bytes, now: int) -> Headers:
    return {"stripe-signature": f"t={now},v1={_hex(key, f'{now}.'.encode() + body)}"}


def _slack(key: bytes, body: bytes, now: int) -> Headers:
    said = f"v0:{now}:".encode() + body
    return {"x-slack-request-timestamp": str(now), "x-slack-signature": f"v0={_hex(key, said)}"}


def _standard(key: bytes, body: bytes, now: int) -> Headers:
    id = f"msg_{now}"
    said = f"{id}.{now}.".encode() + body
    return {"webhook-id": id, "webhook-timestamp": str(now), "webhook-signature": f"v1,{_base64(key, said)}"}


def _plainly(name: str, shape: str = "{}") -> Way:
    return Way(f"the secret in {name}", name, lambda key, _body, _now: {name: shape.format(key.decode())})


def _hashed(name: str, shape: str, make: Callable[[bytes, bytes], str]) -> Way:
    return Way(f"HMAC in {name}", name, lambda key, body, _now: {name: shape.format(make(key, body))})


KNOWN = (
    Way("GitHub’s signature", "x-hub-signature-256", _github),
    Way("Stripe’s signature", "stripe-signature", _stripe),
    Way("Slack’s signature", "x-slack-signature", _slack),
    Way("the signature of Standard Webhooks", "webhook-signature", _standard),
    _hashed("x-shopify-hmac-sha256", "{}", _base64),
    _plainly("x-telegram-bot-api-secret-token"),
    _plainly("x-gitlab-token"),
    _plainly("authorization", "Bearer {}"),
)
USUAL = ("x-signature", "x-webhook-signature", "x-signature-256", "x-webhook-secret", "x-webhook-token")


def ways(texts: Iterable[str], declared: Iterable[str] = ()) -> tuple[Way, ...]:
    """All that are known, and for each header that the code reads for it, or that is declared, the usual shapes."""
    own = {found.replace("_", "-").lower() for text in texts for one in (OWN, PARAMETER) for found in one.findall(text)}
    known = {way.proof for way in KNOWN}
    names = [*dict.fromkeys([*(name.lower() for name in declared), *sorted(own - known), *USUAL])]
    found = list(KNOWN)
    for name in names:
        found += [_hashed(name, "sha256={}", _hex), _hashed(name, "{}", _hex), _hashed(name, "{}", _base64)]
        found += [_plainly(name)]
    return tuple(found)
