"""PyTorch: what comes in is what the model computes in float64, or it is refused by name."""

from fractions import Fraction as Q

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs PyTorch")
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

import pwlin  # noqa: E402
from pwlin.base.errors import FormatError, PwlinError, UnsupportedLayerError  # noqa: E402

POINTS = 1000
torch.set_num_threads(1)  # these models are small: threads only wait for one another


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def agrees(model, shape, **options):
    """The network of a model, which agrees with the model's own float64 evaluation; reading leaves it as it was."""
    state = {k: v.clone() for k, v in model.state_dict().items()}
    flags = [m.training for m in model.modules()]
    net = pwlin.as_network(model, **options)
    assert flags == [m.training for m in model.modules()]
    assert all(v.dtype == state[k].dtype and torch.equal(v, state[k]) for k, v in model.state_dict().items())
    reference = model.double().eval()
    x = torch.randn(POINTS, *shape, dtype=torch.float64)
    with torch.no_grad():
        want = torch.stack([reference(row[None].clone())[0] for row in x]).reshape(POINTS, -1).numpy()
    got = net(x.reshape(POINTS, -1).numpy()).reshape(POINTS, -1)
    assert np.allclose(got, want, rtol=1e-9, atol=1e-9 * abs(want).max())
    return net


class Apply(nn.Module):
    """A function of a linear layer's six outputs."""

    def __init__(self, function):
        super().__init__()
        self.function, self.first = function, nn.Linear(5, 6)

    def forward(self, x):
        return self.function(self.first(x))


class Residual(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.one, self.two = (nn.Conv2d(c, c, 3, padding=1) for _ in range(2))
        self.norm = nn.BatchNorm2d(c)
        with torch.no_grad():
            self.norm.running_mean.normal_()
            self.norm.running_var.uniform_(0.5, 2)
            self.norm.weight.normal_()
            self.norm.bias.normal_()

    def forward(self, x):
        return F.relu(x + self.two(F.relu(self.norm(self.one(x)))))


# -- never a silent wrong model ---------------------------------------------------------------------


def test_modules_that_are_used_twice():
    relu, square = nn.ReLU(), nn.Linear(4, 4)
    block = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
    model = nn.Sequential(nn.Linear(3, 4), relu, square, relu, square, relu, block, block, nn.Linear(4, 2))
    assert agrees(model, (3,)).widths == (4,) * 5


def test_hooks_and_replaced_forwards():
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    model[0].register_forward_hook(lambda module, inputs, output: 2 * output)
    model[2].register_forward_pre_hook(lambda module, inputs: (inputs[0] + 1,))
    agrees(model, (3,))
    model[1].forward = lambda x: torch.clamp(x, -1, 1)
    assert agrees(model, (3,)).widths == (8,)


def test_stale_weights_of_pruned_and_parametrised_modules():
    from torch.nn.utils import parametrizations, prune

    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    prune.l1_unstructured(model[0], "weight", amount=0.5)
    with torch.no_grad():
        model[0].weight_orig.mul_(2)
    agrees(model, (3,))
    nn.utils.parametrize.register_parametrization(model[2], "weight", nn.Identity())
    agrees(model, (3,))
    model = nn.Sequential(parametrizations.weight_norm(nn.Linear(3, 4)), nn.ReLU())
    with torch.no_grad():
        model[0].parametrizations.weight.original0.mul_(3)
    net = pwlin.as_network(model)
    assert np.allclose(net.hidden[0].weight_float, model[0].weight.detach().numpy())


def test_an_edited_graph():
    graph = torch.fx.symbolic_trace(nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)))
    for node in graph.graph.nodes:
        if node.target == "1":
            with graph.graph.inserting_after(node):
                new = graph.graph.call_function(torch.mul, (node, -2.0))
            node.replace_all_uses_with(new, delete_user_cb=lambda user, new=new: user is not new)
    graph.recompile()
    agrees(graph, (3,))


