"""HOCON, as far as the shipped files and a person's additions use it."""

import json
import os
import re

from terms import Refused

TOKEN = re.compile(
    r"""(?P<space>[ \t\r]+|(?:\#|//)[^\n]*)|(?P<newline>\n|,)|(?P<triple>\"\"\"(?:.|\n)*?\"\"\")"""
    r"""|(?P<string>"(?:[^"\\\n]|\\.)*")|(?P<mark>\+=|[{}\[\]=:])|(?P<bare>[^\s{}\[\]=:,"\#]+)"""
)


class Reader:
    def __init__(self, text, path):
        self.path, self.tokens, at = path, [], 0
        while at < len(text):
            match = TOKEN.match(text, at)
            if not match:
                raise Refused(f"{path}: line {text.count(chr(10), 0, at) + 1}: syntax error before {text[at:at + 20]!r}")
            if match.lastgroup != "space":
                self.tokens.append((match.lastgroup, match[0], text.count("\n", 0, at) + 1))
            at = match.end()
        self.tokens.append(("end", "", text.count("\n") + 1))
        self.at = 0

    def peek(self):
        return self.tokens[self.at]

    def next(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def skip(self):
        while self.peek()[0] == "newline":
            self.at += 1

    def wrong(self):
        kind, text, line = self.peek()
        raise Refused(f"{self.path}: line {line}: syntax error before {text or 'the end of the file'}")

    def members(self, end, into):
        while True:
            self.skip()
            kind, text, _ = self.peek()
            if kind == end or text == end:
                self.at += 1
                return into
            if kind == "bare" and text == "include":
                self.at += 1
                kind, text, _ = self.next()
                # The tokens of `required("…")`: a bare word, then the string, then the closing bracket.
                required = text == "required("
                if required:
                    kind, text, _ = self.next()
                if kind != "string" or (required and self.next()[1] != ")"):
                    self.at -= 1
                    self.wrong()
                other = os.path.join(os.path.dirname(self.path), json.loads(text))
                if required and not os.path.exists(other):
                    raise Refused(f"{self.path}: the included file {other} is missing (enoent)")
                if os.path.exists(other):
                    merge(into, load(other))
                continue
            path = self.key()
            if self.peek()[1] in ("=", ":"):
                self.at += 1
            elif self.peek()[1] != "{":
                self.wrong()
            self.skip_lines()
            put(into, path, self.value())
            if self.peek()[0] not in ("newline", "end") and self.peek()[1] != end:
                self.wrong()

    def skip_lines(self):
        while self.peek()[1] == "\n":
            self.at += 1

    def key(self):
        kind, text, _ = self.peek()
        if kind == "string":
            self.at += 1
            path = [json.loads(text)]
        elif kind == "bare":
            self.at += 1
            path = [w for w in text.split(".") if w]
        else:
            self.wrong()
        if self.peek()[0] == "string" and text.endswith("."):
            path.append(json.loads(self.next()[1]))
        return path

    def value(self):
        kind, text, _ = self.peek()
        if text == "{":
            self.at += 1
            return self.members("}", {})
        if text == "[":
            self.at += 1
            items = []
            while True:
                self.skip()
                if self.peek()[1] == "]":
                    self.at += 1
                    return items
                items.append(self.value())
        if kind == "triple":
            self.at += 1
            return text[3:-3]
        if kind == "string":
            self.at += 1
            return json.loads(text)
        words = []
        while self.peek()[0] == "bare" or self.peek()[1] in (":", "="):
            words.append(self.next()[1])
        if not words:
            self.wrong()
        return scalar("".join(words))


def scalar(text):
    if text in ("true", "false"):
        return text == "true"
    if text == "null":
        return None
    return int(text) if re.fullmatch(r"-?\d+", text) else text


def put(into, path, value):
    for word in path[:-1]:
        if not isinstance(into.get(word), dict):
            into[word] = {}
        into = into[word]
    if isinstance(value, dict) and isinstance(into.get(path[-1]), dict):
        merge(into[path[-1]], value)
    else:
        into[path[-1]] = value


def merge(into, other):
    for key, value in other.items():
        put(into, [key], value)


def load(path):
    return parse(open(path, encoding="utf-8").read(), path)


def parse(text, path):
    reader = Reader(text, path)
    reader.skip()
    if reader.peek()[1] == "{":
        reader.at += 1
        return reader.members("}", {})
    return reader.members("end", {})
