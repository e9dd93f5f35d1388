"""How functions are compiled, and the records that compiled ones share with Python."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from functools import cache
from operator import attrgetter
from typing import Any, ClassVar, TypeVar, cast

import numpy as np
from numba import njit
from numba.core.caching import CompileResultCacheImpl, FunctionCache, _CacheLocator
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.dispatcher import Dispatcher
from numpy.typing import NDArray

from pwlin.extraction.machine_code import folder, stamp

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Small = NDArray[np.int32]
Bools = NDArray[np.bool_]
Signs = NDArray[np.int8]
A = TypeVar("A", Floats, Integers)
F = TypeVar("F", bound=Callable[..., Any])
R = TypeVar("R")

# Without Numba's reference counting: the kernel allocates nothing. Inlined: nothing is left of calls. Products may be added
# without rounding them first, which no error bound minds.
_OPTIONS: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "_nrt": False,
    "forceinline": True,
    "fastmath": {"contract"},
}
_WORDS = {"int": np.int64, "float": np.float64, "bool": np.int64}


class _Place(_CacheLocator):  # type: ignore[misc]
    """Where machine code is kept: one folder for all that the kernel's sources say together."""

    @classmethod
    def from_function(cls, function: Callable[..., Any], path: str) -> _Place | None:
        place = cls()
        try:
            place.ensure_cache_path()
        except (OSError, RuntimeError):  # no folder there can be written
            return None
        return place

    def get_cache_path(self) -> str:
        return str(folder())

    def get_source_stamp(self) -> str:
        return stamp()

    def get_disambiguator(self) -> None:
        return None


class _Kept(CompileResultCacheImpl):  # type: ignore[misc]
    _locator_classes: ClassVar = [_Place]


class _MachineCode(FunctionCache):  # type: ignore[misc]
    _impl_class = _Kept


class _Draft(JITCodeLibrary):  # type: ignore[misc]
    """The code of a function that is only linked into that of others: as it is, neither optimised nor translated."""

    def finalize(self) -> None:
        self._raise_if_finalized()
        for library in dict.fromkeys(self._linking_libraries):
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        self._ensure_finalized()
        return 0  # nobody calls it

    @property
    def codegen(self) -> _Draft:
        return self

    def set_env(self, name: str, env: object) -> None:
        """There is nothing to run in it."""


class _Drafting(Compiler):  # type: ignore[misc]
    def compile_extra(self, func: Callable[..., Any]) -> object:
        self.state.library = _Draft(self.state.targetctx.codegen(), func.__qualname__)
        return super().compile_extra(func)


_INNER = _OPTIONS | {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "pipeline_class": _Drafting}


def compiled(function: F) -> F:
    """Compile a function that Python calls, once for this machine if there is a place to keep machine code."""
    made: F = njit(**_OPTIONS)(function)
    if isinstance(made, Dispatcher):  # not if all is to be interpreted
        with suppress(RuntimeError):  # there is no place
            made._cache = _MachineCode(function)  # type: ignore[attr-defined]
    return made


def inner(function: F) -> F:
    """Compile a function that only compiled ones call: without the door for Python, which takes longer than the function.

    What is made of it is neither optimised nor translated by itself: that comes once, where all is inlined.
    """
    made: F = njit(**_INNER)(function)
    return made


def strictly(function: F) -> F:
    """As `inner`, but every operation is rounded by itself, as written."""
    made: F = njit(**(_INNER | {"fastmath": False}))(function)
    return made


@cache
def _dtype(kind: Hashable) -> np.dtype[np.void]:
    """Made once: Numba knows a type of record by the very object."""
    return np.dtype(
        [
            (name, _WORDS[getattr(word, "__name__", str(word))])
            for name, word in cast(type, kind).__annotations__.items()
        ],
        align=True,
    )


def records(kind: type[R], count: int) -> Sequence[R]:
    """Zeroed records of the numbers that a class annotates, in one array: compiled functions read and change them by name."""
    array: object = np.zeros(count, dtype=_dtype(kind))  # type: ignore[arg-type]
    return cast("Sequence[R]", array)


def record(kind: type[R]) -> R:
    """One such record."""
    return records(kind, 1)[0]


def plain(kind: type[R], shared: R) -> R:
    """What a record says at the moment, for Python."""
    return kind(*cast("np.void", shared).item())


def all_plain(kind: type[R], shared: Sequence[R]) -> list[R]:
    """The same of all records of an array."""
    return [kind(*fields) for fields in cast("NDArray[np.void]", shared).tolist()]


def share(shared: Sequence[R], facts: Sequence[R]) -> None:
    """Fill an array of records."""
    told = attrgetter(*(_dtype(type(facts[0])).names or ()))  # type: ignore[arg-type]
    cast("NDArray[np.void]", shared)[:] = list(map(told, facts))


def put(shared: object, **numbers: float) -> None:
    """Change numbers of a record."""
    fields = cast("np.void", shared)
    for name, number in numbers.items():
        fields[name] = number


@inner
def integer(value: int) -> int:
    """The same, but no constant: functions would be compiled for that too."""
    return np.int64(value)  # type: ignore[return-value]


@inner
def copy_into(target: A, source: A) -> None:
    """Copy one row into another that does not overlap it."""
    for i in range(len(target)):
        target[i] = source[i]
