"""The full docstring of an objective: the author's text, completed from the signature.

The source is plain numpydoc that holds only what is special to a loss. This file adds type, shape
and default of each parameter, the sentence that is true of every parameter of its role, the line
of `Returns`, the reasons to raise, and the declarations of the decorator. An entry that has a type
already stays as it is.
"""

import inspect
import re
import textwrap
from collections.abc import Iterable, Mapping

from polycontrast.objective.arguments.roles import Argument
from polycontrast.objective.catalogue.registry import near_matches
from polycontrast.objective.catalogue.same import Same
from polycontrast.objective.held import Held
from polycontrast.objective.help.parameter_words import condition, quoted, standard, type_of

WIDTH = 76  # of 80 columns, of which `help` indents by 4
INVARIANCES = {
    "sample_permutation": "a permutation of the samples",
    "view_permutation": "a permutation of the views",
    "rotation": "a common rotation of all rows",
    "row_scale": "the length of single rows where they are normalised",
    "swap": "an exchange of `x` and `y` with all that belongs to them",
    "translation": "a common shift of all rows where they are not normalised",
}
_HEADING = re.compile(r"^(\w[\w ]*)\n-{3,}$", re.M)
_FORMULA = re.compile(r"^\.\. math::((?:.*\n(?=[ \t]|\n[ \t]))*.*)", re.M)


def completed(
    doc: str,
    arguments: Mapping[str, Argument],
    invariances: Iterable[str] = (),
    shards: bool = True,
    held: Held | None = None,
    same_as: Iterable[Same] = (),
    aliases: Iterable[str] = (),
) -> str:
    """Docstring with all that the signature and the decorator imply.

    Raises
    ------
    ValueError
        When the docstring describes a name that is no parameter, or different types together.
    """
    own = _sections(inspect.cleandoc(doc))
    summary, _, text = own[""].partition("\n\n")
    own[""] = f"{summary}\n\n{_reflowed(text)}".strip("\n")
    for title in {"Notes", "References"} & set(own):
        own[title] = _reflowed(own[title])
    for identity in same_as:
        identity.check(arguments)
    same = " ".join(identity.words(arguments) for identity in same_as)
    names = f"Also known as {', '.join(aliases)}." if aliases else ""
    declared = (same, _unchanged(invariances), _held_words(held), names)
    whole = {
        "": own.pop(""),
        "Parameters": _parameters(own.pop("Parameters", ""), arguments),
        "Returns": _returns(own.pop("Returns", ""), arguments),
        "Raises": _raises(own.pop("Raises", ""), arguments, shards),
        "Warns": own.pop("Warns", ""),
        "Notes": "\n\n".join(filter(None, (own.pop("Notes", ""), *map(_filled, declared)))),
    }
    return "\n\n".join(
        f"{title}\n{'-' * len(title)}\n{text}" if title else text
        for title, text in (whole | own).items()
        if text
    )


def formula_of(doc: str) -> str:
    """LaTeX of the first displayed formula; empty where there is none."""
    found = _FORMULA.search(inspect.cleandoc(doc))
    return " ".join(found[1].split()) if found else ""


def source_of(doc: str) -> str:
    """The references in one line, without the titles."""
    text = _sections(inspect.cleandoc(doc)).get("References", "")
    return " ".join(re.sub(r'"[^"]*",?', "", text).split())


def _sections(doc: str) -> dict[str, str]:
    """Text of each section by its title; the text before the first title has the title ""."""
    pieces = _HEADING.split(doc)
    return dict(zip(["", *pieces[1::2]], (t.strip("\n") for t in pieces[::2]), strict=True))


def _entries(section: str) -> list[tuple[str, str]]:
    """Head and description of each entry of a section."""
    halves = (block.partition("\n") for block in re.split(r"\n(?=\S)", section) if block)
    return [(head, textwrap.dedent(text).strip("\n")) for head, _, text in halves]


def _entry(head: str, given: str, own: str) -> str:
    """An entry with the standard words first. The author's lists and paragraphs stay."""
    formed = own and re.search(r"^(\s|$|[-*]\s)", own, re.M)
    width = WIDTH - 4
    text = f"{_filled(given, width)}\n{own}".strip("\n")
    text = text if formed else _filled(f"{given} {own}", width)
    return f"{head}\n{textwrap.indent(text, '    ')}" if text else head


