// Kernels of three by three: filtering, the response to waves, what can be measured, and the
// sentence that says what a kernel does. A name is given only where the weights are, up to a
// factor, those of a kernel that dlnotes.convolution.identify names; otherwise the sentence has
// measured facts. Facts and sentences are held to the package's by a test.
"use strict";

(() => {
  const SIZE = 3;
  const CLOSE = 1e-6; // what counts as rounding, as a share of the whole
  const WAVES = Array.from({ length: 49 }, (_, n) => -Math.PI + (n * Math.PI) / 24);

  const sum = (list) => list.reduce((a, b) => a + b, 0);
  const at = (kernel, a, b) => kernel[SIZE * a + b];
  const moved = (kernel, from) => kernel.map((_, n) => at(kernel, ...from(Math.floor(n / SIZE), n % SIZE)));
  const turned = (kernel) => kernel.toReversed();
  const quarter = (kernel) => moved(kernel, (a, b) => [b, SIZE - 1 - a]);

  /** Correlate a grey picture with a kernel; beyond the edge its pixels are repeated. */
  const correlate = (pixels, width, height, kernel) => {
    const out = new Float64Array(pixels.length);
    const inside = (n, end) => Math.max(0, Math.min(end - 1, n));
    for (let i = 0; i < height; i++)
      for (let j = 0; j < width; j++) {
        let total = 0;
        for (let a = 0; a < SIZE; a++)
          for (let b = 0; b < SIZE; b++)
            total += at(kernel, a, b) * pixels[inside(i + a - 1, height) * width + inside(j + b - 1, width)];
        out[i * width + j] = total;
      }
    return out;
  };

  /** The size of the factor on a wave, for frequencies from −π to π down and along. */
  const response = (kernel) => {
    const phases = WAVES.map((u) => [-1, 0, 1].map((n) => [Math.cos(n * u), Math.sin(n * u)]));
    return phases.map((down) => phases.map((along) => {
      let [re, im] = [0, 0];
      for (let a = 0; a < SIZE; a++)
        for (let b = 0; b < SIZE; b++) {
          const weight = at(kernel, a, b);
          re += weight * (down[a][0] * along[b][0] - down[a][1] * along[b][1]);
          im += weight * (down[a][0] * along[b][1] + down[a][1] * along[b][0]);
        }
      return Math.hypot(re, im);
    }));
  };

  /** Singular values: columns are turned against each other until they are orthogonal. */
  const singularValues = (kernel) => {
    const columns = [0, 1, 2].map((b) => [0, 1, 2].map((a) => at(kernel, a, b)));
    const dot = (p, q) => sum(p.map((x, n) => x * q[n]));
    for (let sweep = 0; sweep < 12; sweep++)
      for (const [p, q] of [[0, 1], [0, 2], [1, 2]]) {
        const [x, y] = [columns[p], columns[q]];
        const angle = 0.5 * Math.atan2(2 * dot(x, y), dot(x, x) - dot(y, y));
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        columns[p] = x.map((v, n) => c * v + s * y[n]);
        columns[q] = x.map((v, n) => c * y[n] - s * v);
      }
    return columns.map((column) => Math.hypot(...column)).sort((a, b) => b - a);
  };

  const band = (kernel, gain, absolute) => {
    const sizes = response(kernel);
    const all = sizes.flat();
    const [peak, least, still] = [Math.max(...all), Math.min(...all), Math.abs(gain)];
    const rim = Math.max(...sizes[0], ...sizes.map((row) => row[0]));
    if (least > (1 - 10 * CLOSE) * peak) return "all-pass";
    if (still <= 1e-3 * absolute) return rim > 0.9 * peak ? "high-pass" : "band-pass";
    if (still > 0.97 * peak) return "low-pass";
    return least > 0.97 * still ? "boost" : "mixed";
  };

  /** The rows between the first and the last that are not zero, as [first, after the last]. */
  const extent = (lines, limit) => {
    const kept = lines.map((line) => line.some((v) => Math.abs(v) > limit));
    return [kept.indexOf(true), kept.lastIndexOf(true) + 1];
  };

  const symmetry = (kernel) => {
    const limit = CLOSE * Math.max(...kernel.map(Math.abs));
    const rows = [0, 1, 2].map((a) => kernel.slice(SIZE * a, SIZE * a + SIZE));
    const [top, bottom] = extent(rows, limit);
    const [left, right] = extent([0, 1, 2].map((b) => rows.map((row) => row[b])), limit);
    const inside = rows.slice(top, bottom).map((row) => row.slice(left, right));
    const [h, w] = [inside.length, inside[0].length];
    const motions = {
      "half turn": (a, b) => inside[h - 1 - a][w - 1 - b],
      "left-right": (a, b) => inside[a][w - 1 - b],
      "up-down": (a, b) => inside[h - 1 - a][b],
    };
    if (h === w) {
      motions.diagonal = (a, b) => inside[b][a];
      motions["quarter turn"] = (a, b) => inside[b][w - 1 - a];
    }
    const found = [];
    for (const [name, motion] of Object.entries(motions)) {
      const off = (sign) => Math.max(...inside.flatMap((row, a) => row.map((v, b) => Math.abs(motion(a, b) - sign * v))));
      if (off(1) <= limit) found.push(name);
      else if (off(-1) <= limit) found.push(`odd ${name}`);
    }
    return found;
  };

  /** What is measured of a kernel; `order` is null for one of zeros. */
  const measure = (kernel) => {
    const absolute = sum(kernel.map(Math.abs));
    const gain = sum(kernel);
    if (absolute === 0)
      return { gain: 0, noiseGain: 0, centre: [0, 0], order: null, moments: [], rank: 0, symmetry: [], signs: "zero", band: "mixed" };
    const mass = Math.abs(gain) > 0.5 * absolute ? kernel.map((v) => v / gain) : kernel.map((v) => Math.abs(v) / absolute);
    const down = (n) => Math.floor(n / SIZE) - 1;
    const along = (n) => (n % SIZE) - 1;
    const centre = [down, along].map((place) => Number(sum(mass.map((m, n) => m * place(n))).toFixed(12)) + 0);
    let [order, moments] = [6, []];
    for (let n = 0, factorial = 1; n < 6; n++, factorial *= n) {
      const a = (k) => down(k) - centre[0];
      const b = (k) => along(k) - centre[1];
      // Moments of one order are compared with what they would be without cancellation.
      const scale = sum(kernel.map((v, k) => Math.abs(v) * Math.hypot(a(k), b(k)) ** n));
      const binomial = [1];
      for (let q = 1; q <= n; q++) binomial.push((binomial[q - 1] * (n - q + 1)) / q);
      const raw = binomial.map((c, q) => (sum(kernel.map((v, k) => a(k) ** (n - q) * v * b(k) ** q)) * c) / factorial);
      if (Math.max(...raw.map(Math.abs)) * factorial > CLOSE * scale) {
        order = n;
        moments = raw.map((m) => (Math.abs(m) <= (CLOSE * scale) / factorial ? 0 : m));
        break;
      }
    }
    const values = singularValues(kernel.map((v) => v / absolute));
    const low = Math.min(...kernel) < -CLOSE * absolute;
    const high = Math.max(...kernel) > CLOSE * absolute;
    return {
      gain, centre, order, moments,
      noiseGain: sum(kernel.map((v) => v * v)),
      rank: values.filter((v) => v > CLOSE * values[0]).length,
      symmetry: symmetry(kernel),
      signs: low && high ? "mixed" : high ? "positive" : "negative",
      band: band(kernel, gain, absolute),
    };
  };

  // The sentence -------------------------------------------------------------------------------

  /** Three digits, as Python's format .3g writes them. */
  const n = (value) => {
    const rounded = Number(value.toFixed(9)) + 0;
    if (rounded === 0) return "0";
    const [mantissa, exponent] = rounded.toExponential(2).split("e");
    const power = Number(exponent);
    if (power >= -4 && power < 3) return String(Number(rounded.toPrecision(3)));
    return `${Number(mantissa)}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  };
  const COMPASS = ["to the right", "to the lower right", "down", "to the lower left", "to the left", "to the upper left", "up", "to the upper right"];
  const COUNT = ["no", "one", "two", "three"];
  const angle = (degrees) => `${n(Math.round(degrees * 10) / 10)}° (from the right, clockwise)`;
  const times = (gain) => (Math.abs(gain - 1) < 5e-3 ? "" : `, times ${n(gain)}`);
  const multiple = (factor) =>
    Math.abs(Math.abs(factor) - 1) < 1e-6 ? (factor > 0 ? "" : "minus ") : `${n(factor)} times `;
  const pixels = (amount) => {
    const whole = Math.round(amount);
    const count = Math.abs(amount - whole) < 1e-9 && whole < COUNT.length ? COUNT[whole] : n(amount);
    return `${count} pixel${Math.abs(amount - 1) < 1e-9 ? "" : "s"}`;
  };
  const move = (down, right, short = false) =>
    [[right, "to the right", "to the left"], [down, "down", "up"]]
      .filter(([amount]) => Math.abs(amount) > 1e-9)
      .map(([amount, forward, back]) => (short ? "" : `${pixels(Math.abs(amount))} `) + (amount > 0 ? forward : back))
      .join(" and ") || "nowhere";
  const towards = (degrees) => {
    const eighth = Math.round(degrees / 45);
    return Math.abs(degrees - 45 * eighth) < 1.5
      ? COMPASS[((eighth % 8) + 8) % 8]
      : `in the direction ${angle(((degrees % 360) + 360) % 360)}`;
  };

  const identity = (gain) => {
    if (Math.abs(gain - 1) < 1e-9) return "leaves the image as it is (identity)";
    if (Math.abs(gain + 1) < 1e-9) return "inverts the sign of the image and otherwise leaves it as it is (identity)";
    return `multiplies the image by ${n(gain)} and otherwise leaves it as it is (identity)`;
  };
  const shift = ({ centre, gain }) => {
    const [down, right] = centre.map((c) => -c);
    const text = `shifts the image ${move(down, right)} under correlation, ${move(-down, -right, true)} under convolution`;
    return text + (Math.abs(gain - 1) > 1e-9 ? `, and multiplies it by ${n(gain)}` : "");
  };
  const smoothing = (name, details, gain) => {
    let text = `blurs: a weighted mean of the neighbourhood (${name})`;
    const { height, width } = details;
    if (height) {
      text = `blurs: the mean over ${height} by ${width} pixels, a box blur`;
      if (height === 1 || width === 1)
        text =
          `blurs along ${width === 1 ? "columns" : "rows"}: the mean of ${Math.max(height, width)} pixels in a line, ` +
          `a one-pixel-wide box blur, which is ${width === 1 ? "vertical" : "horizontal"} motion blur`;
    } else if (name === "motion blur")
      text = `blurs along one direction, ${angle(details.angle)}, over about ${n(details.length)} pixels: motion blur`;
    return text + times(gain);
  };
  const derivative = (name, { order, moments, rank }) => {
    const kernel = `the ${name} kernel`;
    if (order === 1) {
      const [down, right] = moments;
      const degrees = (Math.atan2(down, right) * 180) / Math.PI;
      const axis = { 0: " along x", 90: " along y" }[Math.round(Math.abs(degrees)) % 180] ?? "";
      const smooth = rank === 1 && axis ? ", smoothed across" : "";
      return `first derivative${axis}: ${multiple(Math.hypot(down, right))}the slope ${towards(degrees)}${smooth}; finds edges; ${kernel}`;
    }
    if (order === 2) {
      const [down, mixed, right] = moments;
      const whole = Math.max(...moments.map(Math.abs));
      const small = (value) => Math.abs(value) < 0.02 * whole;
      const smoothed = rank === 1 ? ", smoothed across it" : "";
      if (small(down - right) && small(mixed))
        return `second derivative in all directions: ${multiple(down)}the Laplacian; finds edges and spots; ${kernel}`;
      if (small(down) && small(mixed)) return `second derivative along x, ${n(right)} times${smoothed}; finds upright lines; ${kernel}`;
      if (small(right) && small(mixed)) return `second derivative along y, ${n(down)} times${smoothed}; finds level lines; ${kernel}`;
      if (small(right) && small(down)) return `mixed second derivative, once along x and once along y, ${n(mixed)} times; ${kernel}`;
      return `second derivatives, ${n(down)} times down twice, ${n(mixed)} times mixed and ${n(right)} times right twice; ${kernel}`;
    }
    return `derivative of the ${{ 3: "third", 4: "fourth" }[order] ?? `${order}th`} order; ${kernel}`;
  };
  const core = ([name, family, details], facts) => {
    const kept = Math.abs(facts.gain - 1) < 5e-3 ? "flat areas" : `flat areas, times ${n(facts.gain)},`;
    if (family === "zero") return "makes every pixel zero";
    if (family === "identity") return identity(facts.gain);
    if (family === "shift") return shift(facts);
    if (family === "smoothing") return smoothing(name, details, facts.gain);
    if (family === "interpolation") return `fills in missing pixels from their neighbours: ${name}${times(facts.gain)}`;
    if (family === "sharpening")
      return `sharpens: keeps ${kept} and amplifies what is fine, as unsharp masking does; the ${name} kernel`;
    if (family === "embossing")
      return `embosses: the image${times(facts.gain)} and a slope, as if lit from one side; the ${name} kernel`;
    return derivative(name, facts);
  };
  const displacement = ({ centre, order, symmetry: found }) => {
    const lopsided = order !== 0 && !found.some((name) => name.includes("half"));
    if (Math.hypot(...centre) < 0.25 || lopsided) return "";
    const [down, right] = centre.map((c) => -Number(c.toFixed(3)));
    return `, with the image shifted ${move(down, right)} (correlation)`;
  };

  /** What was measured, in words; for a kernel that has no name here. */
  const measured = ({ order, signs, gain, rank, symmetry: found, band: kind, noiseGain }) => {
    const what = order === 0
      ? `${{ positive: "a weighted mean, since no weight is negative", negative: "minus a weighted mean, since no weight is positive" }[signs] ?? "weights of both signs"}, with gain ${n(gain)}`
      : `the weights sum to zero and the lowest derivative is of order ${order}`;
    const form = rank === 1 ? "separable" : `of rank ${rank}`;
    const even = found.length ? "symmetric" : "without symmetry";
    return `${what}; ${form}, ${even}, ${kind}, and the variance of white noise is multiplied by ${n(noiseGain)}.`;
  };

  /** The entry [name, family, details] whose weights these are up to a factor, or null. */
  const match = (kernel, named) => {
    const norm = Math.hypot(...kernel);
    if (norm === 0) return ["zero", "zero", {}];
    const spots = kernel.flatMap((v, k) => (Math.abs(v) > 1e-12 * norm ? [k] : []));
    if (spots.length === 1) return spots[0] === 4 ? ["identity", "identity", {}] : ["shift", "shift", {}];
    for (const [name, family, details, rows] of named)
      for (const row of rows) {
        const own = Math.hypot(...row);
        const same = sum(kernel.map((v, k) => v * row[k])) / (norm * own);
        const off = kernel.map((v, k) => v / norm - (Math.sign(same) * row[k]) / own);
        if (Math.hypot(...off) < CLOSE) return [name, family, details];
      }
    return null;
  };

  /** What correlation with the kernel does: {name or null, sentence, facts}. */
  const describe = (kernel, named) => {
    const facts = measure(kernel);
    const found = match(kernel, named);
    if (!found) return { name: null, sentence: `Not a kernel of the gallery: ${measured(facts)}`, facts };
    let text = core(found, facts);
    if (!["identity", "shift", "zero"].includes(found[1])) text += displacement(facts);
    return { name: found[0], sentence: `${text[0].toUpperCase()}${text.slice(1)}.`, facts };
  };

  const logic = { correlate, response, measure, describe, turned, quarter };
  if (typeof module === "object") module.exports = logic;
  else explorables.kernels = logic;
})();
