"""A paper as PDF, through LibreOffice where this machine has it: the same pages, tagged for who reads by ear."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import zipfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path, PurePosixPath

from core.errors import MonitorError, UsageError
from papers.product import Product, Take

MIME = "application/pdf"
_PATIENCE_S = 180
_PROGRAMS = (
    "soffice",
    "libreoffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:/Program Files/LibreOffice/program/soffice.exe",
    "C:/Program Files (x86)/LibreOffice/program/soffice.exe",
)
_CREATED = re.compile(rb"<dcterms:created[^>]*>(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)")
_MADE = re.compile(rb"(/CreationDate\(D:)\d{14}")
_MADE_TOO = re.compile(rb"(<xmp:CreateDate>)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_IDENTITY = re.compile(rb"/ID \[[^\]]*\]\s*(?:/DocChecksum /[0-9A-F]{32})?")
_FILTERS = {".docx": "writer_pdf_Export", ".pptx": "impress_pdf_Export", ".xlsx": "calc_pdf_Export"}
_CHOICES = {  # PDF/UA: tags, a title that is shown, a language
    name: {"type": "boolean", "value": "true"}
    for name in ("PDFUACompliance", "UseTaggedPDF", "ExportBookmarks", "DisplayPDFDocumentTitle")
}


@lru_cache(maxsize=1)
def is_possible() -> bool:
    """Whether this machine has LibreOffice, on the path or where it is usually installed."""
    return _program() is not None


def pdf(product: Product) -> Product:
    """The same paper as PDF, tagged (PDF/UA).

    LibreOffice is run with a profile of its own that is thrown away, so that nothing it was told elsewhere, and no
    window of it that stands open, changes or stops what it makes.

    Raises UsageError for a file that is no paper, MonitorError when LibreOffice is missing, takes too long or makes
    nothing.
    """
    name = PurePosixPath(product.name)
    if name.suffix not in _FILTERS:
        raise UsageError(
            "only a Word, PowerPoint or Excel file can become a PDF.",
            where=product.name,
            meaning="No PDF was made; the file itself is whole.",
            action="Choose a paper, a pack or a workbook.",
        )
    program = _program()
    if program is None:
        raise _failed(product, "LibreOffice was not found on this machine")
    try:
        with tempfile.TemporaryDirectory(prefix="monitor-pdf-", ignore_cleanup_errors=True) as folder:
            made = _made(program, Path(folder), product)
    except OSError:
        raise _failed(product, "there is no room for the files it is made of") from None
    return Product(str(name.with_suffix(".pdf")), MIME, _settled(made, product), product.notes)


def _made(program: str, place: Path, product: Product) -> bytes:
    """What LibreOffice makes of the file, in a folder of its own."""
    suffix = PurePosixPath(product.name).suffix
    source = place / f"paper{suffix}"
    source.write_bytes(product.content)
    _convert(program, source, _FILTERS[suffix], product)
    made = source.with_suffix(".pdf")
    if not made.is_file() or not made.stat().st_size:
        raise _failed(product, "LibreOffice ended without making the PDF")
    return made.read_bytes()


def _convert(program: str, source: Path, export: str, product: Product) -> None:
    profile = (source.parent / "profile").as_uri()
    command = [
        program, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--nolockcheck", "--convert-to",
        f"pdf:{export}:{json.dumps(_CHOICES)}", "--outdir", str(source.parent), str(source),
    ]  # fmt: skip
    try:
        # In a session of its own: the program starts another, which would outlive it.
        running = subprocess.Popen(
            command, env=os.environ | {"TZ": "UTC0"}, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError:
        raise _failed(product, "LibreOffice could not be started") from None
    try:
        _await(running)
    except subprocess.TimeoutExpired:
        raise _failed(product, f"LibreOffice did not finish within {_PATIENCE_S} seconds") from None
    finally:
        _end(running)  # whatever ends the waiting: a key pressed, a process that is told to stop, or its own end


def _settled(made: bytes, product: Product) -> bytes:
    """The PDF with the moment the paper itself bears and a mark of what it was made from: alike for the same paper.

    Each is as long as what stood there, so that every place the file names in itself stays where it is.
    """
    with zipfile.ZipFile(io.BytesIO(product.content)) as file:
        told = _CREATED.search(file.read("docProps/core.xml"))
    if told is None:
        raise _failed(product, "the file does not say when it is of")
    at = b"".join(told.groups())
    made = _MADE.sub(lambda found: found[1] + at, made)
    made = _MADE_TOO.sub(lambda found: found[1] + told[0].partition(b">")[2][:19], made)
    mark = hashlib.sha256(product.content).hexdigest()[:32].upper().encode()
    return _IDENTITY.sub(lambda found: re.sub(rb"[0-9A-F]{32}", mark, found[0]), made)


def _await(running: subprocess.Popen[bytes]) -> None:
    running.wait(_PATIENCE_S)


def _end(running: subprocess.Popen[bytes]) -> None:
    """End the program if it still runs, and what it started where the system lets a group be ended."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(running.pid, signal.SIGKILL)
    elif running.poll() is None:
        running.kill()
    running.wait()


def _program() -> str | None:
    return next((found for one in _PROGRAMS if (found := shutil.which(one))), None)


def _failed(product: Product, why: str) -> MonitorError:
    return MonitorError(
        f"the PDF could not be made: {why}.",
        where=product.name,
        meaning="The paper itself is whole; only its PDF is missing.",
        action="Open the paper and save it as PDF there, or install LibreOffice and make it again.",
    )


def printed(made: Product) -> tuple[Take, ...]:
    """The PDF of a finished file, where this machine can make it and the file has pages to print; otherwise nothing."""
    name = PurePosixPath(made.name)
    if not is_possible() or name.suffix not in (".docx", ".pptx"):
        return ()
    return (Take("pdf", str(name.with_suffix(".pdf")), MIME, lambda: pdf(made).content),)
