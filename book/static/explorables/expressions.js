// Expressions in ordinary notation: text to graph, values forwards, adjoints backwards.
// The grammar, the names of the nodes, the messages and the numbers are those of
// dlnotes.backpropagation, to which a test holds them.
"use strict";

(() => {
  class ExpressionError extends Error {
    constructor(reason, start, stop) {
      super(reason);
      this.span = [start, stop];
    }
  }

  // Operations. `partials` gives one number for each operand from the value v and the operands,
  // `rules` says them in the names of value and operands, `bad` where there is no value.
  const step = (a) => (a > 0 ? 1 : 0);
  const half = (a) => (a === 0 ? 0.5 : step(a));
  const sigmoid = (a) => (a >= 0 ? 1 / (1 + Math.exp(-a)) : Math.exp(a) / (1 + Math.exp(a)));
  const tie = (a, b) => (a === b ? "the operands are equal; each gets half of the derivative" : "");
  const atZero = (sentence) => (a) => (a === 0 ? sentence : "");
  const one = (value, slope, rule, extra = {}) => ({ value, partials: [slope], rules: [rule], ...extra });

  const OPERATIONS = {
    add: { text: "{0} + {1}", value: (a, b) => a + b, partials: [() => 1, () => 1], rules: ["1", "1"] },
    sub: { text: "{0} - {1}", value: (a, b) => a - b, partials: [() => 1, () => -1], rules: ["1", "-1"] },
    mul: { text: "{0}*{1}", value: (a, b) => a * b, partials: [(v, a, b) => b, (v, a) => a], rules: ["{1}", "{0}"] },
    div: {
      text: "{0}/{1}", value: (a, b) => a / b, partials: [(v, a, b) => 1 / b, (v, a, b) => -v / b],
      rules: ["1/{1}", "-{v}/{1}"], bad: (a, b) => b === 0, domain: "the divisor must not be 0",
    },
    neg: { text: "-{0}", ...one((a) => -a, () => -1, "-1") },
    pow: {
      text: "{0}^{1}", value: (a, b) => a ** b,
      partials: [
        (v, a, b) => (b === 0 ? 0 : b * a ** (b - 1)),
        (v, a) => (a === 0 && v === 0 ? 0 : v * Math.log(a)),
      ],
      rules: ["{1}*{0}^({1} - 1)", "{v}*log({0})"],
      bad: (a, b) => (a === 0 && b < 0) || (a < 0 && !Number.isInteger(b)),
      domain: "a base below 0 needs a whole exponent, a base of 0 an exponent of at least 0",
    },
    exp: one(Math.exp, (v) => v, "{v}"),
    expm1: one(Math.expm1, (v) => v + 1, "{v} + 1"),
    log: one(Math.log, (v, a) => 1 / a, "1/{0}", { bad: (a) => a <= 0, domain: "the argument of log must be positive" }),
    log1p: one(Math.log1p, (v, a) => 1 / (1 + a), "1/(1 + {0})", { bad: (a) => a <= -1, domain: "the argument of log1p must be above -1" }),
    log2: one(Math.log2, (v, a) => Math.LOG2E / a, "1/({0}*log(2))", { bad: (a) => a <= 0, domain: "the argument of log2 must be positive" }),
    log10: one(Math.log10, (v, a) => Math.LOG10E / a, "1/({0}*log(10))", { bad: (a) => a <= 0, domain: "the argument of log10 must be positive" }),
    sqrt: one(Math.sqrt, (v) => 1 / (2 * v), "1/(2*{v})", { bad: (a) => a < 0, domain: "the argument of sqrt must not be negative" }),
    cbrt: one(Math.cbrt, (v) => 1 / (3 * v * v), "1/(3*{v}^2)"),
    sin: one(Math.sin, (v, a) => Math.cos(a), "cos({0})"),
    cos: one(Math.cos, (v, a) => -Math.sin(a), "-sin({0})"),
    tan: one(Math.tan, (v) => 1 + v * v, "1 + {v}^2"),
    asin: one(Math.asin, (v, a) => 1 / Math.sqrt(1 - a * a), "1/sqrt(1 - {0}^2)", { bad: (a) => Math.abs(a) > 1, domain: "the argument of asin must lie between -1 and 1" }),
    acos: one(Math.acos, (v, a) => -1 / Math.sqrt(1 - a * a), "-1/sqrt(1 - {0}^2)", { bad: (a) => Math.abs(a) > 1, domain: "the argument of acos must lie between -1 and 1" }),
    atan: one(Math.atan, (v, a) => 1 / (1 + a * a), "1/(1 + {0}^2)"),
    sinh: one(Math.sinh, (v, a) => Math.cosh(a), "cosh({0})"),
    cosh: one(Math.cosh, (v, a) => Math.sinh(a), "sinh({0})"),
    tanh: one(Math.tanh, (v) => 1 - v * v, "1 - {v}^2"),
    asinh: one(Math.asinh, (v, a) => 1 / Math.sqrt(a * a + 1), "1/sqrt({0}^2 + 1)"),
    acosh: one(Math.acosh, (v, a) => 1 / Math.sqrt((a - 1) * (a + 1)), "1/sqrt({0}^2 - 1)", { bad: (a) => a < 1, domain: "the argument of acosh must be at least 1" }),
    atanh: one(Math.atanh, (v, a) => 1 / ((1 - a) * (1 + a)), "1/(1 - {0}^2)", { bad: (a) => Math.abs(a) >= 1, domain: "the argument of atanh must lie between -1 and 1" }),
    sigmoid: one(sigmoid, (v) => v * (1 - v), "{v}*(1 - {v})"),
    softplus: one((a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))), (v, a) => sigmoid(a), "sigmoid({0})"),
    relu: one((a) => Math.max(a, 0), (v, a) => step(a), "1 if {0} > 0, else 0", { kink: atZero("the left derivative is 0, the right one 1; 0 is used") }),
    abs: one(Math.abs, (v, a) => Math.sign(a), "sign({0})", { kink: atZero("the left derivative is -1, the right one 1; 0 is used") }),
    sign: one(Math.sign, () => 0, "0", { kink: atZero("there is a jump and no derivative; 0 is used") }),
    max: { value: Math.max, partials: [(v, a, b) => half(a - b), (v, a, b) => half(b - a)], rules: ["1 if {0} > {1}, else 0", "1 if {1} > {0}, else 0"], kink: tie },
    min: { value: Math.min, partials: [(v, a, b) => half(b - a), (v, a, b) => half(a - b)], rules: ["1 if {0} < {1}, else 0", "1 if {1} < {0}, else 0"], kink: tie },
    atan2: {
      value: Math.atan2, partials: [(v, a, b) => b / (a * a + b * b), (v, a, b) => -a / (a * a + b * b)],
      rules: ["{1}/({0}^2 + {1}^2)", "-{0}/({0}^2 + {1}^2)"],
    },
    hypot: {
      value: Math.hypot, partials: [(v, a) => (v ? a / v : 0), (v, a, b) => (v ? b / v : 0)], rules: ["{0}/{v}", "{1}/{v}"],
      kink: (a, b) => (a === 0 && b === 0 ? "the derivative at the origin depends on the way there; 0 is used" : ""),
    },
  };
  for (const [name, entry] of Object.entries(OPERATIONS))
    entry.text ??= entry.partials.length === 1 ? `${name}({0})` : `${name}({0}, {1})`;

  const BINDING = { add: 1, sub: 1, mul: 2, div: 2, neg: 3, pow: 4 };
  const INFIX = { "+": "add", "-": "sub", "*": "mul", "/": "div", "^": "pow" };
  const SPELLINGS = { "**": "^", "−": "-", "·": "*", "×": "*", "÷": "/" };
  const ALIASES = { ln: "log", arcsin: "asin", arccos: "acos", arctan: "atan", logistic: "sigmoid" };
  const CONSTANTS = { pi: Math.PI };
  const TOKEN = /\s*(?:(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[\p{L}_][\p{L}\p{N}_]*)|(?<operator>\*\*|[-+*/^−·×÷])|(?<mark>[(),=])|(?<end>$)|(?<unknown>\S))/uy;
  const own = (table, name) => (Object.hasOwn(table, name) ? table[name] : undefined);
  const functionOf = (name) =>
    own(ALIASES, name) ?? (own(OPERATIONS, name) && !own(BINDING, name) ? name : undefined);

  const tokenAt = (source, position) => {
    TOKEN.lastIndex = position;
    const { groups } = TOKEN.exec(source); // the last two alternatives take anything
    const [kind, text] = Object.entries(groups).find(([, found]) => found !== undefined);
    return { kind, text, start: TOKEN.lastIndex - text.length, stop: TOKEN.lastIndex };
  };

  /** How many letters have to change to make one word of another. */
  const distance = (a, b) => {
    let row = [...Array(b.length + 1).keys()];
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= b.length; j++)
        next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] !== b[j - 1]));
      row = next;
    }
    return row[b.length];
  };
  const nearest = (word, names) => {
    const found = names.map((name) => [distance(word, name), name]).sort((a, b) => a[0] - b[0]);
    return found[0][0] <= Math.min(2, word.length - 1) ? found[0][1] : undefined;
  };

  /**
   * Read an expression as a list of nodes, operands before what uses them; equal parts are one
   * node. The two stacks are those of Dijkstra's shunting yard. `others` are functions that the
   * package has and this page has not.
   */
  const parse = (source, others = []) => {
    const nodes = [];
    const known = new Map();
    const items = []; // operands that are complete: {node, start, stop}
    const waiting = []; // operators and brackets that wait: {what, at, below}
    const fail = (reason, start, stop) => {
      throw new ExpressionError(reason, start, stop);
    };
    const add = (key, node) => {
      if (!known.has(key)) known.set(key, nodes.push(node) - 1);
      return known.get(key);
    };
    const leaf = (operation, symbol, start, stop) => {
      const node = { operation, symbol, operands: [], span: [start, stop], active: operation === "variable" };
      items.push({ node: add(`${operation} ${symbol}`, node), start, stop });
    };
    const apply = (operation, operands, start, stop) => {
      const active = operands.some((k) => nodes[k].active);
      return add(`${operation} ${operands}`, { operation, operands, span: [start, stop], active });
    };
    const reduce = () => {
      const { what, at } = waiting.pop();
      const right = items.pop();
      const left = what === "neg" ? null : items.pop();
      const start = left ? left.start : at;
      const operands = left ? [left.node, right.node] : [right.node];
      items.push({ node: apply(what, operands, start, right.stop), start, stop: right.stop });
    };
    const binds = () => waiting.length && own(BINDING, waiting.at(-1).what);
    const infix = (operation, at) => {
      const binding = BINDING[operation];
      // Powers group to the right, everything else to the left.
      while (binds() > binding || (binds() === binding && operation !== "pow")) reduce();
      waiting.push({ what: operation, at });
    };
    const close = (at) => {
      while (binds()) reduce();
      if (!waiting.length) fail('this ")" closes nothing', at, at + 1);
      const { what, at: start, below } = waiting.pop();
      if (what === "(") {
        items.push({ node: items.pop().node, start, stop: at + 1 });
        return;
      }
      const given = items.splice(below).map(({ node }) => node);
      const arity = OPERATIONS[what].partials.length;
      const many = (what === "max" || what === "min") && given.length > arity;
      if (given.length !== arity && !many)
        fail(`${what} takes ${arity} argument${arity === 1 ? "" : "s"}, got ${given.length}`, start, at + 1);
      // max(a, b, c) is max(max(a, b), c).
      let node = arity === 1 ? apply(what, given, start, at + 1) : given[0];
      for (const following of given.slice(1)) node = apply(what, [node, following], start, at + 1);
      items.push({ node, start, stop: at + 1 });
    };
    const readName = (text, start, stop, called) => {
      const found = functionOf(text);
      if (called && found) waiting.push({ what: found, at: start, below: items.length });
      else if (others.includes(text))
        fail(`the package knows the function "${text}", but this page does not`, start, stop);
      else if (called) {
        const functions = Object.keys(OPERATIONS).filter((n) => !own(BINDING, n));
        const near = nearest(text, [...functions, ...Object.keys(ALIASES)]);
        const hint = near ? `did you mean "${near}"?` : `there are ${functions.join(", ")}`;
        fail(`no function "${text}"; ${hint} (a product needs "*")`, start, stop);
      } else if (found) fail(`"${text}" is a function: write ${text}(…)`, start, stop);
      else leaf(own(CONSTANTS, text) ? "constant" : "variable", text, start, stop);
    };

    const head = /^\s*([\p{L}_][\p{L}\p{N}_]*)\s*=/u.exec(source);
    const begin = head ? head[0].length : 0;
    let position = begin;
    let wantOperand = true;
    for (;;) {
      const { kind, text, start, stop } = tokenAt(source, position);
      position = stop;
      if (kind === "unknown" || text === "=")
        fail(`cannot read "${text}"${"[{]}".includes(text) ? "; write round brackets" : ""}`, start, stop);
      if (wantOperand) {
        if (kind === "number") {
          const value = Number(text);
          if (value === Infinity || (value === 0 && /[1-9]/.test(text.toLowerCase().split("e")[0])))
            fail(`the number ${text} is out of the range of double precision`, start, stop);
          leaf("constant", text, start, stop);
          wantOperand = false;
        } else if (kind === "name") {
          const following = tokenAt(source, position);
          const called = following.text === "(";
          readName(text, start, stop, called);
          wantOperand = called;
          if (called) position = following.stop;
        } else if (text === "(") waiting.push({ what: "(", at: start, below: items.length });
        else if ((SPELLINGS[text] ?? text) === "-") waiting.push({ what: "neg", at: start });
        else if (text !== "+")
          fail(kind === "end" && start === begin ? "the expression is empty" : 'expected a number, a name or "(" here', start, stop);
      } else if (kind === "operator") {
        infix(INFIX[SPELLINGS[text] ?? text], start);
        wantOperand = true;
      } else if (text === ")") close(start);
      else if (text === ",") {
        while (binds()) reduce();
        if (!waiting.length || waiting.at(-1).what === "(")
          fail("a comma belongs between the arguments of a function", start, stop);
        wantOperand = true;
      } else if (kind === "end") break;
      else fail('expected an operator here; a product needs "*"', start, stop);
    }
    while (waiting.length) {
      if (!binds()) {
        const bracket = source.indexOf("(", waiting.at(-1).at);
        fail('this "(" is never closed', bracket, bracket + 1);
      }
      reduce();
    }
    const name = head ? head[1] : "";
    if (nodes.some((node) => node.operation === "variable" && node.symbol === name)) {
      const at = source.indexOf(name);
      fail(`"${name}" stands on both sides of "="`, at, at + name.length);
    }
    return named({ source, nodes, root: items[0].node }, name);
  };

  /** x2 before x10: digits are compared as numbers, and capitals come first as in Python. */
  const inOrder = (a, b) => {
    const [left, right] = [a, b].map((name) => name.split(/(\d+)/).filter(Boolean));
    const i = left.findIndex((part, k) => part !== right[k]);
    if (i < 0) return left.length - right.length;
    if (i >= right.length) return 1;
    const [p, q] = [left[i], right[i]];
    const [m, n] = [p, q].map((part) => (/^\d/.test(part) ? Number(part) : -1));
    return m - n || (p < q ? -1 : 1);
  };

  /** Give every node its name: variables keep theirs, operations are v1, v2, …, the last is z. */
  const named = (graph, name) => {
    const { source, nodes, root } = graph;
    const variables = nodes.filter((n) => n.operation === "variable").map((n) => n.symbol).sort(inOrder);
    name ||= ["z", "y", "f", "out_"].find((free) => !variables.includes(free));
    const prefix = ["v", "w", "t", "v_"].find(
      (p) => ![...variables, name].some((other) => other.startsWith(p) && /^\d+$/.test(other.slice(p.length))),
    );
    let count = 0;
    const names = nodes.map((node, index) => {
      if (!node.operands.length) return node.symbol;
      if (index === root) return name;
      return node.active ? `${prefix}${++count}` : `(${source.slice(...node.span)})`;
    });
    return { ...graph, variables, names };
  };

  const filled = (text, operands, value = "") =>
    text.replace(/\{(.)\}/g, (_, place) => (place === "v" ? value : operands[Number(place)]));
  const formula = ({ nodes, names }, index) => {
    const { operation, operands } = nodes[index];
    return operands.length ? filled(OPERATIONS[operation].text, operands.map((k) => names[k])) : names[index];
  };

  /** A number with six digits, written as Python writes it. */
  const general = (value) => {
    const [mantissa, exponent] = value.toExponential(5).split("e");
    const power = Number(exponent);
    if (power >= -4 && power < 6) return String(Number(value.toPrecision(6)));
    const digits = String(Math.abs(power)).padStart(2, "0");
    return `${Number(mantissa)}e${power < 0 ? "-" : "+"}${digits}`;
  };
  const shown = (operation, operands) => {
    const { text } = OPERATIONS[operation];
    const infix = text[0] === "{" || text[0] === "-";
    return filled(text, operands.map((a) => (infix && a < 0 ? `(${general(a)})` : general(a))));
  };

  /** Work a graph at a point, a map of names to numbers: values forwards, adjoints backwards, every edge kept. */
  const trace = (graph, at) => {
    const { nodes, names, root } = graph;
    const fail = (reason, node) => {
      throw new ExpressionError(reason, ...node.span);
    };
    const values = [];
    for (const node of nodes) {
      if (node.operation === "variable") {
        const value = at.get(node.symbol);
        if (!Number.isFinite(value)) fail(`${node.symbol} needs a finite number`, node);
        values.push(value);
      } else if (node.operation === "constant") values.push(own(CONSTANTS, node.symbol) ?? Number(node.symbol));
      else {
        const operation = OPERATIONS[node.operation];
        const operands = node.operands.map((k) => values[k]);
        if (operation.bad?.(...operands)) fail(`${shown(node.operation, operands)}: ${operation.domain}`, node);
        const value = operation.value(...operands);
        if (!Number.isFinite(value))
          fail(`${shown(node.operation, operands)}: the value is too large for double precision`, node);
        values.push(value);
      }
    }
    const adjoints = nodes.map((_, index) => (index === root ? 1 : 0));
    const edges = []; // in the order in which the backward sweep goes along them
    const kinks = [];
    for (let index = nodes.length - 1; index >= 0; index--) {
      const node = nodes[index];
      if (!node.operands.length || !node.active) continue;
      const operation = OPERATIONS[node.operation];
      const operands = node.operands.map((k) => values[k]);
      const said = operation.kink?.(...operands);
      if (said) kinks.unshift(`${names[index]} = ${shown(node.operation, operands)}: ${said}`);
      node.operands.forEach((k, position) => {
        if (!nodes[k].active) return;
        const partial = operation.partials[position](values[index], ...operands);
        const contribution = adjoints[index] * partial;
        adjoints[k] += contribution;
        if (!Number.isFinite(partial) || !Number.isFinite(adjoints[k])) {
          const which = operands.length > 1 ? ` with respect to ${names[k]}` : "";
          fail(`${shown(node.operation, operands)}: the derivative${which} does not exist here or is too large`, node);
        }
        const rule = filled(operation.rules[position], node.operands.map((i) => names[i]), names[index]);
        edges.push({ source: k, target: index, position, partial, contribution, sum: adjoints[k], rule });
      });
    }
    const steps = nodes
      .map((node, index) => ({ index, name: names[index], operation: node.operation, formula: formula(graph, index), value: values[index], adjoint: adjoints[index] }))
      .filter(({ index }) => nodes[index].active || index === root);
    const gradient = Object.fromEntries(
      graph.variables.map((name) => [name, adjoints[nodes.findIndex((n) => n.operation === "variable" && n.symbol === name)]]),
    );
    return { steps, edges, kinks, value: values[root], gradient };
  };

  /** The neighbourhood of a part of the source, with carets below the part. */
  const pointer = (source, [start, stop], reach = 40) => {
    const left = Math.max(0, start - reach);
    const right = Math.min(source.length, Math.max(stop, start + 1) + reach);
    const head = left ? "…" : "";
    const part = source.slice(left, right).replace(/\s/g, " ");
    const carets = "^".repeat(Math.max(1, Math.min(stop, right) - start));
    return `${head}${part}${right < source.length ? "…" : ""}\n${" ".repeat(head.length + start - left)}${carets}`;
  };

  const names = Object.keys(OPERATIONS).filter((name) => !own(BINDING, name));
  const logic = { ExpressionError, parse, trace, pointer, names, aliases: Object.keys(ALIASES) };
  if (typeof module === "object") module.exports = logic;
  else explorables.expressions = logic;
})();
