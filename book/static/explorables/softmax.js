// The softmax explorer: three logits and a temperature, and where that is among all mixtures.
"use strict";

(() => {
  /** softmax(z / T); the largest logit is taken off first, so that nothing overflows. */
  const softmax = (logits, temperature = 1) => {
    const top = Math.max(...logits);
    const powers = logits.map((z) => Math.exp((z - top) / temperature));
    const total = powers.reduce((a, b) => a + b, 0);
    return powers.map((power) => power / total);
  };

  /** In nats; a share of zero adds nothing. */
  const entropy = (shares) => -shares.reduce((sum, p) => sum + (p ? p * Math.log(p) : 0), 0);

  /**
   * How share i answers to logit j: p_i (δ_ij − p_j) / T. On the diagonal 1 − p_i is the sum of
   * the other shares, which keeps its digits where p_i has rounded to 1.
   */
  const jacobian = (shares, temperature = 1) =>
    shares.map((p, i) => shares.map((q, j) => {
      const others = shares.reduce((sum, r, k) => (k === i ? sum : sum + r), 0);
      return (p * (i === j ? others : -q)) / temperature;
    }));

  if (typeof module === "object") {
    module.exports = { softmax, entropy, jacobian };
    return;
  }

  const { element, svg, set, number, slider, said, path, start } = explorables;
  const NAMES = ["a", "b", "c"];
  const COLOURS = ["blue", "orange", "green"];
  const CORNERS = [[30, 284], [330, 284], [180, 24]]; // of the triangle in the drawing

  const place = (shares) => [0, 1].map((k) => shares.reduce((sum, p, i) => sum + p * CORNERS[i][k], 0));
  const words = (p) => (p > 0 && p < 0.0005 ? "nearly 0" : p.toFixed(3));
  const LIMIT = "Towards temperature 0 all of it goes to ";

  const build = ({ logits, reach, temperatures }) => {
    const [coldest, hottest] = temperatures.map(Math.log10);
    const sliders = logits.map((value, i) =>
      slider({ label: `logit ${NAMES[i]}`, min: -reach, max: reach, step: 0.1, value, moved: () => show() }));
    const heat = slider({
      label: "temperature", min: coldest, max: hottest, step: (hottest - coldest) / 104, value: 0,
      say: (exponent) => number(10 ** exponent, 3), moved: () => show(),
    });

    const drawing = svg("svg", { class: "plot", viewBox: "0 0 360 306", role: "img" });
    const way = svg("path", { class: "line dashed purple" });
    const centre = svg("circle", { class: "muted", r: 4, cx: 180, cy: 197.3 });
    const dot = svg("circle", { class: "dot ink", r: 6 });
    drawing.append(
      svg("path", { class: "muted", d: `${path(CORNERS)}Z` }),
      ...CORNERS.map(([x, y], i) => svg("text", { x: x + [-14, 8, 0][i], y: y + [12, 12, -8][i], "text-anchor": i === 2 ? "middle" : "start" }, NAMES[i])),
      way, centre, svg("text", { x: 188, y: 202 }, "1/3 each"), dot,
    );

    const bars = NAMES.map((name, i) => {
      const bar = element("span", { class: `bar ${COLOURS[i]}` });
      const value = element("span", { class: "value" });
      return { bar, value, row: element("div", { class: "share" }, element("span", {}, name), element("span", { class: "track" }, bar), value) };
    });
    const cells = NAMES.map(() => NAMES.map(() => element("td")));
    const table = element("table", { class: "jacobian" },
      element("caption", {}, "Jacobian: how each share answers to each logit"),
      element("thead", {}, element("tr", {}, element("td"), ...NAMES.map((name) => element("th", { scope: "col" }, `logit ${name}`)))),
      element("tbody", {}, ...cells.map((row, i) => element("tr", {}, element("th", { scope: "row" }, `share ${NAMES[i]}`), ...row))));
    const sentence = said();

    const show = () => {
      const z = sliders.map((s) => s.value);
      const temperature = 10 ** heat.value;
      const shares = softmax(z, temperature);
      const matrix = jacobian(shares, temperature);
      const [x, y] = place(shares);
      set(dot, { cx: x, cy: y });
      // Where the point goes when only the temperature changes.
      const stops = Array.from({ length: 121 }, (_, k) => 10 ** (-2.5 + (k * 5) / 120));
      set(way, { d: path(stops.map((t) => place(softmax(z, t)))) });
      bars.forEach(({ bar, value }, i) => {
        bar.style.width = `${100 * shares[i]}%`;
        value.textContent = shares[i].toFixed(3);
      });
      const largest = Math.max(...matrix.flat().map(Math.abs), 1e-300);
      cells.forEach((row, i) => row.forEach((cell, j) => {
        cell.textContent = number(matrix[i][j], 2);
        cell.style.setProperty("--share", `${Math.round((35 * Math.abs(matrix[i][j])) / largest)}%`);
        cell.className = matrix[i][j] < 0 ? "orange" : "blue";
      }));
      const top = Math.max(...z);
      const first = NAMES.filter((_, i) => z[i] === top);
      const limit = first.length === 1 ? first[0] : `${first.join(" and ")} in equal parts`;
      const nats = entropy(shares);
      sentence.textContent =
        `At temperature ${number(temperature, 3)} the shares of a, b and c are ${shares.map(words).join(", ")}, ` +
        `with an entropy of ${words(nats)} nats, ${Math.round((100 * nats) / Math.log(3))} % of what is possible. ` +
        (first.length === 3 ? "With equal logits no temperature changes that." : `${LIMIT}${limit}, towards infinity each gets a third.`);
      set(drawing, { "aria-label": `Triangle of all mixtures of a, b and c. The point lies at ${shares.map((p) => number(p, 2)).join(", ")}; a dashed line shows where other temperatures put it.` });
    };
    show();
    return [
      element("p", { class: "title" }, "Softmax of three logits"),
      element("div", { class: "controls" }, ...sliders.map((s) => s.node), heat.node),
      element("div", { class: "panels" }, drawing, element("div", {}, ...bars.map((b) => b.row), table)),
      sentence,
    ];
  };
  start("softmax", build);
})();
