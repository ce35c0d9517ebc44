"""LibreOffice, which opens what we write as another program than the one that wrote it."""

import shutil
import subprocess
from pathlib import Path

from tests.availability import unavailable


def convert(folder: Path, kind: str, *files: Path) -> None:
    """Has it open the files and save each in another format in the folder; `kind` as its `--convert-to` takes it."""
    office = shutil.which("soffice")
    if office is None:
        unavailable("LibreOffice (soffice)")
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [office, profile, "--headless", "--convert-to", kind, "--outdir", str(folder), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
