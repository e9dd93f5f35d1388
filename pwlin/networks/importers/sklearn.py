"""scikit-learn's perceptrons, linear models and their pipelines with scalers as exact networks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pwlin.base.arguments import refusal
from pwlin.base.errors import FormatError
from pwlin.exact.rational import to_fraction_array
from pwlin.networks.activation import IDENTITY
from pwlin.networks.importers.chain import Chain
from pwlin.networks.importers.refusals import unread
from pwlin.networks.importers.wire import Wire
from pwlin.networks.network import Network

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator

_REGRESSIONS = """
    LinearRegression Ridge RidgeCV Lasso LassoCV ElasticNet ElasticNetCV Lars LassoLars BayesianRidge ARDRegression
    HuberRegressor SGDRegressor TheilSenRegressor OrthogonalMatchingPursuit
""".split()
_CLASSIFIERS = ["LogisticRegression", "LogisticRegressionCV", "RidgeClassifier", "SGDClassifier", "Perceptron"]
_SCALERS = ("StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler")
ACCEPTED = (
    "MLPRegressor, MLPClassifier, linear regressions and classifiers, TransformedTargetRegressor, and Pipelines of these with "
    + ", ".join(_SCALERS)
)


def from_sklearn(model: BaseEstimator, exact_scaling: bool) -> Network:
    """A fitted estimator; of classifiers the scores. See `pwlin.as_network`."""
    reader = _Reader(exact_scaling)
    _kind(model, "model")
    parts = [part for _, part in model.steps] if type(model).__name__ == "Pipeline" else [model]
    n = next((p.n_features_in_ for p in parts if hasattr(p, "n_features_in_")), None)
    if n is None:
        raise FormatError(f"model: found a {type(model).__name__} that is not fitted; call its fit method first")
    chain = reader.chain
    return chain.network(reader.read(model, chain.input((int(n),)), ""))


def _kind(model: BaseEstimator, name: str) -> str:
    """The class' own name, if it is scikit-learn's class itself, with no method replaced."""
    kind = type(model)
    if not kind.__module__.startswith("sklearn.") or kind.__name__ not in _READERS:
        raise refusal(name, f"{kind.__module__}.{kind.__qualname__}", f"are {ACCEPTED}", FormatError)
    replaced = [k for k in vars(model) if callable(getattr(kind, k, None))]
    if replaced:
        raise refusal(
            name, f"a {kind.__name__} whose {replaced[0]} was replaced", "are unchanged estimators", FormatError
        )
    return kind.__name__


def _check_fitted(model: BaseEstimator, attribute: str, name: str) -> None:
    if not hasattr(model, attribute):
        kind = type(model).__name__
        raise FormatError(f"{name or 'model'}: found {kind}, which is not fitted; call its fit method first")


class _Reader:
    def __init__(self, exact_scaling: bool) -> None:
        self.chain = Chain()
        self.exact_scaling = exact_scaling

    def read(self, model: BaseEstimator, x: Wire, name: str) -> Wire:
        return _READERS[_kind(model, name or "model")](self, model, x, name)

    def pipeline(self, model: BaseEstimator, x: Wire, name: str) -> Wire:
        for step, part in model.steps:
            if part is not None and part != "passthrough":
                x = self.read(part, x, f"{name}.{step}" if name else step)
        return x

    def perceptron(self, model: BaseEstimator, x: Wire, name: str) -> Wire:
        _check_fitted(model, "coefs_", name)
        if model.activation not in ("relu", "identity"):
            found = f"the activation {model.activation!r}"
            raise unread(name or "model", found, "are 'relu' and 'identity'")
        last = len(model.coefs_) - 1
        for k, (weight, bias) in enumerate(zip(model.coefs_, model.intercepts_)):
            x = x.dense(np.asarray(weight).T, np.asarray(bias))
            if k < last:
                layer = f"{name}.{k}" if name else f"layer {k}"
                x = x.relu(layer) if model.activation == "relu" else x.units(IDENTITY, layer)
        return self.output(model.out_activation_, model, x, name)

    def output(self, activation: str, model: BaseEstimator, x: Wire, name: str) -> Wire:
        is_classifier = type(model).__name__ == "MLPClassifier"
        if activation != "identity" and not (is_classifier and activation in ("softmax", "logistic")):
            of = f"of a {type(model).__name__} (loss {getattr(model, 'loss', None)!r}), which is not piecewise linear"
            raise unread(name or "model", f"the output activation {activation!r} {of}", "is 'identity'")
        if is_classifier:
            self.chain.note(f"{name or 'model'}: the outputs are the scores before {activation}")
        return x

    def linear(self, model: BaseEstimator, x: Wire, name: str) -> Wire:
        _check_fitted(model, "coef_", name)
        coefficients = model.coef_
        if not isinstance(coefficients, np.ndarray):
            raise refusal(
                name or "model", "sparse coefficients", "are dense ones (call its densify method)", FormatError
            )
        weight = np.atleast_2d(np.asarray(coefficients))
        bias = np.broadcast_to(np.asarray(model.intercept_, dtype=np.float64), (len(weight),))
        if type(model).__name__ in _CLASSIFIERS:
            self.chain.note(f"{name or 'model'}: the outputs are those of decision_function")
        return x.dense(weight, bias)

    def transformed_target(self, model: BaseEstimator, x: Wire, name: str) -> Wire:
        if model.func is not None or model.inverse_func is not None:
            raise unread(name or "model", "a function of the target", "are scalers of it")
        y = self.read(model.regressor_, x, f"{name}.regressor" if name else "regressor")
        transformer = model.transformer_
        where = f"{name}.transformer" if name else "transformer"
        if type(transformer).__name__ == "FunctionTransformer" and model.transformer is None:
            return y  # no transformer at all is the identity
        kind = _kind(transformer, where)
        if kind not in _SCALERS:
            raise refusal(where, kind, f"are {', '.join(_SCALERS)}", FormatError)
        if kind == "MinMaxScaler":
            return self.divided(y.shifted(-transformer.min_), transformer.scale_, where)
        center = _center(transformer)
        y = y if transformer.scale_ is None else y.scaled(transformer.scale_)
        return y if center is None else y.shifted(center)

    def centered(self, model: BaseEstimator, x: Wire, name: str) -> Wire:
        center = _center(model)
        x = x if center is None else x.shifted(-center)
        return x if model.scale_ is None else self.divided(x, model.scale_, name)

    def largest(self, model: BaseEstimator, x: Wire, name: str) -> Wire:
        x = self.divided(x, model.scale_, name)
        return x.clipped(-1, 1, name) if getattr(model, "clip", False) else x

    def range(self, model: BaseEstimator, x: Wire, name: str) -> Wire:
        x = x.scaled(np.asarray(model.scale_, dtype=np.float64)).shifted(model.min_)
        low, high = model.feature_range
        return x.clipped(low, high, name) if model.clip else x

    def divided(self, x: Wire, scale: NDArray[np.float64], name: str) -> Wire:
        scale = np.asarray(scale, dtype=np.float64)
        if not self.exact_scaling:
            return x.divided(scale, name or "model")
        return x.scaled(1 / to_fraction_array(scale, 1, "scale"))


def _center(scaler: BaseEstimator) -> NDArray[np.float64] | None:
    """What a scaler takes away before it divides."""
    if type(scaler).__name__ == "StandardScaler":
        return scaler.mean_ if scaler.with_mean else None
    return getattr(scaler, "center_", None)


_READERS: dict[str, Callable[[_Reader, BaseEstimator, Wire, str], Wire]] = {
    "Pipeline": _Reader.pipeline,
    "TransformedTargetRegressor": _Reader.transformed_target,
    "MLPRegressor": _Reader.perceptron,
    "MLPClassifier": _Reader.perceptron,
    "StandardScaler": _Reader.centered,
    "RobustScaler": _Reader.centered,
    "MaxAbsScaler": _Reader.largest,
    "MinMaxScaler": _Reader.range,
    **dict.fromkeys((*_REGRESSIONS, *_CLASSIFIERS, "LinearSVC", "LinearSVR"), _Reader.linear),
}
