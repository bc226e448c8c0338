// The activation explorer: a function with two derivatives, and a gradient that passes layers.
// Its numbers are tables of the package, joined by polynomials of degree 5.
"use strict";

(() => {
  /** Value, slope and second derivative between two rows of a table, h apart; t from 0 to 1. */
  const quintic = (low, high, h, t) => {
    const [a0, a1, a2] = [low[0], low[1] * h, (low[2] * h * h) / 2];
    // What the Taylor polynomial at the left leaves over at the right.
    const r0 = high[0] - a0 - a1 - a2;
    const r1 = high[1] * h - a1 - 2 * a2;
    const r2 = (high[2] * h * h) / 2 - a2;
    const a3 = 10 * r0 - 4 * r1 + r2;
    const a4 = -15 * r0 + 7 * r1 - 2 * r2;
    const a5 = 6 * r0 - 3 * r1 + r2;
    return [
      a0 + t * (a1 + t * (a2 + t * (a3 + t * (a4 + t * a5)))),
      (a1 + t * (2 * a2 + t * (3 * a3 + t * (4 * a4 + t * 5 * a5)))) / h,
      (2 * a2 + t * (6 * a3 + t * (12 * a4 + t * 20 * a5))) / (h * h),
    ];
  };

  /** Value and two derivatives at x, of the piece that begins or (from the left) ends there. */
  const evaluate = (pieces, x, fromLeft = false) => {
    const piece =
      pieces.find(([start, stop]) => (fromLeft ? x > start && x <= stop : x >= start && x < stop)) ??
      (fromLeft ? pieces[0] : pieces.at(-1));
    const [start, stop, ...rows] = piece;
    const last = rows[0].length - 1;
    const h = (stop - start) / last;
    const i = Math.min(Math.max(Math.floor((x - start) / h), 0), last - 1);
    const row = (k) => rows.map((values) => values[k]);
    return quintic(row(i), row(i + 1), h, (x - start) / h - i);
  };

  /** Common logarithm of a gradient's size after 0, 1, 2, … layers, as far as it is known. */
  const logarithms = ({ layers, steps }) => {
    const sums = [0];
    for (let k = 0; k < layers; k++) sums.push(sums[k] + steps[Math.min(k, steps.length - 1)]);
    return sums;
  };

  if (typeof module === "object") {
    module.exports = { evaluate, logarithms };
    return;
  }

  const { element, svg, set, number, power, slider, choice, said, axes, path, start } = explorables;
  const CURVES = [
    ["f", "blue", "solid"],
    ["f′, the slope", "orange", "dashed"],
    ["f″, the bend", "green", "dotted"],
  ];
  const LIMITS = [-12, 6]; // powers of ten that the right-hand drawing shows

  const key = () =>
    element("p", { class: "key", "aria-hidden": "true" }, ...CURVES.map(([name, colour, dash]) =>
      element("span", {},
        svg("svg", { viewBox: "0 0 32 10", class: colour }, svg("path", { class: `line ${dash}`, d: "M0 5H32" })),
        name)));

  const build = (data) => {
    const reach = data.reach;
    let entry;
    const left = axes({
      x: [-reach, reach], y: [-2, 3.5], height: 290, xLabel: "x",
      xTicks: [-6, -4, -2, 0, 2, 4, 6], yTicks: [-2, -1, 0, 1, 2, 3],
    });
    const tangent = svg("path", { class: "muted" });
    const curves = CURVES.map(([, colour, dash]) => svg("path", { class: `line ${dash} ${colour}` }));
    const dots = CURVES.map(([, colour]) => svg("circle", { class: `dot ${colour}`, r: 5 }));
    left.inside.append(tangent, ...curves.toReversed(), ...dots.toReversed());

    const right = axes({
      x: [0, data.depth], y: LIMITS, height: 290, left: 48, xLabel: "layers that the gradient has passed",
      yLabel: "size of the gradient", xTicks: [0, 20, 40, 60], yTicks: [-12, -9, -6, -3, 0, 3, 6],
      tick: power,
    });
    const flow = svg("path", { class: "line purple" });
    const mark = svg("circle", { class: "dot purple", r: 5 });
    right.inside.append(flow, mark);

    const said_ = said();
    const place = slider({ label: "x", min: -6, max: 6, step: 0.05, value: 1, moved: () => show() });
    const depth = slider({ label: "layers", min: 0, max: data.depth, step: 1, value: 20, moved: () => show() });
    const weights = choice({
      label: "weights", options: [["0", "gain 1"], ["1", "gain √2 (He)"], ["2", "its own gain"]],
      value: "2", chosen: () => show(),
    });
    const names = data.families.map(([title, members]) => [title, members.map((n) => [n, n])]);
    const functions = choice({ label: "function", options: names, value: "sigmoid", chosen: () => draw() });

    /** Draw the curves of another function. */
    const draw = () => {
      entry = data.functions[functions.value];
      const points = [[], [], []];
      for (const piece of entry.pieces) {
        const count = Math.max(2, Math.ceil((piece[1] - piece[0]) * 12));
        for (let k = 0; k <= count; k++) {
          const x = piece[0] + ((piece[1] - piece[0]) * k) / count;
          evaluate([piece], x, k === count).forEach((y, m) =>
            points[m].push([left.X(x), left.Y(Math.max(-20, Math.min(20, y)))]));
        }
        for (const list of points) list.push(null); // a jump is not joined
      }
      curves.forEach((curve, m) => set(curve, { d: path(points[m]) }));
      show();
    };

    /** Move the marks, and say what they show. */
    const show = () => {
      const x = place.value;
      const at = evaluate(entry.pieces, x);
      const before = evaluate(entry.pieces, x, true);
      at.forEach((y, m) => set(dots[m], { cx: left.X(x), cy: left.Y(y) }));
      const line = (far) => [left.X(x + far), left.Y(at[0] + far * at[1])];
      set(tangent, { d: path([line(-1.5), line(1.5)]) });

      const course = entry.depth[Number(weights.value)];
      const sums = logarithms(course);
      const clipped = (value) => Math.max(LIMITS[0], Math.min(LIMITS[1], value));
      set(flow, { d: path(sums.map((sum, k) => [right.X(k), right.Y(sum)])) });
      const passed = Math.min(depth.value, course.layers);
      set(mark, { cx: right.X(passed), cy: right.Y(clipped(sums[passed])) });

      const name = functions.value;
      const names_ = ["value", "slope", "second derivative"];
      const jumps = names_.filter((_, m) => Math.abs(at[m] - before[m]) > 1e-4);
      const gain = ["1", "√2", `${number(entry.gain)} (its own: a signal of variance 1 goes over as one of variance 1)`][Number(weights.value)];
      let through =
        `Through ${passed} wide random layers of it with gain ${gain}, ` +
        `a gradient is multiplied by about ${number(10 ** sums[passed], 2)}`;
      if (passed < depth.value)
        through += course.end === "large"
          ? "; in the next one the signal is too large for single precision"
          : "; in the next one signal or gradient is too small for single precision";
      said_.textContent =
        `${name} at x = ${number(x)}: value ${number(at[0])}, slope ${number(at[1])}, second derivative ${number(at[2])}` +
        (jumps.length ? ` (from the right; there ${jumps.join(" and ")} jump${jumps.length > 1 ? "" : "s"})` : "") +
        `. ${through}.`;
      set(left.node, { "aria-label": `${name} with slope and second derivative from −${reach} to ${reach}, marked at x = ${number(x)}.` });
      set(right.node, { "aria-label": `Size of a gradient on a logarithmic axis, after up to ${course.layers} layers of ${name}.` });
    };
    draw();
    return [
      element("p", { class: "title" }, "Any function, its derivatives, and depth"),
      element("div", { class: "controls" }, functions.node, place.node, weights.node, depth.node),
      element("div", { class: "panels" }, element("div", {}, key(), left.node), right.node),
      said_,
    ];
  };
  start("activations", build);
})();
