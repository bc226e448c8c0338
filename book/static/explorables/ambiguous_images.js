// The ensemble explorer: photographs ranked by a score, and what three networks said about each.
"use strict";

(() => {
  /** Positions of the photographs, the most ambiguous first; of equal ones the earlier. */
  const ranking = (values, largest) =>
    values.map((_, k) => k).sort((a, b) => (largest ? values[b] - values[a] : values[a] - values[b]) || a - b);

  if (typeof module === "object") {
    module.exports = { ranking };
    return;
  }

  const { element, svg, set, number, slider, choice, button, said, axes, folder, start } = explorables;

  const build = (data) => {
    const values = Object.fromEntries(data.scores.map(([name, , , list]) => [name, list]));
    const total = values.predictive_entropy;
    const split = values.mutual_information;
    let order;
    let chosen = 0; // position of the photograph that is shown

    const scores = choice({
      label: "score", value: "mutual_information", chosen: () => sort(),
      options: data.scores.map(([name]) => [name, name.replaceAll("_", " ")]),
    });
    const count = data.photographs.length;
    const rank = slider({
      label: "rank", min: 1, max: count, step: 1, value: 1, say: (k) => `${k} of ${count}`,
      moved: (k) => show(order[k - 1]),
    });
    const go = (by) => () => {
      rank.value += by;
      show(order[rank.value - 1]);
    };

    const photograph = element("img", { width: 128, height: 128, alt: "" });
    const title = element("p", { class: "caption" });
    const answers = element("div", { class: "answers" });

    // Every photograph as a point: how unsure the mean is, and how much of that is disagreement.
    const plot = axes({
      x: [0, 6.4], y: [0, 1.1], height: 250, left: 44, xLabel: "entropy of the mean (nats)", yLabel: "mutual information (nats)",
      xTicks: [0, 1, 2, 3, 4, 5, 6], yTicks: [0, 0.25, 0.5, 0.75, 1],
    });
    const points = total.map((x, k) => svg("circle", { class: "point", cx: plot.X(x), cy: plot.Y(split[k]), r: 3.2, onclick: () => pick(k) }));
    const mark = svg("circle", { class: "dot orange", r: 7 });
    plot.inside.append(...points, mark);
    const sentence = said();

    const sort = () => {
      const [, largest] = data.scores.find(([name]) => name === scores.value);
      order = ranking(values[scores.value], largest);
      rank.value = 1;
      show(order[0]);
    };
    const pick = (k) => {
      rank.value = order.indexOf(k) + 1;
      show(k);
    };

    const show = (k) => {
      chosen = k;
      const [name, file, best] = data.photographs[chosen];
      photograph.src = new URL(`ambiguous_images/${file}`, folder).href;
      photograph.alt = `Photograph called ${name}`;
      title.textContent = name;
      const rows = data.networks.map((network, m) => best.slice(m * data.best, (m + 1) * data.best));
      answers.replaceChildren(...data.networks.map((network, m) =>
        element("div", {}, element("p", { class: "network" }, network),
          ...rows[m].map(([place, share]) =>
            element("div", { class: "share" }, element("span", { class: "class", title: data.classes[place] }, data.classes[place]),
              element("span", { class: "track" }, element("span", { class: "bar blue", style: `width:${100 * share}%` })),
              element("span", { class: "value" }, `${Math.round(100 * share)} %`))))));
      set(mark, { cx: plot.X(total[chosen]), cy: plot.Y(split[chosen]) });
      set(plot.node, { "aria-label": `All ${count} photographs by entropy and mutual information; ${name} is marked at ${number(total[chosen], 2)} and ${number(split[chosen], 2)}.` });
      const [, largest, finds] = data.scores.find(([score]) => score === scores.value);
      const tops = rows.map(([[place]]) => data.classes[place]);
      const votes = new Set(tops).size;
      const agree = votes === 1 ? `all three say ${tops[0]}` : `they say ${tops.join(", ")}`;
      sentence.textContent =
        `Rank ${rank.value} of ${count} by ${scores.value.replaceAll("_", " ")}, ${largest ? "largest" : "smallest"} first, which is high where ${finds}: ` +
        `${name}, with ${number(values[scores.value][chosen], 3)}. Asked what it is, ${agree}. ` +
        `Of the ${number(total[chosen], 2)} nats of entropy, ${number(split[chosen], 2)} are disagreement.`;
    };
    sort();
    return [
      element("p", { class: "title" }, `Three networks, ${count} photographs`),
      element("div", { class: "controls" }, scores.node, rank.node,
        element("div", { class: "buttons" }, button("Before", go(-1)), button("After", go(1)))),
      element("div", { class: "panels ensemble" },
        element("div", { class: "shown" }, element("div", { class: "photo" }, photograph, title), answers),
        plot.node),
      sentence,
    ];
  };
  start("ambiguous_images", build);
})();
