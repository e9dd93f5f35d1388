"""The public names with their parameters, as text: ``python -m tests.public_face`` writes it anew when it should change."""

import inspect
from pathlib import Path

import pwlin

FILE = Path(__file__).with_suffix(".txt")
ROOMS = ("plot", "theory", "bounds", "constructions", "symbolic")


def parameters(function):
    """The signature without annotations: names, order, kinds and defaults."""
    bare = inspect.signature(function)
    plain = [p.replace(annotation=inspect.Parameter.empty) for p in bare.parameters.values() if p.name != "self"]
    return str(bare.replace(parameters=plain, return_annotation=inspect.Signature.empty))


def lines_of(name, thing):
    """One line for a function; for a class one for each public method and attribute."""
    if inspect.isclass(thing):
        yield f"{name}: {', '.join(base.__name__ for base in thing.__bases__)}"
        members = {
            m: v for c in reversed(thing.__mro__[:-1]) for m, v in vars(c).items() if c.__module__.startswith("pwlin")
        }
        fields = set(getattr(thing, "__annotations__", ())) | set(getattr(thing, "_fields", ()))
        for member in sorted({m for m in {*members, *fields} if not m.startswith("_")}):
            value = getattr(thing, member, None)
            yield f"{name}.{member}{parameters(value) if callable(value) else ''}"
    elif callable(thing):
        yield f"{name}{parameters(thing)}"
    elif not inspect.ismodule(thing):
        yield name


def rooms():
    yield "pwlin", pwlin, pwlin.__all__
    for name in ROOMS:
        room = getattr(pwlin, name)
        own = [n for n, v in vars(room).items() if getattr(v, "__module__", None) == room.__name__ and n[0] != "_"]
        yield f"pwlin.{name}", room, getattr(room, "__all__", own)


def text():
    """All of it, sorted."""
    found = {line for name, room, names in rooms() for n in names for line in lines_of(f"{name}.{n}", getattr(room, n))}
    return "\n".join(sorted(found)) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
