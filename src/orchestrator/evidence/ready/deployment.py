"""Whether it can be put in place by one command, and brought back: by what is written down for programs to follow."""

import json
import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from configparser import Error as NotReadable
from fnmatch import fnmatch
from pathlib import PurePosixPath

from orchestrator.evidence.ready import commands, database, migrations, pages, prose, shell, workflows
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.proof import Found, Proof, failed, proven, unchecked
from orchestrator.evidence.ready.yamls import mapping, mappings, part, read, strings
from orchestrator.evidence.words import short

DOCKERFILE = re.compile(r"(?:.*/)?(?:Dockerfile|Containerfile)(?:\.[\w-]+)?|(?:.*/)?[\w-]+\.Dockerfile")
COMPOSE = re.compile(r"(?:.*/)?(?:docker-)?compose(?:[.-][\w-]+)?\.ya?ml")
UNIT = re.compile(r".*\.service")
DEPLOYS = re.compile(
    r"\b(?:flyctl deploy|fly deploy|docker(?: buildx build .*--push| push)|kubectl (?:apply|set image|rollout)"
    r"|helm upgrade|rsync\b.*:|scp\b.*:|ansible-playbook|terraform apply|gcloud (?:run|app) deploy|heroku|vercel"
    r"|aws (?:ecs|lambda|s3) |netlify deploy|wrangler deploy|sls deploy|cdk deploy|ssh\b.*)"
)
BACK = re.compile(r"roll(?:ing)? ?back|going back|go back|previous version|version before", re.IGNORECASE)
GOES_BACK = re.compile(
    r"\b(?:alembic downgrade|kubectl rollout undo|helm rollback|fly(?:ctl)? (?:releases|deploy --image)"
    r"|git (?:checkout|revert)|docker[ -]compose|docker (?:run|pull|tag|service)|heroku rollback|systemctl)\b"
)
INSTRUCTION = re.compile(r"^\s*(FROM|COPY|ADD|CMD|ENTRYPOINT|RUN)\s+(.+)$", re.IGNORECASE)
SKIPPED = ("tests/", "test/", "docs/", "examples/", "node_modules/", "vendor/")


async def automated(look: Look) -> Found:
    """Prove it by a description that a program can follow, whose files are all there. A broken one leads astray."""
    ways = dict(_ways(look.texts, set(look.tree)))
    if not ways:
        return failed("Nothing puts it in place by itself.")
    if bad := next((path for path, why in ways.items() if why), ""):
        return failed(f"{bad} {ways[bad]}.", look.read([bad]))
    return proven(f"{next(iter(ways))} puts it in place.", look.read(ways))


def _ways(texts: Mapping[str, str], tree: set[str]) -> Iterator[tuple[str, str]]:
    """Each way to put it in place, with what is the matter with it."""
    own = {path: text for path, text in texts.items() if not path.startswith(SKIPPED)}
    for path, text in own.items():
        if COMPOSE.fullmatch(path):
            yield path, compose(path, text, tree, texts)
        elif DOCKERFILE.fullmatch(path):
            yield path, dockerfile(text, tree, posixpath.dirname(path), texts)
        elif UNIT.fullmatch(path):
            yield path, unit(text, tree)
        elif path.startswith(workflows.FOLDER) and path.endswith((".yml", ".yaml")) and DEPLOYS.search(text):
            yield path, deploying(text)
        elif path.endswith((".yml", ".yaml")) and re.search(
            r"^kind: (?:Deployment|StatefulSet)\s*$", text, re.MULTILINE
        ):
            yield path, manifest(text)
        elif PurePosixPath(path).name == "Procfile":
            yield path, _procfile(text, tree)


def dockerfile(text: str, tree: set[str], folder: str, texts: Mapping[str, str]) -> str:
    """What is the matter with it. Files are looked for from its own folder and from the root, as builds are begun."""
    lines = [found for line in shell.CONTINUED.sub(" ", text).splitlines() if (found := INSTRUCTION.match(line))]
    kinds = {found[1].upper() for found in lines}
    if not lines or lines[0][1].upper() != "FROM":
        return "does not say what it is built from"
    whys = [_copies(lines, tree, root, texts) for root in dict.fromkeys((folder, ""))]
    if all(whys):
        return whys[-1]
    if not kinds & {"CMD", "ENTRYPOINT"}:
        return "does not say what is started"
    if not kinds & {"COPY", "ADD"} and not re.search(r"\b(?:pip|npm|git)\b", text):
        return "takes nothing of the project in"
    if re.fullmatch(
        r"\[?\s*\"?(?:true|/bin/true|sleep|echo)\b.*",
        next(one[2] for one in reversed(lines) if one[1].upper() in {"CMD", "ENTRYPOINT"}),
    ):
        return "starts nothing of the project"
    return ""


