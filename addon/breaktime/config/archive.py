"""
Archive: the files that a policy was made of, for as long as records refer to it.

    blobs/<SHA-256>        one file as it was read
    <fingerprint>.json     the names of the files of one policy, and which blob each of them is

Laws of this file:

1. What comes out is the policy of that fingerprint or nothing: it is made anew and compared.
2. Passwords, keys, tables of addresses and concerns are not kept: no answer depends on them.
"""

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from breaktime.config import Loaded, load
from breaktime.config.problems import ConfigError
from breaktime.core.policy import Policy

FOLDER = "policies"
"""Name of the folder, in that of the records."""

BLOBS = "blobs"
"""Name of the folder of files, in that one."""


class ArchiveError(Exception):
    """The policy of a fingerprint cannot be had; the text says why."""


class _Manifest(BaseModel):
    """
    Which files a policy was made of.

    Fields:
        main: path of the main file.
        catalogue: folder of the platform files.
        folders: those that were looked through.
        files: SHA-256 of each file, by path.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    main: Path
    catalogue: Path
    folders: tuple[Path, ...]
    files: dict[Path, str]


def keep(loaded: Loaded, folder: Path) -> None:
    """
    Keep the files of a configuration under the fingerprint of its policy.

    Args:
        loaded: what was read, a moment ago: its files are read once more.
        folder: where policies are kept; made where it is missing.

    Raises:
        OSError: it cannot be kept.
    """
    target = folder / f"{loaded.policy.fingerprint}.json"
    if target.exists():
        os.utime(target)  # it is needed from now on, whatever its age
        return
    for each in (folder, folder / BLOBS):
        with contextlib.suppress(FileExistsError):
            each.mkdir(mode=0o700)
    folders, files = [], {}
    for path in sorted(set(loaded.files) - _secret(loaded)):
        if path.is_dir():
            folders.append(path)
        elif path.exists():
            content = path.read_bytes()
            files[path] = hashlib.sha256(content).hexdigest()
            _write(folder / BLOBS / files[path], content)
    manifest = _Manifest(
        main=loaded.files[0],
        catalogue=loaded.catalogue or loaded.files[0].parent,
        folders=tuple(folders),
        files=files,
    )
    _write(target, manifest.model_dump_json(indent=1).encode())


def policy_of(folder: Path, fingerprint: str) -> Policy:
    """
    Make the policy of a fingerprint anew.

    Raises:
        ArchiveError: it cannot be had.
    """
    if not fingerprint.isalnum():
        raise ArchiveError("the record names no policy")
    try:
        data = (folder / f"{fingerprint}.json").read_bytes()
        manifest = _Manifest.model_validate_json(data)
        with tempfile.TemporaryDirectory(prefix="breaktime-policy-") as root:
            _lay_out(manifest, folder, Path(root))
            found = load(
                _below(Path(root), manifest.main),
                catalogue=_below(Path(root), manifest.catalogue),
            )
    except FileNotFoundError:
        raise ArchiveError("its policy was not archived") from None
    except OSError as problem:
        raise ArchiveError(
            f"its policy cannot be read: {(problem.strerror or '').lower()}"
        ) from problem
    except (ConfigError, ValidationError, json.JSONDecodeError) as problem:
        raise ArchiveError("what is archived of its policy is not whole") from problem
    if found.policy.fingerprint != fingerprint:
        raise ArchiveError("what is archived gives another policy")
    return found.policy


def _secret(loaded: Loaded) -> set[Path]:
    """Return files that no answer depends on: those by which people and gateway are known."""
    settings = loaded.settings
    found = {file for config in settings.identity for file in config.files(settings.base)}
    if settings.directory is not None:
        found.update(settings.directory.files)
    if settings.gateway.tls is not None:
        found |= {settings.gateway.tls.certificate, settings.gateway.tls.key}
    folder = settings.records.concerns
    return found | {path for path in loaded.files if folder is not None and path.parent == folder}


def _lay_out(manifest: _Manifest, folder: Path, root: Path) -> None:
    for path in manifest.folders:
        _below(root, path).mkdir(parents=True, exist_ok=True)
    for path, digest in manifest.files.items():
        content = (folder / BLOBS / digest).read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            raise ArchiveError("what is archived of its policy was changed")
        target = _below(root, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _below(root: Path, path: Path) -> Path:
    """Return where a file lies in a tree of its own."""
    return root / os.path.normpath(f"/{path}").lstrip("/")


def _write(path: Path, content: bytes) -> None:
    """Write a file whole, or not at all; one that is there is the same, and needed again."""
    if path.exists():
        os.utime(path)
        return
    fd, name = tempfile.mkstemp(dir=path.parent)  # mode 0600
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