def test_classes_that_are_merely_named_so():
    class Linear(nn.Linear):
        def forward(self, x):
            return super().forward(x) * 3

    class ReLU(nn.Module):
        def forward(self, x):
            return torch.minimum(x, torch.zeros(()))

    class Sequential(nn.Sequential):
        def forward(self, x):
            return super().forward(x) - 1

    class Dropout(nn.Module):
        def forward(self, x):
            return x / 2

    agrees(Sequential(Linear(3, 4), ReLU(), Dropout(), nn.Linear(4, 2)), (3,))

    class Sequential:  # no module at all
        __module__ = "torch.nn.modules.container"

    with pytest.raises(FormatError, match="Sequential"):
        pwlin.as_network(Sequential())


def test_training_mode_is_read_as_evaluation_mode():
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.ReLU(), nn.Linear(4, 1)).train()
    net = agrees(model, (3,))
    assert any("training mode" in note for note in net.notes) and any("batch norm" in note for note in net.notes)


DIFFERENT = {
    "exported": lambda x, calls: F.relu(x) if torch.compiler.is_exporting() else 2 * x,
    "compiled": lambda x, calls: F.relu(x) if torch.compiler.is_compiling() else 2 * x,
    "kind of tensor": lambda x, calls: F.relu(x) if type(x) is torch.Tensor else 2 * x,
    "calls": lambda x, calls: (calls.append(1), F.relu(x) * len(calls))[1],
    "random numbers": lambda x, calls: F.relu(x) * np.random.default_rng().normal(),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_is_not_the_same_at_each_call_is_refused(name):
    calls = []
    with pytest.raises(UnsupportedLayerError, match="own evaluation"):
        pwlin.as_network(Apply(lambda x: DIFFERENT[name](x, calls)))


@pytest.mark.parametrize("counts", [True, False])
def test_buffers_that_forward_changes(counts):
    class Counting(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Linear(3, 2)
            self.register_buffer("calls", torch.ones(()))

        def forward(self, x):
            self.calls.add_(1)
            return F.relu(self.first(x)) * (self.calls if counts else 1)

    if counts:
        with pytest.raises(UnsupportedLayerError, match="own evaluation"):
            pwlin.as_network(Counting())
    else:
        model = Counting()
        pwlin.as_network(model)
        assert model.calls == 1


def test_a_mode_of_the_classs_own():
    class Merging(nn.Linear):
        def train(self, mode=True):
            self.scale = 1 if mode else 3
            return super().train(mode)

        def forward(self, x):
            return self.scale * super().forward(x)

    model = nn.Sequential(Merging(3, 2).train(), nn.ReLU())
    with pytest.raises(UnsupportedLayerError, match=r"model\.eval"):
        pwlin.as_network(model)
    agrees(model.eval(), (3,))


def test_half_precision_on_the_way_is_noted():
    net = pwlin.as_network(Apply(lambda x: F.relu(x.half().to(x.dtype))))
    assert any("float16 is left out" in note for note in net.notes)


# -- operators --------------------------------------------------------------------------------------

ACTIVATIONS = [
    nn.ReLU(),
    nn.ReLU6(),
    nn.LeakyReLU(0.1),
    nn.PReLU(),
    nn.PReLU(6),
    nn.Hardtanh(-0.5, 0.7),
    nn.Hardsigmoid(),
    nn.Softshrink(0.3),
    nn.RReLU(),
    nn.Threshold(0.2, 0.2),
    nn.Identity(),
    nn.Dropout(),
]


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=repr)
def test_activations(activation):
    agrees(nn.Sequential(nn.Linear(3, 6), activation, nn.Linear(6, 2)), (3,))


def rows(x):
    return x.reshape(-1, 2, 3)


def line(x):
    return x.reshape(-1, 1, 6)


def image(x):
    return x.reshape(-1, 1, 2, 3)


def numbers(x, n):
    return torch.arange(1, n + 1, dtype=x.dtype) / 4


MASK, PLACES = torch.tensor([True, False] * 3), torch.tensor([4, 1])
FUNCTIONS = {
    "abs": torch.abs,
    "maximum": lambda x: torch.maximum(x, x.flip(-1)),
    "minimum": lambda x: torch.minimum(x, x * 0.5 + 1),
    "clamp": lambda x: x.clamp(-0.1, 0.2),
    "clamp below": lambda x: x.clamp_min(0.1),
    "clamp reversed": lambda x: torch.clamp(x, min=0.5, max=-0.5),
    "concat": lambda x: torch.cat([x, F.relu(x), torch.ones(1, 2, dtype=x.dtype)], -1),
    "rsub and div": lambda x: 1 - x / 3,
    "alpha": lambda x: torch.add(x, x.flip(-1), alpha=-2),
    "matmul": lambda x: rows(x).transpose(1, 2) @ numbers(x, 4).reshape(2, 2),
    "matmul from the left": lambda x: numbers(x, 8).reshape(4, 2) @ rows(x),
    "linear on the last axis": lambda x: F.linear(rows(x), numbers(x, 12).reshape(4, 3), numbers(x, 4)),
    "amax": lambda x: x.amax(-1),
    "max with places": lambda x: x.max(-1).values,
    "mean": lambda x: rows(x).mean(1),
    "sum": lambda x: x.sum(1, keepdim=True) + x,
    "slices": lambda x: x[:, 1:4] * 2 + x[:, [0, 2, 4]],
    "gather": lambda x: x.gather(1, torch.tensor([[0, 3]])) if len(x) == 1 else x[:, [0, 3]],
    "pad": lambda x: F.pad(x, (1, 2), value=3.0),
    "crop": lambda x: F.pad(x, (-1, 2)),
    "reflect": lambda x: F.pad(line(x), (1, 2), mode="reflect"),
    "upsampling": lambda x: F.interpolate(image(x), scale_factor=2, mode="nearest"),
    "adaptive mean": lambda x: F.adaptive_avg_pool1d(line(x), 4),
    "adaptive max": lambda x: F.adaptive_max_pool1d(line(x), 4),
    "max-pool": lambda x: F.max_pool1d(line(x), 3, 2, 1),
    "max-pool, dilated": lambda x: F.max_pool1d(line(x), 2, 1, 1, dilation=3),
    "max-pool, ceil": lambda x: F.max_pool2d(image(x), 2, ceil_mode=True),
    "mean, ceil": lambda x: F.avg_pool1d(line(x), 3, 2, 1, ceil_mode=True, count_include_pad=False),
    "mean, padded": lambda x: F.avg_pool1d(line(x), 3, 2, 1),
    "mean, divisor": lambda x: F.avg_pool2d(image(x), 2, divisor_override=3),
    "groups": lambda x: F.conv1d(rows(x), numbers(x, 8).reshape(4, 1, 2), groups=2, padding=1),
    "transposed": lambda x: F.conv_transpose1d(rows(x), numbers(x, 12).reshape(2, 3, 2), numbers(x, 3), 2, 1, 1),
    "transposed, groups": lambda x: F.conv_transpose2d(
        x.reshape(-1, 2, 1, 3), numbers(x, 24).reshape(2, 3, 2, 2), stride=(2, 1), padding=(0, 1), dilation=2, groups=2
    ),
    "transposed, cropped": lambda x: F.conv_transpose1d(line(x), numbers(x, 2).reshape(1, 1, 2), padding=3),
    "einsum": lambda x: torch.einsum("...i,ij->j...", F.relu(rows(x)), numbers(x, 12).reshape(3, 4)).movedim(-2, 0),
    "einsum, summed": lambda x: torch.einsum("jk, bij -> bk", numbers(x, 9).reshape(3, 3), rows(x)),
    "einsum, diagonal": lambda x: torch.einsum("bii->bi", rows(x).repeat(1, 1, 1)[:, :, :2]),
    "einsum, implicit": lambda x: torch.einsum("bji", rows(x)),
    "same": lambda x: F.conv1d(rows(x), numbers(x, 8).reshape(2, 2, 2), padding="same", dilation=2),
    "stack": lambda x: torch.stack([x, x * 2], 1),
    "where": lambda x: torch.where(torch.tensor([True, False] * 3), x, -x),
    "in place": lambda x: (x.add_(1), x.relu_(), x)[2],
    "assignment": lambda x: (x.__setitem__((slice(None), 0), 0.5), x)[1],
    "ones like": lambda x: x * torch.ones_like(x) + x.new_full((6,), 2.0),
    "unfold": lambda x: x.unfold(1, 3, 1),
    "tril": lambda x: rows(x).tril(),
    "chunk": lambda x: torch.chunk(x, 2, -1)[1],
    "masked": lambda x: x.masked_fill(MASK, 2.0) + x.index_fill(1, PLACES, 3.0) - x.scatter(1, PLACES[None], 5.0),
    "written": lambda x: (x.__setitem__((slice(None), MASK), 0.5), x.index_copy(1, PLACES, x[:, :2]))[1],
    "scattered": lambda x: x.scatter(1, PLACES[None], x[:, :2] * 2) + x.scatter_add(1, PLACES[None], x[:, :2]),
    "added by places": lambda x: x.index_add(1, PLACES, F.relu(x[:, :2]), alpha=2),
    "where, the second": lambda x: torch.where(x > 0, x, 0.1 * x) + torch.where(x < 0, -x, 0.0),
    "where, of two": lambda x: torch.where(x >= x.flip(-1), x, x.flip(-1)) + x.masked_fill(~(x > 0.25), 0.25),
    "where, by rows": lambda x: torch.where((x[:, :1] > 0), x + x[:, :1], x),
    "where, without the input": lambda x: torch.where(x - x >= 0, 2 * x, x) + torch.where(x * 0 > 0, x, 3.0),
    "product with a condition": lambda x: x * (x > 0) + (x - 1) * (x > 1).to(x.dtype),
    "product behind a layer": lambda x: (lambda y: y * (y > 0))(
        F.interpolate(image(F.relu(x)), size=(3, 5), mode="bilinear")
    ),
    "negative ones set to zero": lambda x: (x.__setitem__(x < 0, 0.0), x)[1],
    "sort": lambda x: x.sort(-1).values + x.sort(-1, descending=True)[0] * numbers(x, 6),
    "sort along the first axis": lambda x: torch.msort(rows(x)[0].T)[None] if len(x) == 1 else None,
    "largest of many": lambda x: torch.cat([x.topk(2).values, torch.topk(x, 3, largest=False)[0]], -1),
    "ranks": lambda x: torch.stack([x.kthvalue(2).values, x.median(-1).values, rows(x).median() + x[:, 0]], 1),
    "running": lambda x: torch.cat([rows(x).cummax(1).values, rows(x).cummin(2)[0], rows(x).cumsum(1)], 1),
    "both ends": lambda x: torch.cat(torch.aminmax(x, dim=-1, keepdim=True), 1),
    "norms": lambda x: x.norm(p=1, dim=-1) + rows(x).norm(p=float("inf"), dim=(1, 2)) + F.l1_loss(x, x.flip(-1)),
    "bounds of the input's own": lambda x: x.clamp(min=x.flip(-1) - 1, max=x.roll(1, -1)),
    "linear upsampling": lambda x: F.interpolate(line(x), scale_factor=2, mode="linear", align_corners=True),
    "bilinear upsampling": lambda x: F.interpolate(F.relu(image(x)), size=(3, 5), mode="bilinear"),
    "folded": lambda x: F.fold(rows(x)[:, :, :2], (1, 3), (1, 2)),
    "interpolated": lambda x: torch.lerp(x, F.relu(x), 0.25) + torch.addcmul(x, numbers(x, 6), x.flip(-1), value=0.5),
    "products by tensors": lambda x: (
        torch.tensordot(rows(x), numbers(x, 6).reshape(3, 2), dims=1) + x.diff(dim=-1)[0, 0]
    ),
    "crossed": lambda x: torch.cross(rows(x), numbers(x, 6).reshape(1, 2, 3), dim=-1),
    "more moves": lambda x: torch.cat(
        [x.take_along_dim(PLACES[None], 1), x.tensor_split([1, 2], -1)[1], x.hsplit(2)[1]], 1
    ),
    "diagonals": lambda x: (
        torch.diag_embed(x) + torch.block_diag(x[:, :3], x.reshape(-1, 1)[:5, :1].T.repeat(5, 1)[:, :3])
    ),
    "the whole": lambda x: x.mean()[None, None] + x.min() + x.max() * x.new_ones(2),
    "factors beyond 64 bits": lambda x: F.relu(x * 1e-30) * 1e30,
    "dense skip": lambda x: x - F.relu(x) + F.relu(F.relu(x) - 0.5),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(name):
    agrees(Apply(FUNCTIONS[name]), (5,))


UNREAD = {
    "it is curved": lambda x: F.gelu(x),
    "it is quadratic": lambda x: F.hardswish(x),
    "it jumps, and": lambda x: F.hardshrink(x),
    "where the condition changes": lambda x: torch.where(x > 0, x, 1.0),
    "where the condition changes: ": lambda x: x * (x > 1),
    "which choices and products only": lambda x: (x > 0).to(x.dtype).sum(-1),
    "a condition on the input, which jumps": lambda x: (x > 0).to(x.dtype),
    "deviation of its own": lambda x: F.group_norm(rows(x), 2),
    "multiplies two values": lambda x: torch.addcmul(x, x, x),
    "it adds a constant": lambda x: x.diff(prepend=torch.ones(1, 1, dtype=x.dtype)),
    "it gives places": lambda x: x.gather(1, x.argmax(-1, keepdim=True)),
    "norm of order 2": lambda x: x.norm(dim=-1),
    "powers other than 1": lambda x: x**2,
    "an output that is not read": lambda x: x.gather(1, x.sort(-1).indices),
    "rounding to integers": lambda x: x.sum(-1, dtype=torch.int64),
    "rounding to integers ": lambda x: x.cumsum(-1, dtype=torch.int32),
}


@pytest.mark.parametrize("why", UNREAD)
def test_what_is_not_piecewise_linear_is_refused_with_a_reason(why):
    with pytest.raises(UnsupportedLayerError, match=why.strip(": ")):
        pwlin.as_network(Apply(UNREAD[why]))


@pytest.mark.parametrize("n", range(1, 10))
def test_any_number_of_entries_is_put_in_order(n):
    net = pwlin.as_network(Sorting(), input_shape=(n,))
    x = np.random.default_rng(n).integers(-3, 4, (40, n))
    assert [list(np.ravel(net.exact(row))) for row in x] == np.sort(x).tolist()


class Sorting(nn.Module):
    def forward(self, x):
        return x.sort(-1).values


_CHAIN = ["maximum", "clamp", "rsub and div", "dense skip", "concat"]


@pytest.mark.parametrize("second", _CHAIN)
@pytest.mark.parametrize("first", _CHAIN)
def test_pairs_of_functions(first, second):
    agrees(Apply(lambda x: FUNCTIONS[second](_six(FUNCTIONS[first](x)))), (5,))


def _six(x):
    return F.pad(x, (0, max(0, 6 - x.shape[-1])))[:, :6]


def test_a_residual_network_of_convolutions():
    model = nn.Sequential(
        nn.Conv2d(3, 4, 3, stride=2, padding=1),
        nn.ReLU(),
        Residual(4),
        nn.MaxPool2d(2),
        Residual(4),
        nn.AvgPool2d(3, 2, 1),
        nn.Flatten(),
        nn.Linear(4, 5),
    ).eval()
    net = agrees(model, (3, 8, 8), input_shape=(3, 8, 8))
    assert net.widths == (64, 64, 64, 32, 16, 16, 16)
    assert net.name(0, 5) == ("1", (0, 1, 1)) and net.name(1, 17)[0].startswith("2.relu")
    p, q = np.random.default_rng(0).normal(size=(2, 192))
    line = net.restrict(p, q - p)
    (f, *_) = pwlin.extract(line, (0, 1))
    assert f(Q(1, 3)) == net.exact([Q(a) + Q(b) / 3 for a, b in zip(p, q - p)])[0]
    assert line.name(0, 5) == net.name(0, 5) and line.notes == net.notes


def test_weights_stay_as_they_are_bit_for_bit():
    model = nn.Sequential(nn.Linear(30, 200), nn.ReLU(), nn.Linear(200, 100), nn.Linear(100, 3))
    net = pwlin.as_network(model)
    assert net.widths == (200, 0) and net.sizes == (200, 100)
    for layer, module in zip(net.layers, (model[0], model[2], model[3])):
        assert np.array_equal(layer.weight_float, module.weight.detach().numpy().astype(float))
        assert np.array_equal(layer.bias_float, module.bias.detach().numpy().astype(float))


def test_a_max_pool_has_the_kinks_of_the_maximum():
    model = nn.MaxPool1d(5)
    net = pwlin.as_network(model, input_shape=(1, 5))
    assert net.widths == (2, 1, 1)
    slopes = (3, -1, 2, 0, 1)
    f = pwlin.extract(net.restrict((0, 1, 2, Q(1, 2), 0), slopes), (-5, 5))
    g = pwlin.extract(pwlin.Network.from_arrays([[[-1]]], [[0]]), (-5, 5))
    for a, b in zip(slopes, (0, 1, 2, Q(1, 2), 0)):
        h = pwlin.extract(pwlin.Network.from_arrays([[[a]]], [[b]]), (-5, 5))
        g = h if a == 3 else g.maximum(h)
    assert f == g and f.pieces == g.pieces


def test_a_head_is_refused_or_cut_off():
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 3), nn.Softmax(-1))
    with pytest.raises(UnsupportedLayerError, match=r"softmax.*head="):
        pwlin.as_network(model)
    net = pwlin.as_network(model, head="drop")
    assert net == pwlin.as_network(model[:3]) and "softmax is cut off" in net.notes[0]
    with pytest.raises(UnsupportedLayerError, match="softmax"):
        pwlin.as_network(nn.Sequential(model, nn.Linear(3, 1)), head="drop")
    with pytest.raises(FormatError, match="head"):
        pwlin.as_network(model, head="cut")