def _copies(lines: list[re.Match[str]], tree: set[str], folder: str, texts: Mapping[str, str]) -> str:
    stages = {words[-1].lower() for one in lines if one[1].upper() == "FROM" and len(words := one[2].split()) > 2}  # noqa: PLR2004
    number = sum(one[1].upper() == "FROM" for one in lines)
    ignored = _ignored(texts.get(posixpath.join(folder, ".dockerignore"), ""))
    for one in lines:
        if one[1].upper() not in {"COPY", "ADD"}:
            continue
        words = _words(one[2])
        options, places = (
            [word for word in words if word.startswith("--")],
            [w for w in words if not w.startswith("--")],
        )
        stage = next((word.partition("=")[2].lower() for word in options if word.startswith("--from=")), "")
        if stage:
            if (
                stage not in stages
                and not (stage.isdigit() and int(stage) < number)
                and "/" not in stage
                and ":" not in stage
            ):
                return f"takes files from a stage “{short(stage, 40)}” that there is not"
            continue
        for source in places[:-1]:
            if not source.startswith(("http:", "https:", "<<", "$")) and not _there(source, tree, folder, ignored):
                return f"copies “{short(source, 60)}”, which is not there"
    return ""


def _words(said: str) -> list[str]:
    if re.match(r"(?:--\S+\s+)*\[", said):
        try:
            return [str(word) for word in json.loads(said[said.index("[") :])]
        except ValueError:
            return []
    try:
        return shlex.split(said)
    except ValueError:
        return said.split()


