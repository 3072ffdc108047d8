"""What a command line of a builder comes to: fetching building blocks, sending out, removing many files. Pure.

It is good manners, not the wall: a builder need not ask, and can hide what it does. What holds it are its bounds.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.domain.run import Wish
from orchestrator.executors.programs import Run, name, runs

SENDS = """
git push | git send-pack | git send-email | git http-push | git subtree push | git lfs push | git svn dcommit |
git p4 submit | git annex sync | gh * | glab * | hub * | ssh * | scp * | sftp * | ssh-copy-id * | mosh * | ftp * |
lftp * | nc * | ncat * | netcat * | telnet * | socat * | npm publish | npm unpublish | npm deprecate | npm dist-tag |
npm owner | npm access | npm token | npm login | npm adduser | pnpm publish | yarn publish | yarn npm | bun publish |
lerna publish | changeset publish | semantic-release * | twine * | flit publish | poetry publish | uv publish |
hatch publish | pdm publish | rye publish | maturin publish | maturin upload | cargo publish | cargo login |
cargo yank | cargo owner | gem push | gem yank | gem owner | docker push | docker login | podman push | podman login |
buildah push | skopeo copy | crane push | helm push | mvn deploy | mvnw deploy | gradle publish | gradlew publish |
sbt publish | nuget push | dotnet nuget | vercel * | netlify * | firebase * | heroku * | flyctl * | wrangler * | aws *
| gcloud * | gsutil * | doctl * | kubectl * | terraform apply | pulumi up | ansible-playbook * | s3cmd * | rclone * |
mailx * | sendmail * | mutt * | msmtp * | ngrok * | cloudflared * | localtunnel * | expo publish | vsce publish |
ovsx publish | clasp push | huggingface-cli upload | hf upload | kaggle * | setup.py upload
"""
FETCHES = """
pip install | pip download | pip wheel | pipx install | pipx run | pipx inject | pipx upgrade | uv add | uv sync |
uv lock | uv pip install | uv pip sync | uv pip compile | uv tool install | uv tool run | uv tool upgrade |
uv python install | uv self | uvx * | poetry add | poetry install | poetry update | poetry lock | poetry self |
pdm add | pdm install | pdm sync | pdm update | pdm lock | pipenv install | pipenv sync | pipenv update | pipenv lock
| rye add | rye sync | hatch dep | conda install | conda create | conda update | conda env | mamba install |
mamba create | micromamba install | micromamba create | pixi add | pixi install | easy_install * | npm install | npm i
| npm in | npm ins | npm add | npm ci | npm clean-install | npm install-test | npm it | npm cit | npm update | npm up
| npm upgrade | npm exec | npm x | npm init | npm create | npm innit | npm link | npx * | pnpm install | pnpm i |
pnpm add | pnpm update | pnpm up | pnpm upgrade | pnpm dlx | pnpm create | pnpm fetch | pnpm import |
pnpm install-test | pnpm env | pnpx * | yarn | yarn install | yarn add | yarn up | yarn upgrade | yarn dlx |
yarn create | yarn global | yarn set | yarn import | bun install | bun i | bun add | bun a | bun x | bun create |
bun update | bun upgrade | bunx * | deno install | deno add | deno cache | deno upgrade | jsr add | apt install |
apt update | apt upgrade | apt full-upgrade | apt dist-upgrade | apt build-dep | apt source | apt download |
apt-get install | apt-get update | apt-get upgrade | apt-get dist-upgrade | apt-get build-dep | apt-get source |
apt-get download | aptitude install | aptitude update | dnf install | dnf update | dnf upgrade | yum install |
yum update | zypper install | zypper in | zypper update | apk add | apk update | apk upgrade | pacman * | yay * |
brew install | brew update | brew upgrade | brew tap | brew reinstall | brew bundle | port install | snap install |
flatpak install | nix-env * | nix profile | nix shell | nix run | nix develop | nix-shell * | choco install |
winget install | scoop install | cargo add | cargo install | cargo fetch | cargo update | cargo binstall |
cargo search | rustup * | go get | go install | go mod | gem install | gem update | gem fetch | bundle install |
bundle add | bundle update | bundle | composer install | composer require | composer update | composer create-project
| dotnet restore | dotnet add | dotnet tool | nuget install | nuget restore | cpan * | cpanm * | luarocks install |
opam install | cabal install | cabal update | stack install | mix deps.get | mix archive.install | pub get | pub add |
flutter pub | dart pub | pod install | pod update | swift package | carthage * | vcpkg install | conan install |
nvm install | fnm install | volta install | pyenv install | rbenv install | asdf install | mise install | mise use |
sdk install | playwright install | puppeteer browsers | cypress install | docker pull | docker run | docker build |
docker compose | docker buildx | docker-compose * | podman pull | podman run | podman build | buildah pull |
buildah bud | helm install | helm pull | helm repo | terraform init | git clone | git fetch | git pull | git submodule
| git remote update | git ls-remote | svn * | hg clone | hg pull | aria2c * | axel * | lynx * | w3m * | yt-dlp * |
huggingface-cli download | hf download | spacy download | nltk.downloader * | ollama pull | ollama run | degit * |
tiged * | create-react-app * | create-next-app * | create-vite * | cookiecutter * | copier copy | get-pip.py * |
setup.py develop | setup.py easy_install
"""
REMOVES = """
git filter-branch | git filter-repo | git stash clear | git worktree remove | git update-ref | git reflog expire |
shred * | srm * | rimraf * | del-cli * | mkfs * | dd of
"""
# Options that take the next word with them.
VALUED: Mapping[str, frozenset[str]] = {
    "git": frozenset({"-C", "-c", "--git-dir", "--work-tree", "--namespace", "--config-env", "--super-prefix"}),
    "npm": frozenset({"--prefix", "-C", "-w", "--workspace", "--registry", "--loglevel", "--cache"}),
    "pnpm": frozenset({"-C", "--dir", "--filter", "-F", "--loglevel"}),
    "yarn": frozenset({"--cwd", "--registry", "--cache-folder"}),
    "uv": frozenset({"--directory", "--project", "--config-file", "--cache-dir", "--color"}),
    "cargo": frozenset({"-C", "--manifest-path", "--config", "--color", "-Z"}),
    "docker": frozenset({"-H", "--host", "-c", "--context", "--config", "-l", "--log-level"}),
    "poetry": frozenset({"-C", "--directory", "-P", "--project"}),
    "pip": frozenset({"--python", "--proxy", "--log", "--cache-dir", "--timeout", "--retries"}),
    "go": frozenset({"-C"}),
    "dotnet": frozenset({"--fx-version"}),
    "mvn": frozenset({"-f", "-pl", "-s"}),
    "apt-get": frozenset({"-o", "-c", "-t"}),
    "apt": frozenset({"-o", "-c", "-t"}),
}
ALIKE = ((re.compile(r"pip\d[\d.]*"), "pip"), (re.compile(r"yarnpkg"), "yarn"), (re.compile(r"npm-cli\.js"), "npm"))
HERE = re.compile(
    r"(?:https?://)?(?:localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[?::1\]?)(?::\d+)?(?:[/?#].*)?", re.IGNORECASE
)
UPLOADS = re.compile(
    r"-[a-zA-Z]*[dFT].*|--data(?:-\w+)?(?:=.*)?|--form(?:-\w+)?(?:=.*)?|--upload-file(?:=.*)?|--json(?:=.*)?"
    r"|--post-(?:data|file)(?:=.*)?|--body-(?:data|file)(?:=.*)?|--url-query(?:=.*)?"
)
METHODS = re.compile(r"(?:-X|--request=?|--method=?)?(?:POST|PUT|PATCH|DELETE)", re.IGNORECASE)
REMOTE = re.compile(r"(?:rsync|ssh|sftp|scp)://.*|(?![./])[\w.@-]+:.*")
ASKS = frozenset({"-h", "--help", "-V", "-v", "--version", "help", "version"})  # about the program itself
FAR = 30  # so many words after its name something may still belong to a program, where nothing is certain
SURE = frozenset({"ssh", "scp", "sftp", "gh", "glab", "twine", "telnet", "socat", "ncat", "npx", "uvx", "bunx", "pnpx"})
FETCHERS = frozenset({"curl", "wget", "wget2", "http", "https", "xh", "httpie", "curlie"})
REMOVERS = re.compile(
    r"(?:.*\.)?(?:rmtree|rmSync|rmdirSync|rm_rf|rm_r|remove_tree|remove_dir_all|removeSync|emptyDirSync)"
)
HARD = frozenset({"--hard", "-f", "--force", ".", ":/", "*"})  # of what throws away what was changed
_OPTION = re.compile(r"-\w+|--[\w-]+.*")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A wish, and the statement that it stands in. `removes` are what would be removed, where that can be known."""

    wish: Wish
    line: str
    removes: tuple[str, ...] | None = None


