"""Back-propagation that shows its working, from one expression to a network.

`trace` works any expression in ordinary notation at a point and keeps every forward value,
local partial derivative and adjoint; `readings` points out expressions that people read in two
ways; `gradient_check` holds a gradient against the values of its function; `MLP` is the
generalised delta rule in matrix form. The parts: `operations` is the table of derivative rules,
`expressions` the graph, `parsing` the parser, `tracing` the two sweeps, `tables` what they look
like, `ambiguity` the readings, `checks` the finite differences, `perceptron` the network.
"""

from dlnotes.backpropagation.algebras import NUMBERS, SYMBOLS
from dlnotes.backpropagation.ambiguity import Reading, readings
from dlnotes.backpropagation.checks import GradientCheck, finite_difference, gradient_check
from dlnotes.backpropagation.compiling import CompiledGradient, compile_gradient
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
    "CompiledGradient",
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
    "compile_gradient",
    "directional_derivative",
    "finite_difference",
    "gradient_check",
    "initial_variance",
    "parse",
    "readings",
    "trace",
]
