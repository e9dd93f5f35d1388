"""scikit-learn: what comes in is what the estimator computes, or it is refused by name."""

from fractions import Fraction as Q

import numpy as np
import pytest

sklearn = pytest.importorskip("sklearn", reason="needs scikit-learn")
from sklearn import compose, linear_model, neural_network, pipeline, preprocessing, svm  # noqa: E402

import pwlin  # noqa: E402
from pwlin.base.errors import FormatError, PwlinError, UnsupportedLayerError  # noqa: E402

RNG = np.random.default_rng(0)
X = RNG.normal(size=(80, 4)) * [1, 3, 0.1, 7] + [0, 5, -1, 2]
Y = np.maximum(X[:, 0], 0) + X[:, 1] / 3 + np.abs(X[:, 3])
LABELS = (Y.mean() < Y).astype(int) + (Y.mean() + Y.std() < Y)
SMALL = {"hidden_layer_sizes": (6, 5), "max_iter": 15, "random_state": 0}
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def agrees(model, predict, **options):
    net = pwlin.as_network(model, **options)
    points = RNG.normal(size=(1000, 4)) * 5
    want = predict(points).reshape(1000, -1)
    assert np.allclose(np.asarray(net(points)).reshape(1000, -1), want, rtol=1e-9, atol=1e-9 * abs(want).max())
    return net


def test_perceptrons():
    model = neural_network.MLPRegressor(**SMALL).fit(X, Y)
    net = agrees(model, model.predict)
    assert net.widths == (6, 5) and not net.notes and net.name(1, 2) == ("layer 1", (2,))
    assert net.hidden[0].weight[2, 1] == Q(model.coefs_[0][1, 2])
    model = neural_network.MLPRegressor(**SMALL, activation="identity").fit(X, np.stack([Y, -Y], axis=1))
    agrees(model, model.predict)


@pytest.mark.parametrize("labels", [LABELS, LABELS > 0])
def test_scores_of_classifiers(labels):
    model = neural_network.MLPClassifier(**SMALL).fit(X, labels)
    net = pwlin.as_network(model)
    points = RNG.normal(size=(1000, 4)) * 5
    scores, found = np.asarray(net(points)), model.predict_proba(points)
    if net.output_dim == 1:
        assert np.allclose(1 / (1 + np.exp(-scores[:, 0])), found[:, 1])
    else:
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        assert np.allclose(powers / powers.sum(axis=1, keepdims=True), found)
    assert "scores before" in net.notes[0]


def test_an_output_that_is_not_linear_is_refused():
    model = neural_network.MLPRegressor(**SMALL).fit(X, Y)
    model.out_activation_ = "exp"  # what loss="poisson" makes of it
    with pytest.raises(UnsupportedLayerError, match="exp"):
        pwlin.as_network(model)
    try:
        model = neural_network.MLPRegressor(**SMALL, loss="poisson").fit(X, Y - Y.min() + 1)
    except TypeError:
        return  # an older version has no such loss
    with pytest.raises(UnsupportedLayerError, match="poisson"):
        pwlin.as_network(model)


@pytest.mark.parametrize(
    "model",
    [
        linear_model.LinearRegression(),
        linear_model.LinearRegression(fit_intercept=False),
        linear_model.Ridge(),
        linear_model.Lasso(0.01),
        linear_model.HuberRegressor(),
        svm.LinearSVR(random_state=0),
    ],
    ids=repr,
)
def test_linear_regressions(model):
    agrees(model.fit(X, Y), model.predict)


@pytest.mark.parametrize(
    "model",
    [linear_model.LogisticRegression(), linear_model.SGDClassifier(random_state=0), svm.LinearSVC(random_state=0)],
    ids=repr,
)
@pytest.mark.parametrize("labels", [LABELS, LABELS > 0])
def test_linear_classifiers(model, labels):
    agrees(model.fit(X, labels), model.decision_function)


SCALERS = [
    preprocessing.StandardScaler(),
    preprocessing.StandardScaler(with_mean=False),
    preprocessing.StandardScaler(with_std=False),
    preprocessing.MinMaxScaler((-1, 2)),
    preprocessing.MinMaxScaler(clip=True),
    preprocessing.MaxAbsScaler(),
    preprocessing.RobustScaler(),
    preprocessing.RobustScaler(with_centering=False, unit_variance=True),
    "passthrough",
]


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("scaler", SCALERS, ids=repr)
def test_pipelines(scaler, exact):
    model = pipeline.Pipeline([("scale", scaler), ("net", neural_network.MLPRegressor(**SMALL))]).fit(X, Y)
    net = agrees(model, model.predict, exact_scaling=exact)
    if exact:
        assert not net.notes
    elif isinstance(scaler, preprocessing.StandardScaler) and scaler.with_std:
        assert "rounded" in net.notes[0] and "scale" in net.notes[0]


@pytest.mark.parametrize("scaler", [*SCALERS[:4], SCALERS[6], None], ids=repr)
def test_transformed_targets(scaler):
    inner = pipeline.make_pipeline(preprocessing.StandardScaler(), neural_network.MLPRegressor(**SMALL))
    model = compose.TransformedTargetRegressor(inner, transformer=scaler).fit(X, Y)
    agrees(model, model.predict)


class MLPRegressor(neural_network.MLPRegressor):
    def predict(self, X):
        return super().predict(X) ** 2


def replaced():
    model = neural_network.MLPRegressor(**SMALL).fit(X, Y)
    model.predict = lambda X: X[:, 0]
    return model


REFUSED = {
    "not fitted": (lambda: neural_network.MLPRegressor(), "not fitted"),
    "a class of the same name": (lambda: MLPRegressor(**SMALL).fit(X, Y), "MLPRegressor"),
    "a replaced method": (replaced, "replaced"),
    "tanh": (lambda: neural_network.MLPRegressor(**SMALL, activation="tanh").fit(X, Y), "tanh"),
    "polynomials": (
        lambda: pipeline.make_pipeline(preprocessing.PolynomialFeatures(), linear_model.Ridge()).fit(X, Y),
        "PolynomialFeatures",
    ),
    "logarithm of the target": (
        lambda: compose.TransformedTargetRegressor(linear_model.Ridge(), func=np.log1p, inverse_func=np.expm1).fit(
            X, Y - Y.min()
        ),
        "function of the target",
    ),
    "kernels": (lambda: svm.SVR().fit(X, Y), "SVR"),
    "Poisson regression": (lambda: linear_model.PoissonRegressor().fit(X, Y - Y.min() + 1), "PoissonRegressor"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_by_name(name):
    make, message = REFUSED[name]
    with pytest.raises(FormatError, match=message):
        pwlin.as_network(make())


def test_no_scale_of_zero_is_divided_by():
    scaler = preprocessing.StandardScaler().fit(X)
    scaler.scale_ = np.zeros(4)
    with pytest.raises(PwlinError, match="zero"):
        pwlin.as_network(scaler)