def _filled(text: str, width: int = WIDTH) -> str:
    words = " ".join(text.split())
    return textwrap.fill(words, width, break_long_words=False, break_on_hyphens=False)


def _reflowed(text: str) -> str:
    """Text whose paragraphs have lines of one length; formulas, lists and code stay as they are."""
    blocks = re.split(r"\n{2,}", text)
    prose = [not re.search(r"^(\s|\.\.|>>>|[-*|+]\s|\d+\.\s)", block, re.M) for block in blocks]
    return "\n\n".join(
        _filled(block) if is_prose else block for block, is_prose in zip(blocks, prose, strict=True)
    )


def _parameters(section: str, arguments: Mapping[str, Argument]) -> str:
    """One entry for parameters that the author describes together, or that have the same words."""
    written: dict[str, tuple[str, str]] = {}
    for entry in _entries(section):
        written |= dict.fromkeys(entry[0].partition(" :")[0].split(", "), entry)
    unknown = [name for name in written if name not in arguments]
    if unknown:
        raise ValueError(f"the docstring describes {unknown[0]!r}, which is no parameter")
    implied = {name: (type_of(a), standard(a, arguments)) for name, a in arguments.items()}
    groups: dict[tuple[str, ...], list[str]] = {}
    for name in arguments:
        key = ("own", *written[name]) if name in written else ("alike", *implied[name])
        groups.setdefault(key, []).append(name)
    shown = []
    for names in groups.values():
        head, own = written.get(names[0], (", ".join(names), ""))
        form, given = implied[names[0]]
        if " :" in head:
            shown.append(_entry(head, "", own))
        elif any(implied[name] != (form, given) for name in names):
            raise ValueError(f"the docstring describes {head} together, whose types differ")
        else:
            shown.append(_entry(f"{head} : {form}", given, own))
    return "\n".join(shown)


def _returns(section: str, arguments: Mapping[str, Argument]) -> str:
    ((name, own),) = _entries(section) or [("loss", "")]
    form = "0-d array"
    if "reduction" in arguments:
        form = '0-d array, or (B,) for ``reduction="none"``'
        if arguments["reduction"].default == "none":
            form = 'array (B,), or 0-d for ``reduction="mean"`` and ``"sum"``'
    return _entry(name if " :" in name else f"{name} : {form}", "", own)


def _raises(section: str, arguments: Mapping[str, Argument], shards: bool) -> str:
    """One entry: the conditions that the roles imply, then the author's sentences."""
    reasons: dict[str, list[str]] = {}
    for argument in arguments.values():
        for subject, predicate in condition(argument, arguments):
            reasons.setdefault(predicate, []).append(subject)
    clauses = [f"{_either(subjects)} {predicate}" for predicate, subjects in reasons.items()]
    sentences = [f"When {_either(clauses)}."] if clauses else []
    if not shards:
        sentences.append("When ranks share the batch (``comm=``).")
    own = " ".join(text for _, text in _entries(section))
    return _entry("ValueError, TypeError", " ".join(sentences), own)


def _either(words: list[str]) -> str:
    """Words joined by commas and "or"."""
    words = [word for word in dict.fromkeys(words) if word]
    return " or ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _unchanged(invariances: Iterable[str]) -> str:
    unknown = [name for name in invariances if name not in INVARIANCES]
    if unknown:
        hint = near_matches(unknown[0], INVARIANCES)
        raise ValueError(f"unknown invariance {unknown[0]!r}{hint}")
    chosen = [words for name, words in INVARIANCES.items() if name in invariances]
    return f"The value does not depend on {_either(chosen)}." if chosen else ""


def _held_words(held: Held | None) -> str:
    """The declaration of held gradients as a sentence."""
    if held is None:
        return ""
    of = f" of {' and '.join(f'`{name}`' for name in held.names)}" if held.names else ""
    of = of if held.named_by is None else f" of the argument that `{held.named_by}` names"
    text = f"he gradient{of} is by definition not that of the value, and finite differences"
    call = ", ".join(
        f"{name}={' or '.join(map(quoted, value)) if isinstance(value, tuple) else quoted(value)}"
        for name, value in held.when.items()
    )
    return f"{f'With ``{call}`` t' if call else 'T'}{text} do not apply to it."
