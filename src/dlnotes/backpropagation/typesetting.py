r"""SymPy expressions as TeX in the book's hand, as in ``2 x \exp(y)``.

SymPy's own printer writes for the eye alone. What is written here is also read by a machine:
functions have their argument in brackets, and no product can be taken for an application.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import sympy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["name_parts", "typeset"]

_GREEK = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"),
    *(
        "lambda",
        "mu",
        "nu",
        "xi",
        "rho",
        "sigma",
        "tau",
        "upsilon",
        "phi",
        "chi",
        "psi",
        "omega",
    ),
    *("Gamma", "Delta", "Theta", "Lambda", "Xi", "Sigma", "Phi", "Psi", "Omega"),
)
_HEADS = {
    **{
        name: rf"\{name}"
        for name in ("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh")
    },
    **{f"a{name}": rf"\arc{name}" for name in ("sin", "cos", "tan")},
    **{f"a{name}": rf"\operatorname{{ar{name}}}" for name in ("sinh", "tanh")},
    **{name: rf"\operatorname{{{name}}}" for name in ("erf", "erfc", "sign")},
    "Max": r"\max",
    "Min": r"\min",
}

_OTHERWISE = r"\text{otherwise}"
_SUM, _PRODUCT, _POWER, _ATOM = 1, 2, 3, 4


def name_parts(name: str) -> tuple[str, str]:
    r"""Split a name into the TeX of its letter and of its subscript.

    Parameters
    ----------
    name : str
        A variable or a node, such as ``x12``, ``alpha``, ``v_max``.

    Returns
    -------
    letter, subscript : str
        The second is empty, or includes the underscore.

    Examples
    --------
    >>> name_parts("x1"), name_parts("alpha12"), name_parts("v_max")
    (('x', '_1'), ('\\alpha', '_{12}'), ('v', '_{\\text{max}}'))
    """
    match = re.fullmatch(r"([^\W\d_]+?)_?(\d*)(?:_(\w+))?", name)
    letters, digits, rest = match.groups() if match else (name.replace("_", ""), "", None)
    letter = letters
    if letters in _GREEK:
        letter = "\\" + letters
    elif len(letters) > 1:
        letter = rf"\text{{{letters}}}"
    words = [word for word in (digits, rest and rest.replace("_", "")) if word]
    if not words:
        return letter, ""
    if words == [digits] and len(digits) == 1:
        return letter, f"_{digits}"
    inner = digits + (rf"\text{{{words[-1]}}}" if rest else "")
    return letter, f"_{{{inner}}}"


def typeset(expression: Any, names: Mapping[str, str], *, within: int = _SUM) -> str:
    r"""Return an expression as TeX.

    Parameters
    ----------
    expression : sympy.Expr or int
        What to write.
    names : mapping of str to str
        TeX of each symbol; the others are written as they are.
    within : int, optional
        How tightly the neighbours bind: 1 for a sum, 2 for a product, 3 for a power; brackets
        are set where they are needed.

    Returns
    -------
    str
        The TeX.

    Examples
    --------
    >>> import sympy
    >>> x, y = sympy.symbols("x y")
    >>> print(typeset(-2 * x * sympy.exp(x**2) / (5 * y**3), {}))
    -\frac{2 x \exp(x^2)}{5 y^3}
    """
    tex, binding = _written(sympy.sympify(expression), names)
    return tex if binding >= within else f"({tex})"


def _written(e: Any, names: Mapping[str, str]) -> tuple[str, int]:
    """Return TeX and how tightly it binds."""
    if e.is_Symbol:
        return names.get(e.name, e.name), _ATOM
    if e.is_Add:
        return _sum(e, names), _SUM
    below = e.is_Pow and e.exp.is_Rational and e.exp < 0
    if e.is_Mul or below or (e.is_Rational and e.q != 1):
        return _quotient(e, names)
    if e.is_Number:
        text = str(e) if e.is_Integer else f"{float(e):.15g}"
        return _decimal(text), _SUM if e < 0 else _ATOM
    if e is sympy.pi:
        return r"\pi", _ATOM
    if e is sympy.E:
        return r"\exp(1)", _ATOM
    if isinstance(e, sympy.Pow) and not isinstance(e, sympy.exp):
        if e.exp == sympy.Rational(1, 2):
            return rf"\sqrt{{{typeset(e.base, names)}}}", _ATOM
        base = typeset(e.base, names, within=_ATOM)
        exponent = typeset(e.exp, names)
        return f"{base}^{exponent if len(exponent) == 1 else f'{{{exponent}}}'}", _POWER
    if isinstance(e, sympy.Abs):
        return rf"\lvert {typeset(e.args[0], names)} \rvert", _ATOM
    if isinstance(e, sympy.Piecewise):
        return _cases(
            (typeset(value, names), _condition(one, names))
            for value, condition in e.args
            for one in (condition.args if isinstance(condition, sympy.Or) else (condition,))
        ), _ATOM
    if isinstance(e, sympy.Heaviside):
        # At the jump there is no derivative, so what is said of it there does not matter.
        return _cases((("1", _positive(e.args[0], names)), ("0", _OTHERWISE))), _ATOM
    if isinstance(e, sympy.acosh):
        x = e.args[0]
        return _written(sympy.log(x + sympy.sqrt(x**2 - 1)), names)
    head = _HEADS.get(type(e).__name__)
    if head is None:
        msg = f"the book has no TeX for {type(e).__name__}, met in {e}"
        raise ValueError(msg)
    return f"{head}({', '.join(typeset(a, names) for a in e.args)})", _ATOM


def _cases(rows: Iterable[tuple[str, str]]) -> str:
    inner = r" \\ ".join(f"{value} & {condition}" for value, condition in rows)
    return rf"\begin{{cases}} {inner} \end{{cases}}"


def _decimal(text: str) -> str:
    mantissa, _, exponent = text.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa


def _sum(e: Any, names: Mapping[str, str]) -> str:
    tex = ""
    for term in sorted(e.args, key=_rank_in_a_sum):
        written = typeset(term, names)
        if not tex:
            tex = written
        elif written.startswith("-"):
            tex += f" - {written[1:]}"
        else:
            tex += f" + {written}"
    return tex


def _rank_in_a_sum(term: Any) -> tuple[bool, int, str]:
    """Sort as ``x + 1``, ``1 + exp(x)`` and ``1 - x``."""
    last = 2 if term.has(sympy.Function) else int(term.is_number)
    return bool(term.could_extract_minus_sign()), last, str(term).lstrip("-")


def _quotient(e: Any, names: Mapping[str, str]) -> tuple[str, int]:
    above, below = sympy.fraction(e, exact=True)
    sign = ""
    if above.could_extract_minus_sign():
        above, sign = -above, "-"
    if below == 1:
        return sign + _product(above, names), _SUM if sign else _PRODUCT
    return rf"{sign}\frac{{{_whole(above, names)}}}{{{_whole(below, names)}}}", (
        _SUM if sign else _PRODUCT
    )


def _whole(e: Any, names: Mapping[str, str]) -> str:
    return _product(e, names) if e.is_Mul else typeset(e, names)


def _product(e: Any, names: Mapping[str, str]) -> str:
    factors = sorted(
        sympy.Mul.make_args(e),
        key=lambda f: (not f.is_number, f.has(sympy.Function), f.is_Add, str(f)),
    )
    return side_by_side([typeset(f, names, within=_PRODUCT) for f in factors])


def side_by_side(factors: list[str]) -> str:
    """Write factors as a product, with a dot before whatever begins with a digit."""
    tex = factors[0]
    for factor in factors[1:]:
        tex += (r" \cdot " if factor[0].isdigit() else " ") + factor
    return tex


def _positive(e: Any, names: Mapping[str, str]) -> str:
    """Write that an expression is positive; of a difference, that one side is greater."""
    less = [term for term in sympy.Add.make_args(e) if term.could_extract_minus_sign()]
    above, below = e + sum(-term for term in less), sum(-term for term in less)
    return f"{typeset(above, names)} > {typeset(below, names)}"


def _condition(c: Any, names: Mapping[str, str]) -> str:
    if c == sympy.true:
        return _OTHERWISE
    sign = {">": ">", ">=": r"\ge", "<": "<", "<=": r"\le", "==": "="}[c.rel_op]
    return f"{typeset(c.lhs, names)} {sign} {typeset(c.rhs, names)}"