# -- refused by name --------------------------------------------------------------------------------


class Two(nn.Module):
    def forward(self, x, y=None):
        return x, x


REFUSED = {
    "Tanh": (lambda: nn.Sequential(nn.Linear(2, 2), nn.Tanh()), "1: found tanh"),
    "GELU": (lambda: nn.Sequential(nn.Linear(2, 2), nn.GELU()), "1: found gelu"),
    "Hardshrink": (lambda: nn.Sequential(nn.Linear(2, 2), nn.Hardshrink()), "1: found hardshrink"),
    "LayerNorm": (lambda: nn.Sequential(nn.Linear(2, 2), nn.LayerNorm(2)), "1: found layer_norm"),
    "threshold that jumps": (lambda: nn.Sequential(nn.Linear(2, 2), nn.Threshold(0.1, 5)), "jumps"),
    "product": (lambda: Apply(lambda x: x * x), "depends on the input"),
    "quotient": (lambda: Apply(lambda x: 1 / x), "depends|reciprocal"),
    "division by zero": (lambda: Apply(lambda x: x / 0), "zero"),
    "rounding": (lambda: Apply(lambda x: x.to(torch.int64).to(x.dtype)), "found"),
    "noise": (lambda: Apply(lambda x: x + torch.rand(6)), "random"),
    "dropout that stays": (lambda: Apply(lambda x: F.dropout(x, training=True)), "random"),
    "own statistics": (
        lambda: nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2, track_running_stats=False)),
        "statistics|cannot",
    ),
    "transformed": (
        lambda: Apply(lambda x: torch.func.grad(lambda row: F.relu(row).sum())(x)),
        "torch.func|cannot trace|found",
    ),
    "mapped": (lambda: Apply(lambda x: torch.vmap(F.relu)(x)), "found"),
    "eight bits": (lambda: Apply(lambda x: x.to(torch.float8_e4m3fn).to(x.dtype)), "eight bits"),
    "a product of the input": (lambda: Apply(lambda x: torch.einsum("bi,bi->b", x, x)), "einsum"),
    "two outputs": (lambda: Two(), "outputs|shape"),
    "branches": (lambda: Apply(lambda x: x if x.sum() > 0 else -x), "cannot trace"),
    "no shape": (lambda: nn.ReLU(), "input_shape="),
    "convolution without a shape": (lambda: nn.Conv2d(1, 1, 3), "input_shape="),
    "meta": (lambda: nn.Linear(2, 2, device="meta"), "meta device"),
    "lazy": (lambda: nn.LazyLinear(2), "lazy"),
    "float8": (lambda: _with_weight(torch.zeros(2, 2).to(torch.float8_e4m3fn)), "float8"),
    "sparse": (lambda: _with_weight(torch.eye(2).to_sparse()), "layout"),
    "infinite": (lambda: _with_weight(torch.full((2, 2), torch.inf)), "infinite|finite"),
    "complex": (lambda: _with_weight(torch.eye(2, dtype=torch.complex64)), "complex"),
}


