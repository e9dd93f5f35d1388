"""Why operators of PyTorch are refused, and what could be done."""

_SMOOTH = "it is curved; put a piecewise-linear activation in its place, or give the part of the model before it"
_JUMPS = "it jumps, and pwlin's functions are continuous"
_STATISTICS = "it divides by a deviation of its own input; batch norm in evaluation mode is read"
_PRODUCT = "it multiplies values that depend on the input; products with constants are read"
_PLACES = "it gives places, and not values, of entries that depend on the input"

REASONS = {
    **dict.fromkeys(
        ["elu", "celu", "selu", "gelu", "silu", "mish", "tanh", "softplus", "exp", "log", "sin", "cos", "sqrt", "rsqrt", "erf"]
        + ["softsign", "tanhshrink", "logsumexp", "reciprocal", "lgamma", "atan", "expm1", "log1p", "square", "std", "var"],
        _SMOOTH,
    ),
    "hardswish": "it is quadratic between -3 and 3; hardsigmoid and ReLU are read",
    **dict.fromkeys(["hardshrink", "sign", "heaviside", "round", "floor", "ceil", "trunc", "frac"], _JUMPS),
    **dict.fromkeys(["remainder", "fmod", "eq", "ne", "sgn", "signbit", "bucketize", "logical_and", "logical_or"], _JUMPS),
    **dict.fromkeys(["group_norm", "layer_norm", "instance_norm", "rms_norm", "native_layer_norm"], _STATISTICS),
    **dict.fromkeys(["glu", "bilinear", "prod", "scaled_dot_product_attention", "cumprod", "cov"], _PRODUCT),
    **dict.fromkeys(["argmax", "argmin", "argsort", "nonzero", "searchsorted"], _PLACES),
    "as_strided": "it reads the memory of its input, whose layout a network does not have; view, slices and unfold are read",
}  # fmt: skip
