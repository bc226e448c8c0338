// The kernel playground: nine weights, a picture before and after, and what waves become.
"use strict";

(() => {
  const { element, set, number, readNumber, numberField, fault, choice, field, button, said, start, kernels } = explorables;
  const LARGEST = 160; // pixels of a side to which the reader's own picture is made smaller
  const MOST = 1e6; // size of a weight; beyond, squares and sums lose what the others say

  /** A name that fits below a picture. */
  const short = (name) => (name.length > 28 ? `${name.slice(0, 16)}…${name.slice(-10)}` : name);

  const build = (data) => {
    let kernel = data.gallery.sobel_x.slice();
    let picture = null; // {pixels from 0 to 1, width, height}

    const cells = kernel.map((_, k) =>
      numberField({
        "aria-label": `weight in row ${Math.floor(k / 3) + 1}, column ${(k % 3) + 1}`,
        oninput: () => {
          presets.value = "";
          edit(k);
        },
      }));
    const wrong = fault();
    /** Say what is wrong in place of what the kernel does; nothing else changes. */
    const tell = (reason) => {
      wrong.textContent = reason;
      wrong.hidden = false;
      sentence.hidden = true;
    };
    /** Take over what is written in a cell, once all cells are numbers; until then say which is not. */
    const edit = (k) => {
      let reason = "";
      cells.forEach((cell, i) => {
        try {
          const weight = readNumber(cell.value, -MOST, MOST);
          // A cell that nobody has touched shows six digits of a weight that may have more.
          if (i === k || cell.hasAttribute("aria-invalid")) kernel[i] = weight;
          cell.removeAttribute("aria-invalid");
        } catch ({ message }) {
          cell.setAttribute("aria-invalid", "true");
          if (!reason || i === k) reason = `${cell.getAttribute("aria-label").replace("w", "W")}: ${message}.`;
        }
      });
      if (reason) tell(reason);
      else show();
    };
    const take = (weights) => {
      kernel = weights.slice();
      cells.forEach((cell, k) => {
        cell.value = Number(kernel[k].toPrecision(6));
        cell.removeAttribute("aria-invalid");
      });
      show();
    };
    const presets = choice({
      label: "kernel", value: "sobel_x",
      options: [["", "my own"], ...Object.keys(data.gallery).map((name) => [name, name.replaceAll("_", " ")])],
      chosen: (name) => name && take(data.gallery[name]),
    });
    const operation = choice({
      label: "operation", options: [["correlate", "correlation"], ["convolve", "convolution"]],
      chosen: () => (unreadable() < 0 ? show() : edit(unreadable())),
    });
    const unreadable = () => cells.findIndex((cell) => cell.hasAttribute("aria-invalid"));
    const change = (label, how) => button(label, () => {
      if (unreadable() >= 0) return edit(unreadable()); // what is typed there would be lost
      const changed = how(kernel);
      if (!changed) return;
      presets.value = "";
      take(changed);
    });
    const divide = (weights) => {
      const total = weights.reduce((a, b) => a + b, 0);
      const size = weights.reduce((a, b) => a + Math.abs(b), 0);
      if (Math.abs(total) > size / MOST) return weights.map((v) => v / total);
      tell(`The weights sum to ${number(Math.abs(total) > 1e-12 * size ? total : 0)}, by which they cannot be divided: change one first.`);
    };
    const buttons = [
      change("Turn", kernels.quarter),
      change("Change sign", (k) => k.map((v) => -v + 0)),
      change("Divide by sum", divide),
    ];

    const canvas = (name) => {
      const node = element("canvas", { role: "img", width: 112, height: 112 });
      const caption = element("p", { class: "caption" }, name);
      return { node, caption, figure: element("div", { class: "tile" }, node, caption) };
    };
    const [before, after, waves] = [canvas("before"), canvas("after"), canvas("waves")];
    const paint = (node, width, height, grey) => {
      node.width = width;
      node.height = height;
      const context = node.getContext("2d");
      const image = context.createImageData(width, height);
      for (let k = 0; k < width * height; k++) {
        image.data.fill(Math.round(255 * Math.max(0, Math.min(1, grey(k)))), 4 * k, 4 * k + 3);
        image.data[4 * k + 3] = 255;
      }
      context.putImageData(image, 0, 0);
    };

    const sentence = said();
    const facts = element("p", { class: "facts" });

    const show = () => {
      wrong.hidden = true;
      sentence.hidden = false;
      // Convolution is correlation with the kernel turned by half a turn.
      const used = operation.value === "convolve" ? kernels.turned(kernel) : kernel;
      const report = kernels.describe(used, data.named);
      sentence.textContent = operation.value === "convolve" ? `As correlation with the kernel turned by half a turn: ${report.sentence}` : report.sentence;
      const { gain, order, rank, symmetry, band, noiseGain } = report.facts;
      facts.textContent =
        `Sum of the weights ${number(gain)}; ` +
        `${order === null ? "no weights" : order === 0 ? "weights do not cancel" : `lowest derivative of order ${order}`}; ` +
        `${rank === 1 ? "separable" : `rank ${rank}`}; symmetry: ${symmetry.join(", ") || "none"}; ${band}; noise variance times ${number(noiseGain)}.`;
      const sizes = kernels.response(used);
      const peak = Math.max(...sizes.flat());
      paint(waves.node, 49, 49, (k) => (peak ? sizes[Math.floor(k / 49)][k % 49] / peak : 0));
      waves.caption.textContent = `waves: slow in the middle, fine at the rim; white is times ${number(peak, 3)}`;
      set(waves.node, { "aria-label": `Factor on waves: ${band}, at most ${number(peak, 3)}, ${number(sizes[24][24], 3)} in the middle.` });
      if (!picture) return;
      const { pixels, width, height } = picture;
      const out = kernels.correlate(pixels, width, height, used);
      // What has no mean level is shown around a middle grey; everything else as it is.
      const signed = Math.abs(gain) < 0.25 * used.reduce((a, b) => a + Math.abs(b), 0);
      const reach = out.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1;
      paint(after.node, width, height, (k) => (signed ? 0.5 + out[k] / (2 * reach) : out[k]));
      after.caption.textContent = signed ? `after, from −${number(reach, 2)} to ${number(reach, 2)}; grey is 0` : "after, from 0 to 1";
      const [low, high] = out.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
      set(after.node, { "aria-label": `The picture after the kernel, values from ${number(low, 2)} to ${number(high, 2)}.` });
    };

    /** Show a picture from an address; it is drawn here and sent nowhere. */
    const open = (address, name, done = () => {}) => {
      const image = new Image();
      image.onload = () => {
        // A drawing may have no size of its own.
        const sides = [image.naturalWidth || LARGEST, image.naturalHeight || LARGEST];
        const scale = Math.min(1, LARGEST / Math.max(...sides));
        const [width, height] = sides.map((n) => Math.max(1, Math.round(n * scale)));
        const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
        context.fillStyle = "white"; // behind what is transparent
        context.fillRect(0, 0, width, height);
        context.drawImage(image, 0, 0, width, height);
        const { data: rgba } = context.getImageData(0, 0, width, height);
        const pixels = Float64Array.from({ length: width * height }, (_, k) =>
          (0.299 * rgba[4 * k] + 0.587 * rgba[4 * k + 1] + 0.114 * rgba[4 * k + 2]) / 255);
        picture = { pixels, width, height };
        paint(before.node, width, height, (k) => pixels[k]);
        before.caption.textContent = `before: ${short(name)}`;
        set(before.node, { "aria-label": `The picture before: ${name}, in grey.` });
        done();
        unread.hidden = true;
        show();
      };
      image.onerror = () => {
        done();
        unread.textContent = `“${short(name)}” cannot be read as a picture: choose a PNG, JPEG, GIF, WebP or SVG. The picture from before is still there.`;
        unread.hidden = false;
      };
      image.src = address;
    };
    const unread = fault();
    const file = element("input", {
      type: "file", accept: "image/*",
      onchange: () => {
        const [chosen] = file.files;
        if (!chosen) return;
        const address = URL.createObjectURL(chosen);
        open(address, chosen.name, () => URL.revokeObjectURL(address));
      },
    });

    take(kernel);
    open(data.picture, "a dahlia");
    return [
      element("p", { class: "title" }, "Nine weights, and what they do"),
      element("div", { class: "controls" }, presets.node, operation.node),
      element("div", { class: "playground" },
        element("div", { class: "weights" },
          element("div", { class: "grid", role: "group", "aria-label": "weights" }, ...cells),
          element("div", { class: "buttons" }, ...buttons)),
        before.figure, after.figure, waves.figure),
      sentence,
      wrong,
      facts,
      element("div", { class: "controls" }, field("your own picture", file, "(it stays on this machine)")),
      unread,
    ];
  };
  start("convolution", build);
})();
