"""Objects that are valid from construction and never change."""


class Frozen:
    """A class whose attributes are filled in once, while an object is made, and never set again."""

    __slots__ = ()

    def _fill(self, **values: object) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a {type(self).__name__} is immutable; cannot set {name!r}")
