"""Words of the trade that people who cannot code should not have to read, and plain words for some of them."""

from enum import StrEnum

from orchestrator.domain import plain


class Kind(StrEnum):
    """What can be wrong with a text for people."""

    CODE = "code"
    PATH = "path"
    IDENTIFIER = "identifier"
    TOOL = "tool"
    JARGON = "jargon"
    HARD = "hard"
    LONG = "long"
    QUESTIONS = "questions"
    SHOUTING = "shouting"


# Wrong wherever they stand. All forms of a word count: “deploy” is “deployed”, too.
PHRASES = {
    Kind.TOOL: plain.phrases(
        """
        tool call | tool result | function call | function calling | system prompt | system message | developer
        message | prompt engineering | prompt injection | language model | large language model | ai language
        model | as an ai language model | as a language model | as a large language model | foundation model |
        context window | context length | knowledge cutoff | knowledge cut-off | training data | as an ai | i am
        an ai | i'm an ai | i’m an ai | llm | schema | api key | api token | access token | api access token |
        auth token | bearer token | refresh token | session token | token limit | token budget | token count |
        token usage | context token | input token | output token | temperature parameter | sampling temperature
        | vector store | vector database | embedding model | subagent | sub-agent | chatgpt | openai | anthropic
        | deepseek | claude code | claude sonnet | claude opus | claude haiku | gemini pro | gemini flash |
        github copilot | mistral ai | hugging face | langchain | pydantic | provider error | subprocess |
        structured output
        """
    ),
    Kind.JARGON: plain.phrases(
        """
        acceptance criteria | acceptance criterion | acceptance test | approval gate | approval request |
        artifact store | async | asynchronous | authentication | backend | back-end | background job |
        background worker | boilerplate | bug tracker | budget cap | build artifact | build failure | callback
        function | ci/cd | client-side | code base | codebase | code review | commit hash | commit history |
        commit message | compiler | config | config file | container image | core dump | coverage report | cron
        job | cronjob | css | database | database dump | data model | debug | debugger | dependency injection |
        deploy | deployment | dev environment | diff | docker | docker container | dockerfile | edge case |
        endpoint | end-to-end test | environment variable | error code | error log | exit code | failed run |
        fastapi | feature branch | feature flag | force push | foreign key | frontend | front-end | front end
        developer | full-stack | git | git branch | git repository | graphql | hardcoded | hard-coded | html |
        hotfix | http request | integration test | javascript | json file | json schema | kubernetes | linter |
        localhost | log file | merge conflict | merge request | microservice | middleware | mock data | mongodb
        | mysql | minimum viable product | next.js | node.js | null pointer | oauth | object-oriented | open
        source library | out of memory | package manager | payload | please try again later | postgres |
        postgresql | primary key | production environment | pull request | pytest | quality gate | race
        condition | readme | rebase | redeploy | rate limit | redis | refactor | refactoring | regex |
        regression test | release candidate | repo | repository | request timeout | rest api | rollback | roll
        back | rolled back | runtime error | scalability | segfault | segmentation fault | status code | exit
        status | boolean | server-side | serverless | smoke test | sql query | sqlite | stack trace | stacktrace
        | syntax error | tech debt | technical debt | tech stack | test case | test coverage | test runner |
        test suite | time complexity | traceback | typescript | typeerror | unhandled exception | unit test |
        unit-test | user story | valueerror | version control | web server | webhook | websocket | wireframe |
        worktree | worker process | worker thread | work tree
        """
    ),
}

# Single words that are jargon in any language.
ANYWHERE = plain.words(
    """
    backend frontend deployment codebase worktree localhost webhook websocket middleware stacktrace traceback javascript
    typescript postgresql postgres sqlite mysql mongodb docker dockerfile kubernetes graphql pytest refactoring rollback
    llm chatgpt openai anthropic deepseek langchain pydantic subprocess fastapi
    """
)

# Only when written like this; small, they are words of other kinds.
_TOOLS = """API JSON YAML LLM GPT RAG MCP ACP SCAR PIV HITL"""
_TRADE = """
CI CLI CRUD CSS DNS HTML HTTP HTTPS IDE JWT ORM SDK SHA SQL SSH SSL TLS UI URL URI UUID UX XML
"""
CAPITALS = {Kind.TOOL: frozenset(_TOOLS.split()), Kind.JARGON: frozenset(_TRADE.split())}

