"""A hundred formulas of physics, on which back-propagation was not developed.

Each has the number that it has in *The Feynman Lectures on Physics* (Feynman, Leighton and
Sands, 1963-65): volume, chapter, equation. The choice is that of S.-M. Udrescu and M. Tegmark,
"AI Feynman: a physics-inspired method for symbolic regression", Science Advances 6(16), 2020;
the formulas are written here in the notation of the book.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMULAS: dict[str, str] = {
    "I.6.2a": "exp(-theta^2/2)/sqrt(2*pi)",
    "I.6.2": "exp(-(theta/sigma)^2/2)/(sqrt(2*pi)*sigma)",
    "I.6.2b": "exp(-((theta - theta1)/sigma)^2/2)/(sqrt(2*pi)*sigma)",
    "I.8.14": "sqrt((x2 - x1)^2 + (y2 - y1)^2)",
    "I.9.18": "G*m1*m2/((x2 - x1)^2 + (y2 - y1)^2 + (z2 - z1)^2)",
    "I.10.7": "m0/sqrt(1 - v^2/c^2)",
    "I.11.19": "x1*y1 + x2*y2 + x3*y3",
    "I.12.1": "mu*F",
    "I.12.2": "q1*q2/(4*pi*epsilon*r^2)",
    "I.12.4": "q1/(4*pi*epsilon*r^2)",
    "I.12.5": "q2*F",
    "I.12.11": "q*(F + B*v*sin(theta))",
    "I.13.4": "m*(v^2 + u^2 + w^2)/2",
    "I.13.12": "G*m1*m2*(1/r2 - 1/r1)",
    "I.14.3": "m*g*h",
    "I.14.4": "k*x^2/2",
    "I.15.3x": "(x - u*t)/sqrt(1 - u^2/c^2)",
    "I.15.3t": "(t - u*x/c^2)/sqrt(1 - u^2/c^2)",
    "I.15.10": "m0*v/sqrt(1 - v^2/c^2)",
    "I.16.6": "(u + v)/(1 + u*v/c^2)",
    "I.18.4": "(m1*r1 + m2*r2)/(m1 + m2)",
    "I.18.12": "r*F*sin(theta)",
    "I.18.14": "m*r*v*sin(theta)",
    "I.24.6": "m*(omega^2 + omega0^2)*x^2/4",
    "I.25.13": "q/C",
    "I.26.2": "arcsin(n*sin(theta2))",
    "I.27.6": "1/(1/d1 + n/d2)",
    "I.29.4": "omega/c",
    "I.29.16": "sqrt(x1^2 + x2^2 - 2*x1*x2*cos(theta1 - theta2))",
    "I.30.3": "J*sin(n*theta/2)^2/sin(theta/2)^2",
    "I.30.5": "arcsin(w/(n*d))",
    "I.32.5": "q^2*a^2/(6*pi*epsilon*c^3)",
    "I.32.17": "epsilon*c*F^2/2*(8*pi*r^2/3)*omega^4/(omega^2 - omega0^2)^2",
    "I.34.8": "q*v*B/p",
    "I.34.10": "omega0/(1 - v/c)",
    "I.34.14": "(1 + v/c)/sqrt(1 - v^2/c^2)*omega0",
    "I.34.27": "hbar*omega",
    "I.37.4": "J1 + J2 + 2*sqrt(J1*J2)*cos(delta)",
    "I.38.12": "4*pi*epsilon*hbar^2/(m*q^2)",
    "I.39.10": "3/2*p*V",
    "I.39.11": "p*V/(gamma - 1)",
    "I.39.22": "n*k*T/V",
    "I.40.1": "n0*exp(-m*g*x/(k*T))",
    "I.41.16": "hbar*omega^3/(pi^2*c^2*(exp(hbar*omega/(k*T)) - 1))",
    "I.43.16": "mu*q*V/d",
    "I.43.31": "mu*k*T",
    "I.43.43": "k*v/((gamma - 1)*A)",
    "I.44.4": "n*k*T*ln(V2/V1)",
    "I.47.23": "sqrt(gamma*p/rho)",
    "I.48.20": "m*c^2/sqrt(1 - v^2/c^2)",
    "I.50.26": "x1*(cos(omega*t) + alpha*cos(omega*t)^2)",
    "II.2.42": "kappa*(T2 - T1)*A/d",
    "II.3.24": "P/(4*pi*r^2)",
    "II.4.23": "q/(4*pi*epsilon*r)",
    "II.6.11": "p*cos(theta)/(4*pi*epsilon*r^2)",
    "II.6.15a": "3*p*z*sqrt(x^2 + y^2)/(4*pi*epsilon*r^5)",
    "II.6.15b": "3*p*cos(theta)*sin(theta)/(4*pi*epsilon*r^3)",
    "II.8.7": "3*q^2/(20*pi*epsilon*d)",
    "II.8.31": "epsilon*F^2/2",
    "II.10.9": "sigma/(epsilon*(1 + chi))",
    "II.11.3": "q*F/(m*(omega0^2 - omega^2))",
    "II.11.17": "n0*(1 + p*F*cos(theta)/(k*T))",
    "II.11.20": "n*p^2*F/(3*k*T)",
    "II.11.27": "n*alpha*epsilon*F/(1 - n*alpha/3)",
    "II.11.28": "1 + n*alpha/(1 - n*alpha/3)",
    "II.13.17": "2*J/(4*pi*epsilon*c^2*r)",
    "II.13.23": "rho0/sqrt(1 - v^2/c^2)",
    "II.13.34": "rho0*v/sqrt(1 - v^2/c^2)",
    "II.15.4": "-mu*B*cos(theta)",
    "II.15.5": "-p*F*cos(theta)",
    "II.21.32": "q/(4*pi*epsilon*r*(1 - v/c))",
    "II.24.17": "sqrt(omega^2/c^2 - pi^2/d^2)",
    "II.27.16": "epsilon*c*F^2",
    "II.27.18": "epsilon*F^2",
    "II.34.2a": "q*v/(2*pi*r)",
    "II.34.2": "q*v*r/2",
    "II.34.11": "g*q*B/(2*m)",
    "II.34.29a": "q*h/(4*pi*m)",
    "II.34.29b": "g*mu*B*J/hbar",
    "II.35.18": "n0/(exp(mu*B/(k*T)) + exp(-mu*B/(k*T)))",
    "II.35.21": "n*mu*tanh(mu*B/(k*T))",
    "II.36.38": "mu*H/(k*T) + mu*alpha*M/(epsilon*c^2*k*T)",
    "II.37.1": "mu*(1 + chi)*B",
    "II.38.3": "Y*A*x/d",
    "II.38.14": "Y/(2*(1 + sigma))",
    "III.4.32": "1/(exp(hbar*omega/(k*T)) - 1)",
    "III.4.33": "hbar*omega/(exp(hbar*omega/(k*T)) - 1)",
    "III.7.38": "2*mu*B/hbar",
    "III.8.54": "sin(W*t/hbar)^2",
    "III.9.52": "p*F*t/hbar*sin((omega - omega0)*t/2)^2/((omega - omega0)*t/2)^2",
    "III.10.19": "mu*sqrt(Bx^2 + By^2 + Bz^2)",
    "III.12.43": "n*hbar",
    "III.13.18": "2*W*d^2*k/hbar",
    "III.14.14": "J*(exp(q*V/(k*T)) - 1)",
    "III.15.12": "2*U*(1 - cos(k*d))",
    "III.15.14": "hbar^2/(2*W*d^2)",
    "III.15.27": "2*pi*alpha/(n*d)",
    "III.17.37": "beta*(1 + alpha*cos(theta))",
    "III.19.51": "-m*q^4/(2*(4*pi*epsilon)^2*hbar^2*n^2)",
    "III.21.20": "-rho*q*A/m",
}
"""Number and formula."""

INTERVALS: dict[str, dict[str, tuple[float, float]]] = {
    "I.26.2": {"n": (0.2, 0.9)},
    "I.30.5": {"d": (2.5, 4.0)},
    "I.37.4": {"delta": (0.3, 1.2)},
    "II.11.27": {"alpha": (0.2, 0.9)},
    "II.11.28": {"alpha": (0.2, 0.9)},
    "II.24.17": {"omega": (6.0, 8.0), "d": (3.2, 4.0)},
}
"""Where a variable has to keep to an interval for the formula to have a value."""

USUAL: dict[str, tuple[float, float]] = {
    "c": (3.0, 5.0),
    "gamma": (1.2, 1.9),
    "omega0": (3.0, 4.0),
    "x2": (3.0, 4.0),
    "r2": (3.0, 4.0),
    "theta": (0.3, 1.2),
    "alpha": (0.5, 1.5),
}
"""Intervals of names, so that nothing vanishes or blows up; all others are between 1 and 2."""


def point_of(number: str, variables: Sequence[str], draw: int) -> dict[str, float]:
    """Return a point at which a formula has a value."""
    rng = np.random.default_rng([crc32(number.encode()), draw])
    own = INTERVALS.get(number, {})
    return {v: rng.uniform(*own.get(v, USUAL.get(v, (1.0, 2.0)))) for v in variables}
