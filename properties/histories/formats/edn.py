"""EDN, as Jepsen and Porcupine write it: one map an entry, a line each or in one vector.

Only what a history is made of is read: nil, truth, whole numbers, strings, keywords, symbols, vectors, lists, sets, maps, and
Jepsen's own tags on a map. `#_` and `;` leave something out. Why it is not a library: docs/decisions/0050-histories.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.language.errors import HistoryError
from quorate.properties.histories.formats.lines import Lines, fields_of
from quorate.properties.histories.record.events import FIELDS, event
from quorate.properties.histories.record.values import FALSE, TRUE, Inexact, Word

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from quorate.language.errors import Place
    from quorate.properties.histories.record.events import Event
    from quorate.properties.histories.record.values import Value

TOKEN = re.compile(
    r"""[\s,]*(?:
      (?P<comment>;.*)
    | (?P<open>\#\{|[\[({])
    | (?P<close>[\])}])
    | (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<broken>")
    | (?P<discard>\#_)
    | (?P<tag>\#[A-Za-z][\w.*+!?$%&=<>/-]*)
    | (?P<number>[+-]?\d+N?(?![\w.*+!?$%&=<>/:\#'"-]))
    | (?P<inexact>[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?M?(?![\w.*+!?$%&=<>/:\#'"-]))
    | (?P<keyword>:[\w.*+!?$%&=<>|'/\#-][\w.*+!?$%&=<>|'/:\#-]*)
    | (?P<symbol>[A-Za-z_.*+!?$%&=<>|/-][\w.*+!?$%&=<>|'/:\#-]*)
    | (?P<end>$)
    | (?P<other>(?:\\.|[^\s,\[\](){}";\\])+|.)
    )""",
    re.VERBOSE | re.DOTALL,
)
CLOSES = {"[": "]", "(": ")", "{": "}", "#{": "}"}
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\\": "\\", '"': '"'}
NAMES: dict[str, Value] = {"nil": None, "true": TRUE, "false": FALSE}
TAGS = ("#jepsen.history.Op", "#knossos.op.Op", "#knossos.history.Op")
NAMED = frozenset(Word(f":{name}") for name in FIELDS)  # what is read of an entry
DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    where: Place


def tokens(lines: Lines) -> Iterator[Token]:
    """Yield the tokens of the rest of a file. Errors: HistoryError for what is none."""
    for line in lines:
        yield from _tokens(line, lines)


def tokens_of(text: str, lines: Lines, column: int = 0) -> Iterator[Token]:
    """Yield the tokens of a piece of the line read last, which begins after so many characters."""
    return _tokens(text, lines, column)


def _tokens(line: str, lines: Lines, position: int = 0) -> Iterator[Token]:
    while position < len(line):
        matched = TOKEN.match(line, position)
        assert matched is not None, "the last row takes anything"
        assert matched.lastgroup is not None
        kind, start = matched.lastgroup, matched.start(matched.lastgroup)
        if kind == "broken":  # a string that goes on in the next line
            more = next(lines, None)
            if more is None:
                raise HistoryError("a string begins here and never ends", lines.place(line, start + 1), 'it ends with `"`')
            line = line + more
            continue
        position = matched.end()
        if kind not in {"comment", "end"}:
            yield Token(kind, matched.group(kind), lines.place(line, start + 1))


class Reader:
    """Reads values out of tokens, one token ahead."""

    def __init__(self, source: Iterator[Token]) -> None:
        self.source = source
        self.depth = 0
        self.last: Token | None = None

    def next(self) -> Token | None:
        """Return the next token that is not left out."""
        for token in self.source:
            self.last = token
            if token.kind != "discard":
                return token
            self.pass_over(self.needed(token))
        return None

    def needed(self, opened: Token) -> Token:
        token = self.next()
        if token is None:
            raise HistoryError(f"`{opened.text}` begins here and never ends", opened.where, "the file ends inside of it")
        return token

    def pass_over(self, token: Token) -> None:
        """Leave out the value that begins with a token, of whatever sort it is: a tagged one, a ratio, a pattern ..."""
        if token.kind == "open":
            opened, depth = token, 1
            while depth:
                token = self.needed(opened)
                depth += {"open": 1, "close": -1}.get(token.kind, 0)
        elif token.text == "^":  # what is said about a value, and the value
            self.pass_over(self.needed(token))
            self.pass_over(self.needed(token))
        elif token.kind == "tag" or token.text == "#" or token.text.startswith(("#:", "^")):
            self.pass_over(self.needed(token))

    def value(self, token: Token) -> Value:
        """Return the value that begins with a token. Errors: HistoryError."""
        match token.kind:
            case "number":
                return self._number(token)
            case "inexact":
                return Inexact(float(token.text.rstrip("M")))
            case "string":
                return self._string(token)
            case "keyword":
                return Word(token.text)
            case "symbol":
                return NAMES.get(token.text, Word(token.text))
            case "open":
                return self._collection(token)
            case "tag":
                hint = f"leave out tags such as `{token.text}`"
                raise HistoryError("a value with a tag is not understood", token.where, hint)
            case _:
                raise HistoryError(
                    f"`{token.text}` is no beginning of a value", token.where, 'write nil, true, 3, "a", :a, [1 2] or #{1 2}'
                )

    def _number(self, token: Token) -> Value:
        try:
            return int(token.text.rstrip("N"))
        except ValueError:  # Python reads a few thousand digits
            raise HistoryError("a number has too many digits", token.where, "write it as a string") from None

    def _string(self, token: Token) -> Value:
        def escaped(found: re.Match[str]) -> str:
            code = found.group(1)
            if code.startswith("u") and len(code) == 5:
                return chr(int(code[1:], 16))
            if code not in ESCAPES:
                raise HistoryError(f"a string has no escape `\\{code}`", token.where, "write `\\\\` for a backslash")
            return ESCAPES[code]

        return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", escaped, token.text[1:-1], flags=re.DOTALL)

    def _items(self, opened: Token) -> Iterator[Token]:
        """Yield the first token of each item, up to the bracket that closes."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise HistoryError(f"brackets are nested deeper than {DEEPEST}", opened.where, "no history needs that")
        while True:
            token = self.needed(opened)
            if token.kind == "close":
                if token.text != CLOSES[opened.text]:
                    what = f"`{token.text}` does not close `{opened.text}` of line {opened.where.line}"
                    raise HistoryError(what, token.where, f"`{CLOSES[opened.text]}` does")
                self.depth -= 1
                return
            yield token

    def _collection(self, opened: Token) -> Value:
        if opened.text == "{":
            return frozenset((name, value) for name, value, _ in self.pairs(opened))
        items = tuple(self.value(token) for token in self._items(opened))
        if opened.text != "#{":
            return items
        if len(frozenset(items)) != len(items):
            raise HistoryError("a set has a member twice", opened.where, "write each member once")
        return frozenset(items)

    def pairs(self, opened: Token, wanted: Container[Value] | None = None) -> Iterator[tuple[Value, Value, Place]]:
        """Yield names and values of a map, with each value's place; of the names that are not wanted, None as the value.

        Errors: HistoryError, for a name given twice.
        """
        seen: set[Value] = set()
        items = self._items(opened)
        for token in items:
            name = self.value(token)
            second = next(items, None)
            if second is None:
                raise HistoryError(f"`{token.text}` has no value", token.where, "a map is names and values in turn")
            if name in seen:
                raise HistoryError(f"`{token.text}` is given twice", token.where, "give it once")
            seen.add(name)
            if wanted is None or name in wanted:
                yield name, self.value(second), second.where
            else:
                self.pass_over(second)
                yield name, None, second.where


def value_of(text: str, what: str) -> Value:
    """Return the one value that a text holds. Errors: HistoryError, with `what` as the file."""
    lines = Lines(what, iter([text]))
    reader = Reader(tokens(lines))
    first = reader.next()
    if first is None:
        raise HistoryError("a value is expected", lines.place(text, 1), 'write nil, 3, "a", [1 2]')
    value = reader.value(first)
    more = reader.next()
    if more is not None:
        raise HistoryError("there is more after the value", more.where, "write one value")
    return value


def events(lines: Lines) -> Iterator[Event]:
    """Yield the events of a file in EDN. Errors: HistoryError."""
    reader = Reader(tokens(lines))
    outer: Token | None = None
    while (token := reader.next()) is not None:
        if token.kind == "open" and token.text == "[" and outer is None:
            outer = token
        elif token.kind == "close" and token.text == "]" and outer is not None:
            break
        else:
            found = _entry(reader, token)
            if found is not None:
                yield found
    else:
        if outer is not None:
            raise HistoryError("`[` begins here and never ends", outer.where, "the file ends inside of it")
    after = reader.next() if outer else None
    if after is not None:
        raise HistoryError("there is more after the end of the history", after.where, "a file holds one history")


def _entry(reader: Reader, token: Token) -> Event | None:
    first = token
    if token.kind == "tag" and token.text in TAGS:
        token = reader.needed(token)
    if (token.kind, token.text) != ("open", "{"):
        raise HistoryError(
            f"an entry is a map, but here is `{token.text}`",
            token.where,
            "write {:process 0, :type :invoke, :f :read, :value nil}",
        )
    fields: dict[str, Value] = {}
    at: dict[str, Place] = {}
    unread: list[str] = []
    for name, value, where in reader.pairs(token, NAMED):
        known = name.name.removeprefix(":") if isinstance(name, Word) else None
        if known in FIELDS:
            fields[known], at[known] = value, where
        else:
            unread.append(name.name if isinstance(name, Word) else str(name))
    with fields_of(first.where, at):
        return event(fields, first.where, at, tuple(unread))
