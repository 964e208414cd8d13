"""The linker: what it joins, what it refuses, and that what comes out runs (by node, where there is one)."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from harness.capture.bundle import init_script
from harness.errors import HarnessError
from harness.javascript import blank, js_dir, link, without_comments

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="no node to run the linked script")


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.js").write_text(text)
    return folder / "main.js"


def run(script: str) -> object:
    """Run the expression as a classic script; return its value through JSON."""
    assert NODE is not None
    code = f"process.stdout.write(JSON.stringify({script}))"
    # A `.cjs` name would still be wrapped in a function; `-p` and `-e` run as a script.
    command = [NODE, "--input-type=commonjs", "-e", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@needs_node
def test_linked_modules_run_dependencies_first_and_once(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        base='export const log = [];\nlog.push("base");\nexport function add(text) { log.push(text); }\n',
        left='import { add } from "./base.js";\nadd("left");\nexport const same = 1;\n',
        right="import { add as note } from './base.js';\nnote('right');\nexport const same = 2;\n",
        main=(
            "import {\n  log, // the list\n  add,\n} from \"./base.js\";\n"
            'import { same as a } from "./left.js";\nimport { same } from "./right.js";\n'
            "export async function later() {}\nexport class Thing {}\n"
            "export const all = [...log, a, same, typeof add, this === undefined];\n"
        ),
    )  # fmt: skip
    assert run(link(entry)) == {"all": ["base", "left", "right", 1, 2, "function", True]}


@needs_node
def test_words_in_comments_strings_and_templates_are_left_alone(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        main="""/*
import { nothing } from "./nowhere.js";
export default 1
*/
// import x from "y"
const text = `
import { a } from "./b.js";
export default ${[1, 2].map((n) => `
export ${n}`).join("")}
`;
const quoted = "import('x')" + 'it\\'s export default';
const slashes = 8 / 2 / /[/"'`]+/.exec("//").length;
const o = { import: 1, export: 2 };
if (o) /`/.test("`");
export const result = [text, quoted, slashes, o.import + o.export];
""",
    )
    value = run(link(entry))
    assert isinstance(value, dict)
    text = '\nimport { a } from "./b.js";\nexport default \nexport 1\nexport 2\n'
    assert value["result"] == [text, "import('x')it's export default", 4, 3]


@needs_node
def test_imports_are_hoisted_and_lines_keep_their_numbers(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        other="export const x = 5;\n",
        main='export const y = x + 1;\nimport {\n  x,\n} from "./other.js";\nexport const where = new Error().stack;\n',
    )
    linked = link(entry)
    assert run(linked)["y"] == 6  # type: ignore[index]
    lines = linked.split("\n")
    start = next(i for i, line in enumerate(lines) if line.endswith("/main.js"))
    assert "new Error()" in lines[start + 5]


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("\nexport default function f() {}\n", 2, "export default"),
        ("const a = 1;\nexport { a };\n", 2, "export { a }"),
        ('export * from "./x.js";\n', 1, "export * from"),
        ("export let a = 1;\n", 1, "export let a"),
        ("export const { a } = {};\n", 1, "export const"),
        ('import "./x.js";\n', 1, "this form of `import`"),
        ('import x from "./x.js";\n', 1, "this form of `import`"),
        ('import * as x from "./x.js";\n', 1, "this form of `import`"),
        ('import { x } from "package";\n', 1, "relative path"),
        ('import { default as x } from "./x.js";\n', 1, "default as x"),
        ('function f() {\n  return import("./x.js");\n}\n', 2, "dynamic import"),
        ("const u = import.meta.url;\n", 1, "this form of `import`"),
        ('  import { x } from "./x.js";\n', 1, "start of its line"),
        ("const x = await f();\n", 1, "`await` outside a function"),
    ],
)
def test_other_forms_are_refused_with_file_and_line(tmp_path: Path, source: str, line: int, words: str) -> None:
    entry = write(tmp_path, main=source)
    with pytest.raises(HarnessError) as caught:
        link(entry)
    assert str(caught.value).startswith(f"{entry}:{line}: ")
    assert words in str(caught.value)


def test_a_cycle_is_refused(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        a='import { b } from "./b.js";\nexport const a = 1;\n',
        b='import { a } from "./a.js";\nexport const b = 1;\n',
        main='import { a } from "./a.js";\n',
    )
    with pytest.raises(HarnessError, match=r"b\.js:1: modules import each other \(a\.js -> b\.js -> a\.js\)"):
        link(entry)


def test_a_missing_file_and_a_missing_name_are_named(tmp_path: Path) -> None:
    with pytest.raises(HarnessError, match=r"main\.js:1: imports gone\.js, which does not exist"):
        link(write(tmp_path, main='import { a } from "./gone.js";\n'))
    with pytest.raises(HarnessError, match=r"main\.js:2: a\.js does not export c"):
        link(write(tmp_path, a="export const b = 1;\n", main='\nimport { b, c } from "./a.js";\n'))


def test_blank_keeps_length_line_ends_and_code_in_templates() -> None:
    source = 'a("x\\"y") /* \n */ + `t${ b(`u${c}`) }v` / 2 // end\nd'
    blanked = blank(source)
    assert len(blanked) == len(source)
    assert blanked.split() == ["a(", ")", "+", "${", "b(", "${c}", ")", "}", "/", "2", "d"]
    assert blanked.count("\n") == source.count("\n")


def test_comments_are_taken_off_and_nothing_else() -> None:
    source = "/** a */ const b = `// ${/* c */ d} /* e */`; // f\n/*\n * g */ const h = /[/*]/ / 2, i = '//j';\n"
    assert without_comments(source) == " const b = `// ${ d} /* e */`; \n\n const h = /[/*]/ / 2, i = '//j';\n"


def test_our_own_modules_can_be_linked() -> None:
    for entry in sorted(js_dir().glob("*/main.js")):
        assert link(entry).startswith("(function () {")


def test_injected_script_is_ascii_and_says_the_same() -> None:
    """One letter beyond Latin-1 would double what V8 holds and scans for every document."""
    script = init_script({"binding": "ü"})
    assert script.isascii()
    assert "`\\u00ab${own}\\u00bb`" in script
