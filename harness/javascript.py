"""Our JavaScript: where it lies, and how its modules become one classic script.

The recorder is injected into pages and the HTML export opens from `file://`; neither can load modules, and a bundler
would be a second tool chain. So `js/` keeps to a few module forms that `link` can join by itself, and everything else
is refused:

    import { a, b as c } from "./other.js";         named, relative, from the first column of a line
    export function f, export async function f, export class C, export const x =

Each module becomes a function of its own, called once, dependencies first, so that names of two modules never meet.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from harness.errors import HarnessError
from harness.published import js_dir

__all__ = ["js_dir", "link"]

_IMPORT = re.compile(r"import\s*\{(?P<names>[^{}]*)\}\s*from\s*(?P<specifier>\S)")
_EXPORT = re.compile(
    r"export\s+(?:(?:async\s+)?function\b\s*\*?\s*(?P<function>[\w$]+)|class\s+(?P<class>[\w$]+)|const\s+(?P<const>[\w$]+)\s*=)"
)
_NAME = re.compile(r"(?P<outer>[\w$]+)(?:\s+as\s+(?P<inner>[\w$]+))?")
_KEYWORD = re.compile(r"(?<![\w$.#])(?P<word>import|export)(?![\w$])(?P<next>\s*[(.:=]?)")
_AWAIT = re.compile(r"^(?:(?:const|let)\s+[^=\n]+=\s*)?await\b|^for\s+await\b", re.MULTILINE)
# A slash after one of these words starts a regular expression, after any other name or number it divides.
_BEFORE_REGEX = frozenset(
    {"return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "instanceof"}
    | {"else", "do", "yield", "await"}
)
_CONDITION = frozenset({"if", "while", "for", "with"})
_WORD = re.compile(r"[\w$]+")
_SPACE = re.compile(r"\s+")
_WITHIN_LINE = re.compile(r"[^\r\n]")


def link(entry: Path) -> str:
    """Return one expression, safe in a classic script, whose value is an object with the exports of the module `entry`.

    Modules run once each, dependencies first, in strict mode and with `this` undefined, as they would by themselves.
    Raises HarnessError with file and line for a cycle, a missing file or name, or a form that is not in the list above.
    """
    modules: dict[Path, _Module] = {}
    _load(entry.resolve(), modules, [])
    parts = ["(function () {", '"use strict";']
    names: dict[Path, str] = {}
    for number, (path, module) in enumerate(modules.items()):
        names[path] = f"$module{number}"
        parts.append(f"const {names[path]} = (function () {{ // {path.parent.name}/{path.name}")
        parts.append(module.head(names) + module.body)
        parts.append(f"return {{ {', '.join(module.exports)} }};\n}})();")
    parts.append(f"return {names[entry.resolve()]};\n}})()")
    return "\n".join(parts)


@dataclass
class _Module:
    """One parsed file; `body` has the imports blanked and `export` taken off, its lines stay where they were."""

    path: Path
    body: str
    imports: list[tuple[Path, list[tuple[str, str]], int]] = field(default_factory=list)  # file, (outer, inner), line
    exports: list[str] = field(default_factory=list)

    def head(self, names: dict[Path, str]) -> str:
        """Return the imports as declarations, on one line: imports are hoisted, and lines keep their numbers."""
        return "".join(
            f"const {{ {', '.join(o if o == i else f'{o}: {i}' for o, i in pairs)} }} = {names[path]}; "
            for path, pairs, _ in self.imports
            if pairs
        )


def _load(path: Path, modules: dict[Path, _Module], under_way: list[Path]) -> None:
    """Add `path` to `modules` after everything that it imports."""
    if path in modules:
        return
    module = _parse(path)
    for target, pairs, line in module.imports:
        if target == path or target in under_way:
            cycle = [*under_way[under_way.index(target) :], path] if target in under_way else [path]
            names = " -> ".join(step.name for step in [*cycle, target])
            raise HarnessError(
                f"{path}:{line}: modules import each other ({names}); move what they share out", path=path
            )
        if not target.is_file():
            raise HarnessError(f"{path}:{line}: imports {target.name}, which does not exist", path=path)
        _load(target, modules, [*under_way, path])
        for outer, _ in pairs:
            if outer not in modules[target].exports:
                raise HarnessError(f"{path}:{line}: {target.name} does not export {outer}", path=path)
    modules[path] = module


def _parse(path: Path) -> _Module:
    try:
        source = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise HarnessError(f"{path}: cannot be read ({error})", path=path) from error
    code = blank(source)
    module = _Module(path, "")
    kept: list[str] = []
    done = 0
    for match in _KEYWORD.finditer(code):
        start, word, following = match.start(), match["word"], match["next"].strip()
        if start < done or (following in (":", "=") and start > 0 and code[start - 1] != "\n"):
            continue  # inside a statement already taken, or a property that happens to have the name
        line = source.count("\n", 0, start) + 1
        if start > 0 and code[start - 1] != "\n" and following not in ("(", "."):
            raise _unsupported(path, line, f"`{word}` that is not at the start of its line")
        if word == "import":
            end = _take_import(module, source, code, start, line)
            kept += [source[done:start], "\n" * source.count("\n", start, end)]
        else:
            end = _take_export(module, code, start, line)
            kept.append(source[done:start])
        done = end
    module.body = "".join([*kept, source[done:]])
    if waiting := _AWAIT.search(code):
        raise _unsupported(path, source.count("\n", 0, waiting.start()) + 1, "`await` outside a function")
    return module


def _take_import(module: _Module, source: str, code: str, start: int, line: int) -> int:
    """Note the import statement at `start`; return where it ends."""
    match = _IMPORT.match(source, start)
    # In `code` the specifier is blank and comments are gone, so the statement is known by its shape in both.
    if match is None or not re.match(r"import\s*\{[^{}]*\}\s*from\b", code[start:]):
        what = "dynamic import" if re.match(r"import\s*\(", code[start:]) else "this form of `import`"
        raise _unsupported(module.path, line, what)
    literal = re.compile(r"""(["'])(?P<path>\.{1,2}/[^"'\n\\]+)\1[ \t]*;?""").match(source, match.start("specifier"))
    if literal is None:
        raise _unsupported(module.path, line, "an import of anything but a relative path")
    names = code[match.start("names") : match.end("names")]
    pairs: list[tuple[str, str]] = []
    for text in filter(None, (part.strip() for part in names.split(","))):
        name = _NAME.fullmatch(text)
        if name is None or name["outer"] == "default":
            raise _unsupported(module.path, line, f"import of `{text}`")
        pairs.append((name["outer"], name["inner"] or name["outer"]))
    module.imports.append(((module.path.parent / literal["path"]).resolve(), pairs, line))
    return literal.end()


def _take_export(module: _Module, code: str, start: int, line: int) -> int:
    """Note the export at `start`; return where the declaration behind the word begins."""
    match = _EXPORT.match(code, start)
    if match is None:
        rest = code[start : start + 40].splitlines()[0].strip()
        raise _unsupported(module.path, line, f"`{rest}`")
    module.exports.append(match["function"] or match["class"] or match["const"])
    return start + len("export ")


def _unsupported(path: Path, line: int, what: str) -> HarnessError:
    return HarnessError(
        f"{path}:{line}: {what} cannot be linked; use named imports and `export function|class|const` at line start",
        path=path,
    )


def blank(source: str) -> str:
    """Return `source`, equally long, with comments, strings, template text and regular expressions turned into spaces.

    Line ends stay, and so does the code in a template's `${…}`. Whether a slash divides is decided by what stands
    before it.
    """
    return _scan(source, " ", literals=True)


def without_comments(source: str) -> str:
    """Return `source` without its comments; lines keep their numbers."""
    return _scan(source, "", literals=False)


def _scan(source: str, fill: str, *, literals: bool) -> str:
    """Return `source` with `fill` for each character of a comment, and of literals too where these are wanted."""
    pieces: list[str] = []
    done = 0  # how much of the source is in `pieces`
    braces: list[bool] = []  # an entry per open brace: True where it is the `${` of a template
    parens: list[bool] = []  # an entry per open parenthesis: True where it holds the condition of an `if` and the like
    position, end = 0, len(source)
    regex_may_start, word = True, ""

    def wipe(start: int, stop: int, *, comment: bool = False) -> int:
        nonlocal done
        stop = min(stop, end)
        if comment or literals:
            pieces.extend((source[done:start], _WITHIN_LINE.sub(fill, source[start:stop])))
            done = stop
        return stop

    def template(start: int) -> int:
        """Wipe template text from `start` up to its end or its next `${`."""
        index = start
        while index < end:
            if source[index] == "\\":
                index += 2
            elif source[index] == "`":
                return wipe(start, index + 1)
            elif source.startswith("${", index):
                braces.append(True)
                return wipe(start, index) + 2
            else:
                index += 1
        return wipe(start, end)

    while position < end:
        if space := _SPACE.match(source, position):
            position = space.end()
            continue
        char = source[position]
        pair = source[position : position + 2]
        if pair == "//" or (pair == "#!" and position == 0):
            stop = source.find("\n", position)
            position = wipe(position, end if stop < 0 else stop, comment=True)
            continue
        if pair == "/*":
            stop = source.find("*/", position + 2)
            position = wipe(position, end if stop < 0 else stop + 2, comment=True)
            continue
        if char in "\"'":
            index = position + 1
            while index < end and source[index] not in (char, "\n"):
                index += 2 if source[index] == "\\" else 1
            position = wipe(position, index + 1)
            regex_may_start, word = False, ""
        elif char == "`":
            depth = len(braces)
            position = template(wipe(position, position + 1))
            regex_may_start, word = len(braces) > depth, ""
        elif char == "/" and regex_may_start:
            index, in_class = position + 1, False
            while index < end and source[index] != "\n" and (in_class or source[index] != "/"):
                in_class = {"[": True, "]": False}.get(source[index], in_class)
                index += 2 if source[index] == "\\" else 1
            flags = _WORD.match(source, index + 1)
            position = wipe(position, flags.end() if flags else index + 1)
            regex_may_start, word = False, ""
        elif found := _WORD.match(source, position):
            after_dot = position > 0 and source[position - 1] == "."
            word = "" if after_dot else found.group()
            regex_may_start = word in _BEFORE_REGEX
            position = found.end()
        else:
            if char == "(":
                parens.append(word in _CONDITION)
            elif char == "{":
                braces.append(False)
            position += 1
            regex_may_start = char not in ")]"
            if char == ")":
                regex_may_start = parens.pop() if parens else False
            elif char == "}" and braces and braces.pop():
                depth = len(braces)
                position = template(position)
                regex_may_start = len(braces) > depth
            elif pair in ("++", "--"):
                position, regex_may_start = position + 1, False
            word = ""
    return "".join(pieces) + source[done:]