def _with_weight(weight):
    model = nn.Linear(2, 2)
    model.weight = nn.Parameter(weight, requires_grad=False)
    return model


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_by_name(name):
    make, message = REFUSED[name]
    with pytest.raises(PwlinError, match=message):
        pwlin.as_network(make())


@pytest.mark.filterwarnings("ignore")  # PyTorch's own, of a way that is on its way out
def test_quantised_models_are_refused():
    model = torch.ao.quantization.quantize_dynamic(
        nn.Sequential(nn.Linear(2, 2), nn.ReLU()), {nn.Linear}, dtype=torch.qint8
    )
    with pytest.raises(PwlinError):
        pwlin.as_network(model, input_shape=(2,))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_floats(dtype):
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)).to(dtype)
    net = pwlin.as_network(model)
    assert net.hidden[0].weight[1, 2] == Q(model[0].weight[1, 2].item())
    assert net.readout.bias[1] == Q(model[2].bias[1].item())


# -- files ------------------------------------------------------------------------------------------


def test_files(tmp_path):
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)).eval()
    net = pwlin.as_network(model)
    torch.save(model.state_dict(), tmp_path / "weights.pt")
    with pytest.raises(FormatError, match="activation"):
        pwlin.as_network(tmp_path / "weights.pt")
    assert pwlin.as_network(tmp_path / "weights.pt", activation="relu") == net
    assert pwlin.as_network(model.state_dict(), "relu").name(0, 2) == ("0", (2,))
    torch.export.save(torch.export.export(model, (torch.zeros(1, 3),)), tmp_path / "program.pt2")
    assert pwlin.as_network(tmp_path / "program.pt2") == net
    safetensors = pytest.importorskip("safetensors.torch")
    safetensors.save_file(model.state_dict(), tmp_path / "weights.safetensors")
    assert pwlin.as_network(tmp_path / "weights.safetensors", "relu") == net
    with pytest.raises(FormatError, match="activation"):
        pwlin.as_network(str(tmp_path / "weights.safetensors"))