# Jargon in such company only. Each pattern covers the word itself; `…` is a few words of the same sentence.
IN_COMPANY = {
    Kind.TOOL: {
        "prompt": r"\b(the|my|your|this|initial|user|our|a|per|llm|ai) prompts?\b"
        r"(?! (reply|answer|response|start|payment|delivery|service|to ))|\bprompts? (template|version|says|tells)",
        "token": r"\d tokens\b(?! (for|of|to|each))|\btokens? (used|left|per|were|was|expired|spent)|"
        r"\b(your|the|invalid|expired) token\b(?! of)|\bmax tokens",
        "temperature": r"\btemperature (of |is |was |set to |to |= ?)?[01]\.\d(?! ?(°|degree|c\b))",
        "tool": r"\b(called|calling|invoke\w*|used|using|call) the … ?tools?\b(?! (box|shed|belt))|\btools? returned",
        "claude": r"\bclaude \d|\b(i am|i'm|i’m|model) claude\b",
        "gemini": r"\bgemini \d|\b(google|by) gemini\b",
        "llama": r"\bllama ?\d",
        "gpt": r"\bgpt ?-?\d",
        "model": r"\b(underlying|reasoning) models?\b",
        "parameter": r"\b(function|tool|model|llm|input|request|query|missing|required) parameters?\b",
        "agent": r"\b(my|the|our|a|ai) (sub|llm|autonomous|planner|coder|review) ?agents?\b",
        "instruction": r"\bmy (system )?instructions (say|tell|are|do|forbid|require)",
        "machine": r"\bstate machines?\b",
    },
    Kind.JARGON: {
        "commit": r"\b(a|the|this|that|last|latest|first|each|every|new|previous|git|one|two|three|\d+) commits?\b"
        r"(?! (to|crime|suicide))|\bcommit(s|ted|ting)? (the |your |my |our |these |this |all |all the )?"
        r"(changes?|code|files?|fix\w*)\b|\bcommit\w* and push|\bi( have|'ve|’ve)? committed (it|this|that|them)\b"
        r"|\b(changes?|code|fix|files?) (was|were|is|are|has been|have been) committed",
        "branch": r"\b(git|separate|own|remote|local|default|develop\w*|work\w*|topic) branch(es)?\b"
        r"(?! (of|in|office|manager|librar|at|for|near|on))|\bmain branch\b(?! (of|in|office|manager|librar|at|near))|"
        r"\bbranch(es)?\b … ?(commit|push|merg|main\b|deploy|pull request)|\b(commit|push|merg|deploy|switch)\w*\b …"
        r" ?branch(es)?\b|\b(create|delete|check)(d|ed|s)?( out)? (a|the)( new)? branch\b(?! (of|in|office|at|librar))",
        "merge": r"\bmerg(e|ed|es|ing)\b … ?(into|in|to) (main|master|develop|your app|the app|the project)\b|"
        r"\bmerg(e|ed|es|ing) (the|your|my|our|this|that) (\w+ )?(branch|changes|code|pr\b|pull|trial copy|work|phase)|"
        r"\b(branch|changes?|code|pr|pull request|phase \d+) (is|was|were|are|has been|have been|got|"
        r"gets) (now )?merged|"
        r"\bready (to merge|to be merged)\b(?! with)|\bi( have|'ve|’ve)? merged (it|this|that)\b|\bmerge (it|failed)\b",
        "push": r"\bpush(ed|ing|es)?\b … ?(to (main|master|github|origin|production|git)|branch|commit|changes|code)\b",
        "sprint": r"\b(next|this|current) sprint\b(?! (over|of|on|in|was|for|final|race|from|at))|\bsprint "
        r"(\d|plan|backlog|goal|review)",
        "milestone": r"\b(next|first|second|third|last|this|current|project|final) milestone\b(?! (birthday|in))|"
        r"\bmilestones? (\d|reached|plan)",
        "pending": r"\b(is|are|still|now) pending\b|\bpending (approval|review|decision|question|gate|task)",
        "executor": r"\bexecutors?\b(?! (of|named|for))",
        "worker": r"\b(the|a|celery|our) workers? (process|crashed|restarted|died|thread|is idle|queue)",
        "staging": r"\bstaging (environment|server|branch|site|system|area|copy)|\b(to|on|in) staging\b",
        "pipeline": r"\bpipelines?\b(?! (of|for) (gas|oil|water))(?<!gas pipeline)(?<!oil pipeline)(?<!water pipeline)"
        r"(?<!sales pipeline)(?<!gas pipelines)(?<!oil pipelines)(?<!water pipelines)",
        "artifact": r"\b(the|build|stored|these|all|test) artifacts? (was|were|is|are) (built|uploaded|stored|"
        r"made|missing)",
        "release": r"\breleas(e|ed|ing) (the|your|this|a new) (app|version|feature|software|update|build|code)\b|"
        r"\breleased? to (production|users)|\brelease (notes|version|branch|build|process)|\b(new|next|first) release\b"
        r"(?! (of|date|by|from|on|in))",
        "ship": r"\bship(ped|ping|s)? (it|this|that|the (app|feature|code|change|fix|update|first version)|"
        r"to production)\b",
        "snapshot": r"\bsnapshot of (the|your) (database|code|project|repo|data)|\bdatabase snapshot",
        "dump": r"\b(dump of the (database|data)|data dump|dump file)",
        "run": r"\b(test|failed|previous|agent) run (failed|ended|passed|has)|\brun #?\d+ (failed|"
        r"passed|ended)",
        "job": r"\b(the|a|your) job (failed|crashed|was queued|timed out|is queued|exited)|\bjob queue",
        "retry retried": r"\bretr(y|ied|ying|ies)\b",
        "abort": r"\babort(ed|ing)\b|\babort the (run|job|build|step|work)\b",
        "killed": r"\b(process|run|job|task|builder|it) (was|got|has been|is) killed|\bkilled the (process|run|"
        r"job|task|server)",
        "timeout": r"\b(a|the|after|network|connection|server) timeouts? (error|of \d|occur|happen|exce)|"
        r"\btimeout error",
        "timed": r"\b(request|connection|builder|server|model|run|process|it|operation|check) timed out",
        "exception": r"\bexceptions? (was|were|is|are|got)? ?(thrown|raised|caught|occurred|in the code)|"
        r"\b(throws?|threw|"
        r"raises?|raised|catch|caught) (an|the) exception",
        "quota": r"\b(your|our|api|the|over) quota\b(?! of (women|fish))|\bquota (exceeded|reached|limit)",
        "revert": r"\brevert(s|ed|ing)?\b",
        "reset": r"\b(git|hard|soft) reset\b|\breset the (branch|repo|database|environment|code|state)\b",
        "credential": r"\b(your|login|the|valid|invalid|missing|api|user|wrong|bad|stored|these) credentials?\b",
        "invalid": r"\binvalid\b",
        "oops": r"\boops\b",
        "container": r"\bcontainers? (is|was|has) (started|running|built|crashed|up)|\b(docker|linux|"
        r"the app) containers?",
        "cache": r"\b(the|clear\w*|your|a|browser) cache\b(?! of)|\bcached\b",
        "dependency": r"\b(install\w*|missing|npm|update\w*|project|python|the) dependenc(y|ies)\b(?! (on|between|of))",
        "library": r"\b(javascript|python|react|open.source|third.party|software|code|import\w* the|"
        r"ui) librar(y|ies)\b",
        "package": r"\b(npm|pip|python|software) packages?\b",
        "migration": r"\b(database|schema|data|run the|ran the|alembic) migrations?\b",
        "scaffold": r"\bscaffold(ed|ing)? (the|your|a|an) (app|project|page|code|site)",
        "stack": r"\b(the|our|your|software|web|this) stack (is|of technolog|uses|we use)\b|\bcall stack",
        "server": r"\b(api|dev|development|production|database|the|our|your|a|local) servers?\b(?! (at|brings|"
        r"will bring|took))"
        r"(?= (is|was|side|process|return|respon|crash|error|start|restart|failed|code|log|and the client))",
        "python": r"\bpython (code|script|file|\d|module|function|program|package)|\b(in|with|using) python\b",
        "react": r"\breact (app|component|frontend|project|hook|code|native)|\b(using|in|with) react\b(?! to)",
        "django": r"\bdjango\b(?! reinhardt| unchained)",
        "flask": r"\bflask (app|server|route|api|backend)|\busing flask\b",
        "npm": r"\bnpm\b",
        "error": r"\berror (\d{3}|code)\b|\b\d{3} error\b",
        "code": r"\b(the|your|our|my|some|more|clean|write|wrote|of|this|in) code\b … ?"
        r"(function|compil|module|test|class|repository|bug|refactor|merge|push)\w*|\bsource code\b",
        "module": r"\b(python|code|the|this|node|import\w*) modules? … ?(function|import|class|file|code|export|"
        r"load)\w*",
        "function": r"\b(the|a|this) functions? (return|throws|is called|takes|call)s?\b|\bcall(s|ed)? the function\b",
        "variable": r"\b(environment|env|the|global|local) variables? (is|are|was|named|called|holds)\b",
        "query": r"\b(sql|database) quer(y|ies)\b",
        "standup": r"\bdaily standup\b",
        "issue": r"\b(github|open|close[ds]?) (the |an )?issues? ?#?\d",
        "parse": r"\bpars(e|ed|es|ing) (the|your|a|an)\b",
        "instantiate": r"\binstantiat\w+",
        "pr prs": r"\b(a|the|this|your|new|open|opened|review|merge|merged|draft) prs?\b(?! (team|agenc|person|"
        r"work|manager|of|"
        r"in|at|for|and|campaign|firm|department))|\bpr #?\d",
        "head": r"\b(git|detached|at) head\b(?! of)(?<!at head)",
        "framework": r"(?<!legal )(?<!moral )(?<!steel )(?<!ethical )(?<!wooden )\bframeworks?\b",
        "mvp": r"\b(an?|our|the|your|first|this) mvps?\b(?! (of|award|vote|trophy|title|goes|is tom))",
        "db": r"\b(the|our|seeded|test|production) db\b",
        "component": r"\b(login|react|ui|header|page|form|button) components?\b",
        "backlog": r"\b(the|product|our|your|sprint) backlog\b(?! of)",
        "lint": r"\blint(ing)? (check|error|rule|fail|pass|warning)",
        "fail": r"\b(we|builder|request|server|it|tests?|app|i|check|job|build) failed to\b",
        "iteration": r"\biterations?\b(?! of)",
        "environment": r"\b(production|test|dev|development|staging|virtual) environments?\b",
    },
}

