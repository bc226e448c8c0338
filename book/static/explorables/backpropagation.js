// The stepper: an expression as a graph, worked forwards node by node and backwards edge by edge.
"use strict";

(() => {
  /** Positions near the wanted ones, in order and at least `gap(i)` apart from the next. */
  const spread = (wanted, gaps) => {
    const blocks = [];
    let offset = 0;
    const offsets = wanted.map((_, i) => (offset += i ? gaps[i - 1] : 0));
    wanted.forEach((want, i) => {
      let block = { mean: want - offsets[i], size: 1 };
      // Neighbours that would overlap stand together around the mean of what they want.
      while (blocks.length && blocks.at(-1).mean > block.mean) {
        const before = blocks.pop();
        const size = before.size + block.size;
        block = { mean: (before.mean * before.size + block.mean * block.size) / size, size };
      }
      blocks.push(block);
    });
    return blocks.flatMap(({ mean, size }) => Array(size).fill(mean)).map((mean, i) => mean + offsets[i]);
  };

  /**
   * Layers for the nodes and a place across for each, long edges bent around what lies between.
   * `count` nodes in topological order, `edges` as [source, target]; a box takes the width 1.
   */
  const layOut = (count, edges) => {
    const layer = Array(count).fill(0);
    for (const [source, target] of [...edges].sort((a, b) => a[1] - b[1]))
      layer[target] = Math.max(layer[target], layer[source] + 1);
    for (let k = count - 1; k >= 0; k--) {
      // What has no operand stands just before its first use.
      const uses = edges.filter(([source]) => source === k).map(([, target]) => layer[target]);
      if (!edges.some(([, target]) => target === k) && uses.length) layer[k] = Math.min(...uses) - 1;
    }
    const items = Array.from({ length: count }, (_, k) => ({ layer: layer[k], width: 1, near: [] }));
    const routes = edges.map(([source, target]) => {
      const route = [source];
      for (let at = layer[source] + 1; at < layer[target]; at++)
        route.push(items.push({ layer: at, width: 0.25, near: [] }) - 1);
      route.push(target);
      for (let i = 1; i < route.length; i++) {
        items[route[i]].near.push(route[i - 1]);
        items[route[i - 1]].near.push(route[i]);
      }
      return route;
    });
    const rows = [];
    items.forEach((item, k) => (rows[item.layer] ??= []).push(k));
    for (const row of rows) row.forEach((k, i) => (items[k].across = i - (row.length - 1) / 2));
    const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;
    for (let sweep = 0; sweep < 16; sweep++) {
      for (const row of sweep % 2 ? rows.toReversed() : rows) {
        const wish = new Map(row.map((k) => {
          // First only one side counts, so that the order settles; then both.
          const near = items[k].near.filter((o) => sweep > 9 || (items[o].layer < items[k].layer) === !(sweep % 2));
          return [k, near.length ? mean(near.map((o) => items[o].across)) : items[k].across];
        }));
        if (sweep < 10) row.sort((a, b) => wish.get(a) - wish.get(b));
        const gaps = row.slice(1).map((k, i) => (items[k].width + items[row[i]].width) / 2 + 0.12);
        spread(row.map((k) => wish.get(k)), gaps).forEach((across, i) => (items[row[i]].across = across));
      }
    }
    const low = Math.min(...items.map((item) => item.across - item.width / 2));
    const high = Math.max(...items.map((item) => item.across + item.width / 2));
    const place = (k) => ({ along: items[k].layer, across: items[k].across - low });
    return {
      places: layer.map((_, k) => place(k)),
      routes: routes.map((route) => route.map(place)),
      layers: rows.length,
      breadth: high - low,
    };
  };

  if (typeof module === "object") {
    module.exports = { layOut, spread };
    return;
  }

  const { element, svg, set, number, readNumber, numberField, slider, choice, field, button, said, start, expressions } = explorables;
  const MOST = 40; // nodes that can still be read in a drawing of this size
  const LONGEST = 24; // letters of a name that can
  const BOX = 46; // height of a box

  const build = (data) => {
    const narrow = matchMedia("(max-width: 46em)");
    let work; // what is being stepped through: graph, trace, moves, drawn nodes and edges
    let parsed; // the graph of what stands in the field, or null if that is none
    const given = new Map(); // what was last written for each variable, also for those that are gone

    const text = element("input", { type: "text", spellcheck: "false", autocomplete: "off", autocapitalize: "off" });
    const point = element("div", { class: "controls point" });
    const drawing = svg("svg", { class: "graph", role: "img" });
    const scroller = element("div", { class: "scroller", role: "group", "aria-label": "Graph" }, drawing);
    const pointed = element("pre");
    const reason = element("p");
    const message = explorables.fault(pointed, reason);
    const sentence = said();
    const place = slider({ label: "step", min: 0, max: 1, step: 1, value: 0, say: (k) => `${k} of ${work ? work.moves.length : 0}`, moved: () => show() });
    const go = (to) => () => {
      place.value = to(place.value);
      show();
    };
    const buttons = [
      button("Start", go(() => 0)),
      button("Back", go((k) => k - 1)),
      button("Next", go((k) => k + 1)),
      button("End", go(() => work?.moves.length ?? 0)),
    ];
    const examples = choice({
      label: "example", chosen: (k) => load(...data.examples[k]),
      options: data.examples.map(([expression], k) => [String(k), expression]),
    });

    /** Take an expression and a point into the fields. */
    const load = (expression, at) => {
      text.value = expression;
      read(at);
    };

    /** What cannot be drawn here, though the package has no such limits. */
    const refuse = ({ nodes, variables, source }) => {
      const fail = (reason, start, stop) => {
        throw new expressions.ExpressionError(reason, start, stop);
      };
      if (nodes.length > MOST) {
        const [, stop] = nodes[MOST].span;
        fail(`${nodes.length} nodes, of which this is number ${MOST + 1}, cannot be drawn here: write an expression with at most ${MOST}; the package has no such limit`, stop - 1, stop);
      }
      const long = nodes.find(({ symbol }) => symbol?.length > LONGEST);
      if (long) fail(`a name of ${long.symbol.length} letters does not fit into the drawing: write one of at most ${LONGEST}; the package has no such limit`, long.span[0], long.span[0] + 1);
      if (!variables.length) fail("there is no variable, and nothing to differentiate by", 0, source.length);
    };

    /** Read the expression; keep the numbers of variables that were there before. */
    const read = (at = {}) => {
      for (const [name, value] of Object.entries(at)) given.set(name, String(value));
      try {
        parsed = null;
        const graph = expressions.parse(text.value, data.elsewhere);
        refuse(graph);
        parsed = graph;
      } catch (fault) {
        return tell(fault);
      }
      point.replaceChildren("at", ...parsed.variables.map((name) =>
        field(`${name} =`, numberField({
          name, value: given.get(name) ?? "1",
          oninput: ({ target }) => {
            given.set(name, target.value);
            if (parsed) compute(); // else the expression is at fault, and its message stays
          },
        }))));
      compute();
    };

    /** The number in a field; its fault is told as one of the variable. */
    const numberOf = (input) => {
      try {
        return readNumber(input.value);
      } catch ({ message: reason }) {
        const { span } = parsed.nodes.find((n) => n.operation === "variable" && n.symbol === input.name);
        input.setAttribute("aria-invalid", "true");
        throw new expressions.ExpressionError(`${input.name}: ${reason}`, ...span);
      }
    };

    const compute = () => {
      const graph = parsed;
      const inputs = [...point.querySelectorAll("input")];
      let trace;
      try {
        for (const input of inputs) input.removeAttribute("aria-invalid");
        const at = new Map(inputs.map((input) => [input.name, numberOf(input)]));
        trace = expressions.trace(graph, at);
      } catch (fault) {
        return tell(fault);
      }
      wait(false);
      // A step is a move: the value of an operation, the adjoint 1 of the whole, or one edge.
      const moves = [
        ...trace.steps.filter(({ operation }) => operation !== "variable").map((step) => ({ kind: "value", step })),
        { kind: "seed", step: trace.steps.at(-1) },
        ...trace.edges.map((edge) => ({ kind: "edge", edge })),
      ];
      const before = work ? [work.graph.source, place.value] : ["", 0];
      work = { graph, trace, moves };
      place.max = moves.length;
      place.value = before[0] === graph.source ? before[1] : 0;
      draw();
      show();
    };

    const tell = (fault) => {
      if (!(fault instanceof expressions.ExpressionError)) throw fault;
      pointed.textContent = expressions.pointer(text.value, fault.span, narrow.matches ? 14 : 40);
      reason.textContent = fault.message;
      wait(true);
    };

    /** While something is at fault there is nothing to step through; what is drawn is the last that was right. */
    const wait = (faulty) => {
      message.hidden = !faulty;
      sentence.hidden = faulty;
      scroller.classList.toggle("stale", faulty);
      for (const control of [place, ...buttons]) control.disabled = faulty;
    };

    /** Draw boxes and edges; what stands in them is written by `show`. */
    const draw = () => {
      const { trace, graph } = work;
      const ids = trace.steps.map(({ index }) => index);
      const wide = 16 + 7.4 * Math.max(8, ...trace.steps.map(({ name, formula }) => name.length + (name === formula ? 0 : 3 + formula.length)));
      const layout = layOut(ids.length, trace.edges.map(({ source, target }) => [ids.indexOf(source), ids.indexOf(target)]));
      const down = narrow.matches;
      // Layers go down on a narrow page and to the right on a wide one.
      const [pitch, cross] = down ? [BOX + 34, wide] : [wide + 52, BOX];
      const at = ({ along, across }) => {
        const [a, c] = [along * pitch + (down ? BOX : wide) / 2, across * cross];
        return down ? [c, a] : [a, c];
      };
      const length = (layout.layers - 1) * pitch + (down ? BOX : wide);
      const breadth = layout.breadth * cross;
      const [w, h] = down ? [breadth, length] : [length, breadth];
      // As large as fits, but never so small that it cannot be read: then its box scrolls.
      const fit = Math.min((scroller.clientWidth || w) / (w + 8), (scroller.clientHeight || h) / (h + 8));
      const scale = Math.max(0.85, Math.min(1.1, fit));
      set(drawing, { viewBox: `-4 -4 ${w + 8} ${h + 8}`, width: (w + 8) * scale, height: (h + 8) * scale });
      if (fit < scale) scroller.setAttribute("tabindex", "0");
      else scroller.removeAttribute("tabindex");
      drawing.replaceChildren();
      work.edges = layout.routes.map((route, k) => {
        const points = route.map(at);
        // An operand that is used twice by one operation has two edges, side by side.
        const { source, target, position } = trace.edges[k];
        if (trace.edges.some((e) => e.source === source && e.target === target && e.position < position))
          points.forEach((p) => (p[down ? 0 : 1] += 16));
        // From the rim of a box to the rim of the next.
        const shift = down ? [0, BOX / 2] : [wide / 2, 0];
        points[0] = points[0].map((p, i) => p + shift[i]);
        points[points.length - 1] = points.at(-1).map((p, i) => p - shift[i]);
        const line = svg("path", { class: "edge", d: explorables.path(points) });
        const middle = points.length > 2 ? points[points.length >> 1] : points[0].map((p, i) => (p + points[1][i]) / 2);
        const label = svg("text", { class: "partial", x: middle[0], y: middle[1] + 4, "text-anchor": "middle" });
        drawing.append(line);
        return { line, label };
      });
      work.boxes = new Map(trace.steps.map((step, k) => {
        const [x, y] = at(layout.places[k]);
        const title = step.operation === "variable" ? step.name : `${step.name} = ${step.formula}`;
        const value = svg("text", { class: "value-of", x: -wide / 2 + 8, y: 14 });
        const adjoint = svg("text", { class: "adjoint-of", x: wide / 2 - 8, y: 14, "text-anchor": "end" });
        const frame = svg("rect", { x: -wide / 2, y: -BOX / 2, width: wide, height: BOX, rx: 4 });
        drawing.append(svg("g", { transform: `translate(${x} ${y})` }, frame, svg("text", { x: -wide / 2 + 8, y: -4 }, title), value, adjoint));
        return [step.index, { frame, value, adjoint }];
      }));
      for (const { label } of work.edges) drawing.append(label);
    };

    /** Fill in what is known after so many moves, mark the last one, and say it. */
    const show = () => {
      if (!work) return;
      const { trace, graph, moves } = work;
      const done = moves.slice(0, place.value);
      const last = done.at(-1);
      const values = new Set(done.filter((m) => m.kind === "value").map((m) => m.step.index));
      const adjoints = new Map();
      for (const move of done) {
        if (move.kind === "seed") adjoints.set(move.step.index, 1);
        if (move.kind === "edge") adjoints.set(move.edge.source, move.edge.sum);
      }
      for (const step of trace.steps) {
        const box = work.boxes.get(step.index);
        box.value.textContent = step.operation === "variable" || values.has(step.index) ? number(step.value) : "";
        box.adjoint.textContent = adjoints.has(step.index) ? `∂ ${number(adjoints.get(step.index))}` : "";
        const now = last && (last.step?.index === step.index || last.edge?.source === step.index);
        box.frame.setAttribute("class", now ? "now" : "");
        if (now) bring(box.frame);
      }
      trace.edges.forEach((edge, k) => {
        const passed = done.some((m) => m.edge === edge);
        const state = last?.edge === edge ? "now" : passed ? "passed" : "";
        work.edges[k].line.setAttribute("class", `edge ${state}`);
        work.edges[k].label.textContent = passed ? `×${number(edge.partial, 3)}` : "";
      });
      sentence.textContent = words(last);
      set(drawing, { "aria-label": `Graph of ${graph.source.trim()} with ${trace.steps.length} boxes; the sentence below says what is marked.` });
    };

    /** Scroll the drawing so far that a box is inside; the page itself stays where it is. */
    const bring = (box) => {
      const [inner, outer] = [box, scroller].map((node) => node.getBoundingClientRect());
      const by = (low, high, from, to) => (low < from ? low - from - 8 : high > to ? high - to + 8 : 0);
      scroller.scrollLeft += by(inner.left, inner.right, outer.left, outer.right);
      scroller.scrollTop += by(inner.top, inner.bottom, outer.top, outer.bottom);
    };

    const words = (last) => {
      const { trace, graph, moves } = work;
      const { names } = graph;
      if (!last) return `The point is given: ${Object.keys(trace.gradient).map((n) => `${n} = ${number(trace.steps.find((s) => s.name === n).value)}`).join(", ")}. Step forwards for the values, then backwards for the adjoints.`;
      if (last.kind === "value") return `Forwards: ${last.step.name} = ${last.step.formula} = ${number(last.step.value)}.`;
      const root = trace.steps.at(-1).name;
      if (last.kind === "seed") return `Backwards: the adjoint of ${root} is ∂${root}/∂${root} = 1.`;
      const { source, target, partial, contribution, rule, sum } = last.edge;
      const from = trace.steps.find((s) => s.index === target);
      const isNumber = /^-?\d+$/.test(rule);
      let text =
        `Backwards from ${names[target]} to ${names[source]}: the adjoint of ${names[target]}, ${number(from.adjoint)}, ` +
        `times ∂${names[target]}/∂${names[source]} = ${rule.replace(/-/g, "−")}${isNumber ? "" : ` = ${number(partial)}`} ` +
        `gives ${number(contribution)}`;
      text += sum === contribution ? "." : `, added to what was there: ${number(sum)}.`;
      if (last === moves.at(-1)) {
        text += ` The gradient: ${Object.entries(trace.gradient).map(([n, g]) => `∂${root}/∂${n} = ${number(g, 6)}`).join(", ")}.`;
        if (trace.kinks.length) text += ` At a corner: ${trace.kinks.join("; ")}.`;
      }
      return text;
    };

    text.addEventListener("input", () => read());
    narrow.addEventListener("change", () => { if (work) { draw(); show(); } });
    // Drawn once it is on the page: only there is it known how much room there is.
    requestAnimationFrame(() => load(...data.examples[0]));
    return [
      element("p", { class: "title" }, "Back-propagation, step by step"),
      element("div", { class: "controls" }, examples.node),
      element("div", { class: "controls expression" }, field("expression", text)),
      point,
      scroller,
      element("div", { class: "controls" }, element("div", { class: "buttons" }, ...buttons), place.node),
      sentence,
      message,
    ];
  };
  start("backpropagation", build);
})();