def _ignored(text: str) -> list[str]:
    return [line.strip().strip("/") for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _there(source: str, tree: set[str], folder: str, ignored: list[str]) -> bool:
    plain = posixpath.normpath(posixpath.join(folder, source.lstrip("/")))
    if plain == (folder or "."):
        return bool(tree)
    if plain.startswith(".."):
        return False
    inside = [path for path in tree if path == plain or path.startswith(f"{plain}/") or fnmatch(path, plain)]
    begin = f"{folder}/" if folder else ""
    return any(not _leaves_out(path.removeprefix(begin), ignored) for path in inside)


def _leaves_out(path: str, ignored: list[str]) -> bool:
    out = False
    for pattern in ignored:
        plain = pattern.removeprefix("!").strip("/").removeprefix("**/")
        parts = PurePosixPath(path).parts
        if any(fnmatch("/".join(parts[:at]), plain) for at in range(1, len(parts) + 1)):
            out = not pattern.startswith("!")
    return out


def compose(path: str, text: str, tree: set[str], texts: Mapping[str, str]) -> str:
    known = mapping(text)
    services = part(known, "services")
    if not isinstance(services, dict) or not services:
        return "describes no services"
    folder = posixpath.dirname(path)
    built = False
    for name, one in services.items():
        said = one if isinstance(one, dict) else {}
        build = said.get("build")
        if build is not None:
            built = True
            if why := _build(build, folder, tree, texts):
                return f"cannot build “{short(str(name), 40)}”: it {why}"
        elif not said.get("image") and not said.get("extends"):
            return f"does not say what “{short(str(name), 40)}” is made from"
        for file in strings(said.get("env_file")):
            if posixpath.normpath(posixpath.join(folder, file)) not in tree and not PurePosixPath(file).name.startswith(
                ".env"
            ):
                return f"needs “{short(file, 60)}”, which is not there"
    return "" if built or _own_image(services) else "puts nothing of the project in place"


def _own_image(services: Mapping[object, object]) -> bool:
    """An image of somebody's own, not only databases and the like."""
    images = [str(one.get("image", "")) for one in services.values() if isinstance(one, dict)]
    return any(
        "/" in image and not re.match(r"(?:docker\.io/)?(?:library|bitnami|grafana|prom)/", image) for image in images
    )


def _build(build: object, folder: str, tree: set[str], texts: Mapping[str, str]) -> str:
    said = build if isinstance(build, dict) else {"context": build}
    if "dockerfile_inline" in said:
        return ""
    context = posixpath.normpath(posixpath.join(folder, str(said.get("context", "."))))
    root = "" if context == "." else context
    file = posixpath.normpath(posixpath.join(root, str(said.get("dockerfile", "Dockerfile"))))
    if file not in texts:
        return f"needs “{short(file, 60)}”, which is not there"
    return dockerfile(texts[file], tree, root, texts)


def unit(text: str, tree: set[str]) -> str:
    parser = ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    try:
        parser.read_string(text)
    except NotReadable:
        return "cannot be read"
    start = parser.get("Service", "ExecStart", fallback="") or ""
    if not start.strip():
        return "starts nothing"
    if not parser.get("Install", "WantedBy", fallback=""):
        return "is never started by itself: it is wanted by nothing"
    names = {PurePosixPath(path).stem for path in tree} | {
        piece for path in tree for piece in PurePosixPath(path).parts
    }
    words = {piece for word in start.split() for piece in re.split(r"[^\w-]+", word)}
    return "" if words & names else "starts nothing of the project"


def deploying(text: str) -> str:
    """A job that puts it in place, and may not fail unnoticed."""
    known = mapping(text)
    jobs = part(known, "jobs")
    if not isinstance(jobs, dict):
        return "cannot be read"
    why = "puts nothing in place"
    for job in jobs.values():
        if not isinstance(job, dict):
            continue
        for step in mappings(job.get("steps")):
            for call in shell.calls(str(step.get("run") or ""), stops=True):
                if DEPLOYS.search(call.said):
                    never = str(job.get("if", step.get("if", ""))).lower() in {"false", "${{ false }}"}
                    if not (call.left or never or step.get("continue-on-error") or job.get("continue-on-error")):
                        return ""
                    why = "would not notice that putting it in place fails, or never does it"
    return why


def manifest(text: str) -> str:
    for one in read(text) or ():
        containers = part(one, "spec", "template", "spec", "containers")
        if any(container.get("image") for container in mappings(containers)):
            return ""
    return "describes nothing that is run"


def _procfile(text: str, tree: set[str]) -> str:
    for line in text.splitlines():
        name, _, command = line.partition(":")
        words = {piece for word in command.split() for piece in re.split(r"[^\w-]+", word)}
        names = {PurePosixPath(path).stem for path in tree} | {
            piece for path in tree for piece in PurePosixPath(path).parts
        }
        if name.strip() == "web" and words & names:
            return ""
    return "starts nothing of the project"


async def back(look: Look) -> Found:
    """Prove it by a written way back whose commands are there, and by data that we moved back ourselves."""
    found = list(_ways_back(look))
    if not found:
        return failed("It is not written down how to go back to the version before.")
    whole = [(path, command) for path, command, there in found if there]
    if not whole:
        path, command, _ = found[0]
        return failed(f"{path} says how to go back, but “{short(command, 60)}” is not there.", look.read([path]))
    path, command = whole[0]
    if database.kept(look).names:
        both = await migrations.both_ways(look)
        if both.state != "proven":
            return unchecked(
                f"{path} says how to go back, but its data was not moved back: {both.sentence}", look.read([path])
            )
        return proven(
            f"{path} says how to go back, and we moved its data back with rows in it.",
            *both.evidence,
            look.read([path]),
        )
    return unchecked(f"{path} says how to go back, but nobody has tried it.", look.read([path]))


def _ways_back(look: Look) -> Iterator[tuple[str, str, bool]]:
    for path, text in look.files("*.md", "*.rst").items():
        for title, inner in prose.sections(text).items():
            if BACK.search(title):
                for command in pages.commands(list(pages.shown(inner))):
                    yield path, command, _can(look, command)


def _can(look: Look, command: str) -> bool:
    words = [word for call in shell.calls(command, stops=True) for word in call.words]
    named = [word.removeprefix("./") for word in words if "/" in word or word.endswith((".sh", ".py"))]
    own = [word for word in named if word in look.tree]
    return bool(own) or bool(GOES_BACK.search(command)) or any(commands.followed(shell.Call(tuple(words)), look.texts))


PROOFS = (Proof("O5", automated), Proof("O6", back))