# Nouns that have an exact plain word: one, and many. Only these are replaced.
NOUNS = {
    "commit": ("save point", "save points"),
    "branch": ("trial copy", "trial copies"),
    "feature branch": ("trial copy", "trial copies"),
    "git branch": ("trial copy", "trial copies"),
    "worktree": ("trial copy", "trial copies"),
    "milestone": ("phase", "phases"),
    "sprint": ("phase", "phases"),
    "iteration": ("phase", "phases"),
    "executor": ("builder", "builders"),
    "api key": ("key", "keys"),
    "api token": ("key", "keys"),
    "access token": ("key", "keys"),
    "auth token": ("key", "keys"),
    "bearer token": ("key", "keys"),
    "unit test": ("test", "tests"),
    "unit-test": ("test", "tests"),
    "integration test": ("test", "tests"),
    "regression test": ("test", "tests"),
    "end-to-end test": ("test", "tests"),
    "edge case": ("unusual case", "unusual cases"),
    "budget cap": ("limit", "limits"),
    "approval request": ("decision", "decisions"),
    "approval gate": ("decision", "decisions"),
    "ai language model": ("AI model", "AI models"),
    "language model": ("AI model", "AI models"),
    "large language model": ("AI model", "AI models"),
    "llm": ("AI model", "AI models"),
    "mvp": ("first version", "first versions"),
    "url": ("web address", "web addresses"),
    # These have no singular: the words around them are made to fit, or they stay.
    "pull request": ("", "draft changes"),
    "merge request": ("", "draft changes"),
    "pr": ("", "draft changes"),
    "test suite": ("", "tests"),
}
