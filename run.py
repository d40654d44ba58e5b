"""One command that sets everything up and serves the dashboard; another that runs the tests.

    python3 run.py              the dashboard, on demonstration data when there is nothing else     (Windows: py run.py)
    python3 run.py test         all the tests; anything after `test` is handed to pytest instead

Needs only Python 3.11 or later and, the first time, a package index. Everything is installed into .venv beside this
file; nothing is installed again until a requirements file changes, so later runs need no network.
"""

from __future__ import annotations  # an old Python must get as far as being told it is old

import argparse
import hashlib
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST = (3, 11)
ADDRESS = "127.0.0.1"
PORT = 8501
PORTS_TRIED = 20
# The whole suite in two processes; the browser tests, which share a server, stay in one of them.
SIDE_BY_SIDE = ["-q", "-n", "2", "--dist", "loadgroup"]


class Refused(Exception):
    """Something stopped us; its four parts are for the reader."""

    def __init__(self, what: str, where: str, meaning: str, action: str) -> None:
        super().__init__(f"What happened: {what}\nWhere: {where}\nWhat it means: {meaning}\nWhat to do: {action}")


def main(arguments: list[str]) -> int:
    """Run one of the two commands; returns its exit code."""
    if sys.version_info[:2] < OLDEST:
        wanted = ".".join(str(part) for part in OLDEST)
        raise Refused(
            f"this is Python {sys.version.split()[0]}, and the dashboard needs {wanted} or later.",
            sys.executable,
            "Nothing was installed or changed.",
            f"Install Python {wanted} or later from python.org or your software centre, and run it with that one.",
        )
    if arguments[:1] == ["test"]:
        install("requirements-dev.txt")
        return run(["-m", "pytest", *(arguments[1:] or SIDE_BY_SIDE)])
    parser = argparse.ArgumentParser(prog="run.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--port", type=int, help=f"port to serve on (default {PORT}, or the next one free)")
    port = parser.parse_args(arguments).port
    install("requirements.txt")
    if os.environ.get("MONITOR_BOUNDARIES"):
        stop_unless_done(run(["-m", "geo", "outlines"]))
    if wants_demonstration():
        # The plan first: whatever is interrupted, the next run still finds no build and finishes both.
        stop_unless_done(run(["-m", "register", "demo"]))
        stop_unless_done(run(["-m", "etl", "demo"]))
    return serve(free_port(port))


def install(requirements: str) -> None:
    """Make .venv hold exactly what the requirements file pins, unless it already does."""
    stamp = VENV / f"{requirements}.sha256"
    wanted = hashlib.sha256((ROOT / requirements).read_bytes()).hexdigest()
    works = PYTHON.exists() and subprocess.run([PYTHON, "-c", ""], check=False, capture_output=True).returncode == 0
    if works and stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    if not works:
        say("Making the environment in .venv ...")
        make_environment()
    say(f"Installing what {requirements} names (the first time takes a minute or two) ...")
    installed = run(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements])
    if installed != 0:
        raise Refused(
            "the packages could not be installed; the lines above say why.",
            f"{requirements}, into {VENV}",
            "The dashboard cannot start. No data and no figure was touched.",
            "Check that a package index can be reached (a proxy or PIP_INDEX_URL may be needed), and run this again.",
        )
    stamp.write_text(wanted, encoding="ascii")


def make_environment() -> None:
    """A new .venv, in place of one that does not work."""
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=False, cwd=ROOT)
    if made.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        raise Refused(
            "the Python environment could not be made; the lines above say why.",
            str(VENV),
            "The dashboard cannot start. No data and no figure was touched.",
            "On Debian and Ubuntu install python3-venv (sudo apt-get install python3-venv); "
            "otherwise check that this folder can be written to.",
        )


def wants_demonstration() -> bool:
    """Whether nothing was ever published, and nothing loaded but a demonstration that was not finished."""
    data = Path(os.environ.get("MONITOR_DATA") or ROOT / "data").expanduser()
    if (data / "current.txt").exists():
        return False
    return not (data / "warehouse.duckdb").exists() or any((data / "demo").glob("*.csv"))


def free_port(wanted: int | None) -> int:
    """The port asked for, which must be free; without one, the first free from PORT on."""
    candidates = [wanted] if wanted else range(PORT, PORT + PORTS_TRIED)
    for port in candidates:
        with socket.socket() as probe:
            if os.name != "nt":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((ADDRESS, port))
            except OSError:
                continue
            return port
    raise Refused(
        f"port {wanted} is taken." if wanted else f"no port from {PORT} to {PORT + PORTS_TRIED - 1} is free.",
        f"{ADDRESS} on this machine",
        "The dashboard did not start; one that is already running is unaffected.",
        "Choose another with --port, or stop what is using it.",
    )


def serve(port: int) -> int:
    """Serve the dashboard until it is stopped."""
    say(f"Dashboard: http://{ADDRESS}:{port}   (Ctrl+C stops it)")
    options = ["--server.address", ADDRESS, "--server.port", str(port), "--server.headless", "true"]
    command = [str(PYTHON), "-m", "streamlit", "run", "dashboard.py", *options]
    os.chdir(ROOT)
    if os.name != "nt":
        os.execv(command[0], command)  # the server takes this process's place, and so its signals
    return subprocess.run(command, check=False).returncode


def run(arguments: list[str]) -> int:
    """Run our Python with these arguments, in the root; returns its exit code."""
    return subprocess.run([PYTHON, *arguments], check=False, cwd=ROOT).returncode


def stop_unless_done(code: int) -> None:
    """The command has said what was wrong; leave with its exit code."""
    if code != 0:
        raise SystemExit(code)


def say(words: str) -> None:
    """Tell the reader, at once even through a pipe."""
    print(words, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Refused as refused:
        print(refused, file=sys.stderr)
        sys.exit(3)
    except KeyboardInterrupt:
        sys.exit(130)
