"""Where the program begins: `serve` must not wait for the rest of the command line to load."""

import sys


def main() -> int:
    if sys.argv[1:] == ["serve"]:
        from orchestrator import serve  # noqa: PLC0415 - the fast way

        return serve.main()
    from orchestrator import cli  # noqa: PLC0415 - everything else

    return cli.main()
