"""The registry: one entry for each activation function, and nothing that follows from another.

To add a function, write its kernels (value, first and second derivative, stable) in
`dlnotes.activations.kernels` and one entry here. The tests, the reference table and the gallery
take it up without being told.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping

import sympy as sp

from dlnotes.activations import kernels as k
from dlnotes.activations.activation import Activation, X
from dlnotes.activations.parts import Kink, Origin, Parameter

__all__ = ["ACTIVATIONS", "Registry", "UnknownActivationError"]


class UnknownActivationError(KeyError):
    """No activation function of that name; the message suggests the nearest ones."""

    def __str__(self) -> str:
        return str(self.args[0])


class Registry(Mapping[str, Activation]):
    """Activation functions by name.

    Parameters
    ----------
    *entries : Activation
        Each is found under its name and under its aliases; iteration gives the names.

    Raises
    ------
    ValueError
        If two entries claim the same name.

    Examples
    --------
    >>> from dlnotes.activations import ACTIVATIONS
    >>> ACTIVATIONS["swish"].name
    'silu'
    >>> ACTIVATIONS["sofplus"]
    Traceback (most recent call last):
    ...
    dlnotes.activations.catalogue.UnknownActivationError: no activation is called 'sofplus'; \
the nearest names are softplus, silu, selu
    """

    def __init__(self, *entries: Activation) -> None:
        self._entries = {entry.name: entry for entry in entries}
        self._names = dict(self._entries)
        for entry in entries:
            for alias in entry.aliases:
                if alias in self._names:
                    msg = f"the name {alias!r} is taken twice; give each alias to one entry"
                    raise ValueError(msg)
                self._names[alias] = entry
        if len(self._entries) != len(entries):
            msg = f"names must differ, got {[entry.name for entry in entries]}"
            raise ValueError(msg)

    def __getitem__(self, name: object) -> Activation:
        if not isinstance(name, str):
            msg = f"an activation is looked up by its name, a str, not by {name!r}"
            raise TypeError(msg)
        if name in self._names:
            return self._names[name]
        near = difflib.get_close_matches(name.lower(), self._names, n=3, cutoff=0.5)
        advice = "the nearest names are" if near else "the names are"
        msg = f"no activation is called {name!r}; {advice} {', '.join(near or self._entries)}"
        raise UnknownActivationError(msg)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<Registry of {len(self)} activations: {', '.join(self)}>"


def _ordered(min_val: float, max_val: float) -> None:
    if min_val >= max_val:
        msg = f"min_val={min_val!r} is not below max_val={max_val!r}; exchange or change them"
        raise ValueError(msg)


_ALPHA = sp.Symbol("alpha", real=True)
_SLOPE = sp.Symbol("a", real=True)
_MIN, _MAX = sp.symbols("m M", real=True)

_E = sp.exp(-X)
_SIGMOID = 1 / (1 + _E)
_SOFTPLUS = sp.log(1 + sp.exp(X))
_PHI = sp.exp(-(X**2) / 2) / sp.sqrt(2 * sp.pi)
_NORMAL = (1 + sp.erf(X / sp.sqrt(2))) / 2
_CUBIC = sp.sqrt(2 / sp.pi) * (X + sp.Rational(44715, 10**6) * X**3)
_CUBIC_SLOPE = sp.sqrt(2 / sp.pi) * (1 + sp.Rational(3 * 44715, 10**6) * X**2)

# The two numbers of SELU in closed form; Klambauer et al. (2017), equation 14.
_SELU_ALPHA = -sp.sqrt(2 / sp.pi) / (sp.erfc(1 / sp.sqrt(2)) * sp.exp(sp.Rational(1, 2)) - 1)
_SELU_SCALE = (
    (1 - sp.erfc(1 / sp.sqrt(2)) * sp.sqrt(sp.E))
    * sp.sqrt(2 * sp.pi)
    / sp.sqrt(
        2 * sp.erfc(sp.sqrt(2)) * sp.E**2
        + sp.pi * sp.erfc(1 / sp.sqrt(2)) ** 2 * sp.E
        - 2 * (2 + sp.pi) * sp.erfc(1 / sp.sqrt(2)) * sp.sqrt(sp.E)
        + sp.pi
        + 2
    )
)
_LAMBDA = _SELU_SCALE.evalf(40)
_LAMBDA_ALPHA = (_SELU_SCALE * _SELU_ALPHA).evalf(40)

#: Every activation function of the book, by name.
ACTIVATIONS = Registry(
    Activation(
        "identity",
        X,
        (k.identity, k.one, k.zero),
        Origin("widrow1960adaptive", "Widrow and Hoff, 1960"),
        aliases=("linear",),
    ),
    Activation(
        "relu",
        sp.Piecewise((X, X > 0), (sp.Integer(0), True)),
        (k.relu, k.relu_1, k.zero),
        Origin("fukushima1969visual", "Fukushima, 1969"),
        kinks=(Kink(sp.Integer(0), "left", torch="left", jax="left"),),
    ),
    Activation(
        "leaky_relu",
        sp.Piecewise((X, X > 0), (_SLOPE * X, True)),
        (k.leaky_relu, k.leaky_relu_1, k.zero),
        Origin("maas2013rectifier", "Maas, Hannun and Ng, 2013"),
        parameters=(Parameter("negative_slope", 0.01, _SLOPE),),
        kinks=(Kink(sp.Integer(0), "left", torch="left", jax="right"),),
    ),
    Activation(
        "sigmoid",
        _SIGMOID,
        (k.sigmoid, k.sigmoid_1, k.sigmoid_2),
        Origin("rumelhart1986learning", "Rumelhart, Hinton and Williams, 1986"),
        derivative_forms=(_E / (1 + _E) ** 2,),
        aliases=("logistic",),
    ),
    Activation(
        "log_sigmoid",
        -sp.log(1 + _E),
        (k.log_sigmoid, k.log_sigmoid_1, k.log_sigmoid_2),
        Origin("dugas2000incorporating", "softplus, mirrored"),
        derivative_forms=(1 / (1 + sp.exp(X)),),
        aliases=("logsigmoid",),
    ),
    Activation(
        "tanh",
        sp.tanh(X),
        (k.tanh, k.tanh_1, k.tanh_2),
        Origin("lecun1998efficient", "LeCun, Bottou, Orr and Müller, 1998"),
        derivative_forms=(1 - sp.tanh(X) ** 2,),
    ),
    Activation(
        "softplus",
        _SOFTPLUS,
        (k.softplus, k.sigmoid, k.sigmoid_1),
        Origin("dugas2000incorporating", "Dugas et al., 2000"),
        derivative_forms=(_SIGMOID,),
    ),
    Activation(
        "gelu",
        X * _NORMAL,
        (k.gelu, k.gelu_1, k.gelu_2),
        Origin("hendrycks2016gaussian", "Hendrycks and Gimpel, 2016"),
        crossings={1: (-0.75,), 2: (-1.41, 1.41)},
        derivative_forms=(_NORMAL + X * _PHI, (2 - X**2) * _PHI),
    ),
    Activation(
        "gelu_tanh",
        X * (1 + sp.tanh(_CUBIC)) / 2,
        (k.gelu_tanh, k.gelu_tanh_1, k.gelu_tanh_2),
        Origin("hendrycks2016gaussian", "Hendrycks and Gimpel, 2016"),
        crossings={1: (-0.75,), 2: (-1.41, 1.41)},
        derivative_forms=(
            (1 + sp.tanh(_CUBIC)) / 2 + X * (1 - sp.tanh(_CUBIC) ** 2) * _CUBIC_SLOPE / 2,
        ),
    ),
    Activation(
        "silu",
        X / (1 + _E),
        (k.silu, k.silu_1, k.silu_2),
        Origin("elfwing2018sigmoid", "Elfwing, Uchibe and Doya, 2018"),
        crossings={1: (-1.28,), 2: (-2.4, 2.4)},
        derivative_forms=((1 + _E * (1 + X)) / (1 + _E) ** 2,),
        aliases=("swish",),
    ),
    Activation(
        "mish",
        X * sp.tanh(_SOFTPLUS),
        (k.mish, k.mish_1, k.mish_2),
        Origin("misra2020mish", "Misra, 2020"),
        crossings={1: (-1.19,), 2: (-2.26, 1.49)},
        derivative_forms=(sp.tanh(_SOFTPLUS) + X * _SIGMOID * (1 - sp.tanh(_SOFTPLUS) ** 2),),
    ),
    Activation(
        "elu",
        sp.Piecewise((X, X > 0), (_ALPHA * (sp.exp(X) - 1), True)),
        (k.elu, k.elu_1, k.elu_2),
        Origin("clevert2016fast", "Clevert, Unterthiner and Hochreiter, 2016"),
        parameters=(Parameter("alpha", 1.0, _ALPHA, low=0.0),),
        kinks=(Kink(sp.Integer(0), "left", torch="left", jax="left"),),
    ),
    Activation(
        "selu",
        sp.Piecewise((_LAMBDA * X, X > 0), (_LAMBDA_ALPHA * (sp.exp(X) - 1), True)),
        (k.selu, k.selu_1, k.selu_2),
        Origin("klambauer2017self", "Klambauer et al., 2017"),
        kinks=(Kink(sp.Integer(0), "left", torch="left", jax="left"),),
    ),
    Activation(
        "softsign",
        X / (1 + sp.Abs(X)),
        (k.softsign, k.softsign_1, k.softsign_2),
        Origin("elliott1993better", "Elliott, 1993"),
        kinks=(Kink(sp.Integer(0), "middle"),),
        derivative_forms=(1 / (1 + sp.Abs(X)) ** 2, -2 * sp.sign(X) / (1 + sp.Abs(X)) ** 3),
    ),
    Activation(
        "hard_tanh",
        sp.Piecewise((_MIN, X <= _MIN), (_MAX, X >= _MAX), (X, True)),
        (k.hard_tanh, k.hard_tanh_1, k.zero),
        Origin("collobert2004large", "Collobert, 2004"),
        parameters=(Parameter("min_val", -1.0, _MIN), Parameter("max_val", 1.0, _MAX)),
        kinks=(
            Kink(_MIN, "left", torch="left", jax="right"),
            Kink(_MAX, "right", torch="right", jax="left"),
        ),
        check=_ordered,
        aliases=("hardtanh",),
    ),
)