def of(line: str) -> list[Wanted]:
    """What a command line comes to, each wish once for each of its statements."""
    found = (Wanted(wish, run.line, removes) for run in runs(line) for wish, removes in _wishes(run))
    return list(dict.fromkeys(found))


def words(line: str) -> Iterator[str]:
    """All words of it, for those who look for places in them."""
    for run in runs(line):
        yield from run.words


def _table(text: str) -> dict[str, list[tuple[str, ...]]]:
    """By the program: the words that must come first. None of them: whatever comes; an empty one: nothing may come."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for entry in " ".join(text.split()).split(" | "):
        program, *first = entry.split()
        found.setdefault(program, []).append(tuple(word for word in first if word != "*") if first else ("",))
    return found


TABLES = ((Wish.PUSH, _table(SENDS)), (Wish.INSTALL, _table(FETCHES)), (Wish.DELETE, _table(REMOVES)))
Found = Iterator[tuple[Wish, tuple[str, ...] | None]]


def _wishes(run: Run) -> Found:
    if run.loose:
        yield from _possible(run.words)
        return
    called, rest = _called(run.words[0]), run.words[1:]
    if called.startswith("git-"):
        called, rest = "git", (called.removeprefix("git-"), *rest)
    if rest and (set(rest) <= ASKS or tuple(rest[1:]) == ("--help",)):
        return
    for wish, table in TABLES:
        if any(_begins(called, rest, first) for first in table.get(called, ())):
            yield wish, None
    if special := SPECIAL.get(called):
        yield from special(rest, run.fed)


def _called(word: str) -> str:
    called = name(word)
    return next((alike for pattern, alike in ALIKE if pattern.fullmatch(called)), called)


def _begins(called: str, rest: Sequence[str], first: tuple[str, ...]) -> bool:
    """Whether these words come first, options left out: with the words that belong to options, or without them."""
    ways = ([word for word in rest if not word.startswith("-")], _positional(called, rest))
    if first == ("",):
        return not any(ways[1:])
    return any(tuple(way[: len(first)]) == first for way in ways)


def _positional(called: str, rest: Sequence[str]) -> list[str]:
    found, takes = list[str](), False
    for word in rest:
        if not word.startswith("-") and not takes:
            found.append(word)
        takes = word in VALUED.get(called, ())
    return found


def _possible(found: Sequence[str]) -> Found:
    """Where only words are known: what one of them may come to, together with those after it."""
    for place, word in enumerate(found):
        called, after = _called(word), found[place + 1 : place + 1 + FAR]
        for wish, table in TABLES:
            if any(_may_follow(called, after, first) for first in table.get(called, ())):
                yield wish, None
        if called in FETCHERS:
            yield from _fetches(after, fed=True)
        if REMOVERS.fullmatch(word) or (
            called == "rm" and any(re.match(r"-\w*[rR]|--recursive", one) for one in after)
        ):
            yield Wish.DELETE, None


def _may_follow(called: str, after: Sequence[str], first: tuple[str, ...]) -> bool:
    left = iter(after)
    return called in SURE if not first else first != ("",) and all(word in left for word in first)


def _fetches(rest: Sequence[str], fed: bool) -> Found:
    """From this machine anything may be asked; what is sent along elsewhere leaves it."""
    places = [word for word in rest if re.match(r"\w+://|[\w.-]+\.\w{2,}|localhost|\[|\d", word)]
    if places and all(map(HERE.fullmatch, places)) and not fed:
        return
    sends = any(map(UPLOADS.fullmatch, rest)) or any(map(METHODS.fullmatch, rest))
    yield (Wish.PUSH if sends else Wish.INSTALL), None


def _copies(rest: Sequence[str], fed: bool) -> Found:
    del fed
    if any(map(REMOTE.fullmatch, rest)):
        yield Wish.PUSH, None
    if any(word.startswith("--del") for word in rest):
        yield Wish.DELETE, None


def _removes(rest: Sequence[str], fed: bool) -> Found:
    yield Wish.DELETE, None if fed else tuple(word for word in rest if not word.startswith("-"))


def _finds(rest: Sequence[str], fed: bool) -> Found:
    del fed
    if "-delete" in rest:
        yield Wish.DELETE, None


def _gits(rest: Sequence[str], fed: bool) -> Found:
    """What throws away work that no save point has; an alias may be anything."""
    sub, *after = _positional("git", rest) or [""]
    if any("alias." in word for word in rest) and any(word in "".join(rest) for word in ("push", "!")):
        yield Wish.PUSH, None
    if sub == "clean" and not {"-n", "--dry-run"} & set(rest):
        yield Wish.DELETE, None
    if sub == "reset" and "--hard" in rest:
        yield Wish.DELETE, None
    if sub in {"checkout", "restore", "switch"} and HARD & set(rest) and "--staged" not in rest:
        yield Wish.DELETE, None
    if sub == "branch" and any(re.fullmatch(r"-\w*D\w*", word) for word in rest):
        yield Wish.DELETE, None
    if sub == "rm":
        yield from _removes(after, fed)


def _runs_with(rest: Sequence[str], fed: bool) -> Found:
    del fed
    if rest[:1] == ("run",) and any(word.startswith("--with") for word in rest):
        yield Wish.INSTALL, None


def _go(rest: Sequence[str], fed: bool) -> Found:
    del fed
    if rest[:1] == ("run",) and any("@" in word for word in rest):
        yield Wish.INSTALL, None


SPECIAL: Mapping[str, Callable[[Sequence[str], bool], Found]] = {
    **dict.fromkeys(FETCHERS, _fetches),
    **dict.fromkeys(("rm", "unlink", "grm"), _removes),
    **dict.fromkeys(("find", "fd", "fdfind"), _finds),
    "rsync": _copies,
    "git": _gits,
    "uv": _runs_with,
    "go": _go,
}
