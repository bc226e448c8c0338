"""Back-propagation that shows its working, from one expression to a network.

`trace` works any expression in ordinary notation at a point and keeps every forward value,
local partial derivative and adjoint; `readings` points out expressions that people read in two
ways; `check_claim` judges a partial derivative that somebody has found; `compile_gradient`
makes fast code; `gradient_check` holds a gradient against the values of its function; `MLP` is
the generalised delta rule in matrix form.

The parts: `operations` is the table of derivative rules, `algebras` and `_building` the three
ways in which a rule is read (numbers, formulas, nodes of a new graph), `expressions` the graph,
`parsing` the parser, `tracing` the two sweeps with every step kept, `sweeps` the same for any
algebra, `derivatives` gradients as graphs, `compiling` straight-line code, `tables`,
`derivations` and `typesetting` what they look like, `ambiguity` the readings, `claims` and
`checks` the judgements, `perceptron` the network.
"""

from dlnotes.backpropagation.algebras import NUMBERS, SYMBOLS
from dlnotes.backpropagation.ambiguity import Reading, readings
from dlnotes.backpropagation.checks import GradientCheck, finite_difference, gradient_check
from dlnotes.backpropagation.claims import ClaimCheck, check_claim
from dlnotes.backpropagation.compiling import CompiledGradient, compile_gradient
from dlnotes.backpropagation.derivations import Derivation
from dlnotes.backpropagation.derivatives import directional_derivative
from dlnotes.backpropagation.expressions import (
    DomainError,
    Expression,
    ExpressionError,
    Node,
)
from dlnotes.backpropagation.operations import OPERATIONS, Operation
from dlnotes.backpropagation.parsing import parse
from dlnotes.backpropagation.perceptron import MLP, MLPForward, MLPGradients, initial_variance
from dlnotes.backpropagation.tables import Table
from dlnotes.backpropagation.tracing import Edge, OperationCounts, Step, Trace, trace

__all__ = [
    "MLP",
    "NUMBERS",
    "OPERATIONS",
    "SYMBOLS",
    "ClaimCheck",
    "CompiledGradient",
    "Derivation",
    "DomainError",
    "Edge",
    "Expression",
    "ExpressionError",
    "GradientCheck",
    "MLPForward",
    "MLPGradients",
    "Node",
    "Operation",
    "OperationCounts",
    "Reading",
    "Step",
    "Table",
    "Trace",
    "check_claim",
    "compile_gradient",
    "directional_derivative",
    "finite_difference",
    "gradient_check",
    "initial_variance",
    "parse",
    "readings",
    "trace",
]
