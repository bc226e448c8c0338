// What the explorables share: elements, controls, numbers as text, axes, and the start on a page.
// Plain scripts that run in order, no modules: a page opened from a disk may load no others.
"use strict";

globalThis.explorables = (() => {
  const SVG = "http://www.w3.org/2000/svg";

  const filled = (node, attributes, children) => {
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children);
    return node;
  };
  /** An element: element("p", {class: "said"}, "text", child). What begins with "on" is heard. */
  const element = (tag, attributes = {}, ...children) =>
    filled(document.createElement(tag), attributes, children);
  const svg = (tag, attributes = {}, ...children) =>
    filled(document.createElementNS(SVG, tag), attributes, children);
  const set = (node, attributes) => filled(node, attributes, []);

  const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
  const raised = (integer) => [...String(integer)].map((digit) => RAISED[digit]).join("");

  /** A number as one reads it: few digits, a true minus, powers of ten instead of an e. */
  const number = (value, digits = 4) => {
    if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "undefined";
    if (value === 0) return "0";
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
    const power = Number(exponent);
    const text =
      power < -4 || power >= digits + 2
        ? `${Number(mantissa)}·10${raised(power)}`
        : String(Number(value.toPrecision(digits)));
    return text.replace("-", "−");
  };

  /** A power of ten, for the ticks of a logarithmic axis. */
  const power = (exponent) => (exponent === 0 ? "1" : `10${raised(exponent)}`);

  let counted = 0;
  const field = (label, control, ...after) => {
    const id = (control.id ||= `explorable-field-${++counted}`);
    return element("div", { class: "field" }, element("label", { for: id }, label), control, ...after);
  };

  const PART = "([+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?)";
  const WRITTEN = new RegExp(`^${PART}(?:\\s*/\\s*${PART})?$`, "i");
  /**
   * A number as readers write it, "0.5", "−2", "1e-3" or "1/9"; what is none throws an error that
   * quotes it and says what would be right. Fields of the type "number" would drop such letters
   * without a word, and make 19 of 1/9.
   */
  const readNumber = (written, least = -Infinity, most = Infinity) => {
    const text = written.trim().replaceAll("−", "-");
    const fail = (reason) => {
      throw new RangeError(`“${written.trim()}” ${reason}`);
    };
    if (!text) throw new RangeError("nothing is written: write a number such as 0.5, −2, 1e-3 or 1/9");
    const found = WRITTEN.exec(text);
    if (/^[+-]?\d*,\d+$/.test(text)) fail(`is no number here: write ${text.replace(",", ".")}`);
    if (!found) fail("is no number: write one such as 0.5, −2, 1e-3 or 1/9");
    const value = found[2] === undefined ? Number(found[1]) : found[1] / found[2];
    if (Number.isNaN(value) || Number(found[2]) === 0) fail("divides by 0: write another number below the line");
    if (!Number.isFinite(value)) fail("is too large for double precision: write a smaller number");
    if (value < least || value > most) fail(`is out of range: write a number from ${number(least)} to ${number(most)}`);
    return value;
  };
  /** A field for a number; the arrows up and down add and take away 1. */
  const numberField = (attributes) => {
    const input = element("input", { type: "text", class: "number", autocomplete: "off", autocapitalize: "off", spellcheck: "false", ...attributes });
    input.addEventListener("keydown", (event) => {
      const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!by) return;
      event.preventDefault();
      try {
        input.value = Number((readNumber(input.value) + by).toPrecision(12));
      } catch {
        return; // what is no number has no next one; the message about it is there already
      }
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    return input;
  };
  /** Where it is said what is wrong; hidden while nothing is. */
  const fault = (...children) => element("div", { class: "fault", role: "alert", hidden: true }, ...children);

  /** A labelled slider that shows its value; `say` words the value, `moved` hears of it. */
  const slider = ({ label, min, max, step, value, say = number, moved }) => {
    const shown = element("span", { class: "value", "aria-hidden": "true" });
    const input = element("input", { type: "range", min, max, step, value });
    const update = () => {
      shown.textContent = say(input.valueAsNumber);
      input.setAttribute("aria-valuetext", shown.textContent);
    };
    input.addEventListener("input", () => {
      update();
      moved(input.valueAsNumber);
    });
    update();
    return {
      node: field(label, input, shown),
      get value() { return input.valueAsNumber; },
      set value(to) { input.value = to; update(); },
      set max(to) { input.max = to; update(); },
      set disabled(to) { input.disabled = to; },
    };
  };

  /** A labelled choice. `options` are [value, text], or [title, options] for a group of them. */
  const choice = ({ label, options, value, chosen }) => {
    const input = element("select");
    for (const [key, inside] of options) {
      if (Array.isArray(inside)) {
        const group = element("optgroup", { label: key });
        group.append(...inside.map(([name, text]) => new Option(text, name)));
        input.append(group);
      } else input.add(new Option(inside, key));
    }
    if (value !== undefined) input.value = value;
    input.addEventListener("change", () => chosen(input.value));
    return {
      node: field(label, input),
      get value() { return input.value; },
      set value(to) { input.value = to; },
    };
  };

  const button = (label, pressed, attributes = {}) =>
    element("button", { type: "button", onclick: pressed, ...attributes }, label);

  /** The sentence that says what the drawing shows; a screen reader reads it when it changes. */
  const said = () => element("p", { class: "said", role: "status" });

  /** Axes with linear scales. `inside` clips what is drawn in it; X and Y place data there. */
  const axes = ({ x, y, width = 400, height = 260, left = 40, bottom = 34, xTicks, yTicks, xLabel = "", yLabel = "", xTick = number, tick = number }) => {
    const top = yLabel ? 20 : 8;
    const right = 12;
    const w = width - left - right;
    const h = height - top - bottom;
    const X = (value) => ((value - x[0]) / (x[1] - x[0])) * w;
    const Y = (value) => h - ((value - y[0]) / (y[1] - y[0])) * h;
    const node = svg("svg", { class: "plot", viewBox: `0 0 ${width} ${height}`, role: "img" });
    const frame = svg("g", { transform: `translate(${left} ${top})` });
    for (const value of xTicks)
      frame.append(
        svg("path", { class: value === 0 ? "axis" : "grid", d: `M${X(value)} 0V${h}` }),
        svg("text", { x: X(value), y: h + 16, "text-anchor": "middle" }, xTick(value)),
      );
    for (const value of yTicks)
      frame.append(
        svg("path", { class: value === 0 ? "axis" : "grid", d: `M0 ${Y(value)}H${w}` }),
        svg("text", { x: -6, y: Y(value) + 4, "text-anchor": "end" }, tick(value)),
      );
    frame.append(
      svg("text", { x: w / 2, y: h + 31, "text-anchor": "middle" }, xLabel),
      svg("text", { x: -left + 2, y: -8 }, yLabel),
    );
    const inside = svg("svg", { width: w, height: h, overflow: "hidden" });
    frame.append(inside);
    node.append(frame);
    return { node, frame, inside, X, Y, w, h };
  };

  /** The d of a path through points [x, y]; where a point is null the pen is lifted. */
  const path = (points) => {
    let pen = "M";
    let d = "";
    for (const point of points) {
      if (point) d += `${pen}${point[0].toFixed(2)} ${point[1].toFixed(2)}`;
      pen = point ? "L" : "M";
    }
    return d;
  };

  /** Fill the box of an explorable on this page: `build(data)` returns the nodes in it. */
  const start = (name, build) => {
    for (const box of document.querySelectorAll(`.explorable[data-explorable="${name}"]`)) {
      const data = JSON.parse(box.querySelector("script").textContent);
      box.append(...build(data));
    }
  };

  /** The folder of the scripts, below which explorables keep files of their own. */
  const folder = typeof document === "object" ? document.currentScript.src : "";

  return { folder, element, svg, set, number, readNumber, numberField, fault, power, slider, choice, field, button, said, axes, path, start };
})();

if (typeof module === "object") module.exports = globalThis.explorables;
