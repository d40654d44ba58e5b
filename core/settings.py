"""Settings of this deployment: config/settings.toml, then the environment."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent
CONFIG = ROOT / "config"
REFERENCE = ROOT / "data" / "reference"


@dataclass(frozen=True)
class Settings:
    """Where things are and which build is opened.

    Attributes:
        data: the data directory (MONITOR_DATA).
        audience: which file of a build this deployment opens, restricted or shareable (MONITOR_BUILD).
        key_file: file holding the protection key, or None (MONITOR_KEY_FILE; the key itself may be in MONITOR_KEY).
        boundaries: official outlines to use instead of the derived ones, or None (MONITOR_BOUNDARIES).
        lsoa_lookup: a look-up of LSOA to authority, or None (MONITOR_LSOA_LOOKUP).
        comparators: published figures of other areas to stand beside ours, or None (MONITOR_COMPARATORS).
        register_url: database URL of the register (MONITOR_REGISTER).
        options: the rest of settings.toml, by table.
    """

    data: Path
    audience: str
    key_file: Path | None
    boundaries: Path | None
    lsoa_lookup: Path | None
    comparators: Path | None
    register_url: str
    options: dict[str, Any]


def _path(value: str | None) -> Path | None:
    return Path(value).expanduser() if value else None


def load_settings() -> Settings:
    """Read the settings afresh. Raises ConfigError when the audience is neither restricted nor shareable."""
    options = _settings_file()
    data = _path(os.environ.get("MONITOR_DATA")) or ROOT / "data"
    audience = os.environ.get("MONITOR_BUILD") or options["deployment"]["build"]
    if audience not in ("restricted", "shareable"):
        raise ConfigError(
            "the setting for which build to open is neither 'restricted' nor 'shareable'.",
            where="MONITOR_BUILD, or [deployment] build in config/settings.toml",
            meaning="Nothing is shown, because the audience of the figures is not known.",
            action="Set it to restricted or to shareable.",
        )
    return Settings(
        data=data,
        audience=audience,
        key_file=_path(os.environ.get("MONITOR_KEY_FILE")),
        boundaries=_path(os.environ.get("MONITOR_BOUNDARIES")),
        lsoa_lookup=_path(os.environ.get("MONITOR_LSOA_LOOKUP")),
        comparators=_path(os.environ.get("MONITOR_COMPARATORS")),
        register_url=os.environ.get("MONITOR_REGISTER") or f"sqlite:///{data / 'register.sqlite'}",
        options=options,
    )


@lru_cache(maxsize=1)
def _settings_file() -> dict[str, Any]:
    return read_toml(CONFIG / "settings.toml")


def read_toml(path: Path) -> dict[str, Any]:
    """Read one TOML file. Raises ConfigError when it is missing or not valid TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise ConfigError(
            f"the file {path.name} is missing.",
            where=str(path),
            meaning="Nothing is shown or built until it is back.",
            action="Restore it from the repository.",
        ) from missing
    except tomllib.TOMLDecodeError as bad:
        raise ConfigError(
            f"the file {path.name} is not valid TOML: {bad}.",
            where=str(path),
            meaning="Nothing is shown or built until it can be read.",
            action="Correct the line named above.",
        ) from bad