def test_no_pickle_is_opened(tmp_path):
    torch.save(nn.Linear(2, 2), tmp_path / "model.pt")
    with pytest.raises(FormatError, match="run code"):
        pwlin.as_network(tmp_path / "model.pt")
    scripted = torch.jit.script(nn.Linear(2, 2))
    torch.jit.save(scripted, str(tmp_path / "script.pt"))
    for model in (scripted, tmp_path / "script.pt"):
        with pytest.raises(FormatError, match="TorchScript"):
            pwlin.as_network(model)


def test_a_state_dict_of_other_layers_is_refused():
    with pytest.raises(FormatError, match="weight"):
        pwlin.as_network(nn.Conv2d(1, 1, 3).state_dict(), "relu")
    with pytest.raises(FormatError, match=r"running_mean|weight"):
        pwlin.as_network(nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2)).state_dict(), "relu")


def test_damaged_and_hostile_files(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (open, (str(tmp_path / "ran"), "w"))

    torch.save({"0.weight": torch.ones(2, 2), "x": Bomb()}, tmp_path / "bomb.pt")
    torch.save({"0.weight": torch.zeros(1).expand(10**5, 10**5)}, tmp_path / "expanded.pt")
    torch.save({"0.weight": torch.ones(2, 2)}, tmp_path / "good.pt")
    raw = (tmp_path / "good.pt").read_bytes()
    (tmp_path / "half.pt").write_bytes(raw[: len(raw) // 2])
    (tmp_path / "noise.pt2").write_bytes(b"\x80\x04" + bytes(100))
    (tmp_path / "long.safetensors").write_bytes((1 << 60).to_bytes(8, "little") + b"{}")
    (tmp_path / "beyond.safetensors").write_bytes(
        (66).to_bytes(8, "little") + b'{"0.weight":{"dtype":"F32","shape":[9,9],"data_offsets":[0,324]}} '
    )
    for name in ("bomb.pt", "expanded.pt", "half.pt", "noise.pt2", "long.safetensors", "beyond.safetensors"):
        with pytest.raises(FormatError, match=name):
            pwlin.as_network(tmp_path / name, "relu")
    assert not (tmp_path / "ran").exists()
