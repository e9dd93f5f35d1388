// A training run with a slider: the fit with its regions and kinks, all layers, and the kinks' paths.
"use strict";
(() => {
  const film = JSON.parse(document.getElementById("film").textContent);
  const get = (id) => document.getElementById(id);
  const svg = get("picture"), slider = get("moment"), play = get("play"), caption = get("caption"), legend = get("legend"), note = get("note");
  const NAME = 0, COLOUR = 1, LAYER = 2; // of a neuron
  let view = film.view, followed = null, timer = null;

  const notes = {
    fit: `Regions keep their colours${film.target ? `; the broad line is the ${film.goal}` : ""}. Dots are kinks, in the colours of their neurons.`,
    layers: "What each neuron puts out, layer by layer, and the network's output.",
    kinks: "Where each neuron's kinks have been; the way to come is pale.",
  };
  const element = (name, attributes, parent, text) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, v] of Object.entries(attributes)) made.setAttribute(key, v);
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  };
  const number = (v) => String(Number(v.toPrecision(6))).replace("-", "−");
  const ticks = (low, high, count) => {
    const raw = (high - low) / count, power = 10 ** Math.floor(Math.log10(raw));
    const step = power * [1, 2, 5, 10].find((m) => m * power >= raw * 0.999);
    const out = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) out.push(k * step);
    return out;
  };
  // Axes in a box of the picture: draws the frame, and gives a group that is clipped and functions to place points.
  let clips = 0;
  const axes = (box, [a, b], [low, high], xLabel, title) => {
    const px = (x) => box.left + ((x - a) / (b - a || 1)) * (box.right - box.left);
    const py = (y) => box.bottom - ((y - low) / (high - low || 1)) * (box.bottom - box.top);
    for (const t of ticks(a, b, Math.max((box.right - box.left) / 75, 4))) element("text", { x: px(t), y: box.bottom + 15, "text-anchor": "middle" }, svg, number(t));
    for (const t of ticks(low, high, 5)) {
      element("line", { class: "frame", x1: box.left, x2: box.right, y1: py(t), y2: py(t) }, svg);
      element("text", { x: box.left - 5, y: py(t) + 4, "text-anchor": "end" }, svg, number(t));
    }
    element("rect", { class: "frame", x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top }, svg);
    element("text", { x: (box.left + box.right) / 2, y: box.bottom + 31, "text-anchor": "middle" }, svg, xLabel);
    element("text", { class: "title", x: box.left, y: box.top - 7 }, svg, title);
    const id = `clip-${clips++}`;
    element("rect", { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top }, element("clipPath", { id }, svg));
    const group = element("g", { "clip-path": `url(#${id})` }, svg);
    const path = (xs, ys) => {
      let text = "", pen = "M";
      xs.forEach((x, i) => {
        if (ys[i] === null) pen = "M";
        else (text += `${pen}${px(x).toFixed(1)},${py(ys[i]).toFixed(1)}`), (pen = "L");
      });
      return text;
    };
    return { group, px, py, path, box };
  };
  const emphasis = (neuron) => (followed === null || followed === neuron ? "" : " aside");
  const dot = (at, neuron, x, y) => {
    const made = element("circle", { class: `kink${emphasis(neuron)}`, cx: at.px(x), cy: at.py(y), r: 5.5, fill: film.neurons[neuron][COLOUR] }, at.group);
    element("title", {}, made, `kink of neuron ${film.neurons[neuron][NAME]} at ${number(x)}`);
  };
  const line = (at, xs, ys, colour, kind = "") => element("path", { class: `line ${kind}`, d: at.path(xs, ys), ...(colour ? { stroke: colour } : {}) }, at.group);
  const goal = (at) => film.target && element("path", { class: "goal", d: at.path(...film.target) }, at.group);

  const drawFit = (frame, width, height) => {
    const at = axes({ left: 54, right: width - 12, top: 26, bottom: height - 42 }, film.x, film.y, film.labels[0], film.labels[1]);
    frame.colours.forEach((c, i) => {
      const left = at.px(frame.x[i]), right = at.px(frame.x[i + 1]);
      element("rect", { class: "band", x: left, y: at.box.top, width: right - left, height: at.box.bottom - at.box.top, fill: film.colours[c] }, at.group);
    });
    goal(at);
    frame.colours.forEach((c, i) => line(at, frame.x.slice(i, i + 2), frame.y.slice(i, i + 2), film.colours[c], "piece"));
    for (const [neuron, x, y] of frame.kinks) dot(at, neuron, x, y);
  };
  const drawLayers = (frame, width, height) => {
    const panels = film.heights.length + 1, columns = Math.min(panels, width < 560 ? 1 : panels < 5 && panels !== 3 ? 2 : 3), rows = Math.ceil(panels / columns);
    const w = width / columns, h = height / rows;
    let neuron = 0;
    for (let k = 0; k < panels; k++) {
      const left = (k % columns) * w, top = Math.floor(k / columns) * h, last = k + 1 === panels;
      const box = { left: left + 46, right: left + w - 10, top: top + 26, bottom: top + h - 38 };
      const at = axes(box, film.x, last ? film.y : film.heights[k], film.labels[0], last ? (film.target ? "output and target" : "output") : `layer ${k}`);
      if (last) {
        goal(at);
        line(at, frame.x, frame.y, null, "sum");
      } else {
        for (const [xs, ys] of frame.layers[k]) {
          line(at, xs, ys, film.neurons[neuron][COLOUR], `neuron${emphasis(neuron)}`);
          neuron++;
        }
      }
    }
  };
  const drawPaths = (frame, width, height, now) => {
    const steps = film.frames.map((f) => f.step), last = steps[steps.length - 1];
    const at = axes({ left: 54, right: width - 16, top: 26, bottom: height - 42 }, [steps[0], last === steps[0] ? last + 1 : last], film.x, "training step", `kinks at ${film.labels[0]}`);
    at.group.removeAttribute("clip-path");
    for (const neuron of film.kinked) {
      let before = null, earlier = "", later = "";
      film.frames.forEach((f, i) => {
        const here = f.kinks.filter((k) => k[0] === neuron);
        const place = (x) => `${at.px(f.step).toFixed(1)},${at.py(x).toFixed(1)}`;
        const text = here.length === 1 && before !== null ? `M${before}L${place(here[0][1])}` : here.map((k) => `M${place(k[1])}h.01`).join("");
        if (i <= now) earlier += text;
        else later += text;
        before = here.length === 1 ? place(here[0][1]) : null;
      });
      element("path", { class: "line later", d: later, stroke: film.neurons[neuron][COLOUR] }, at.group);
      element("path", { class: `line path${emphasis(neuron)}`, d: earlier, stroke: film.neurons[neuron][COLOUR] }, at.group);
    }
    element("line", { class: "now", x1: at.px(frame.step), x2: at.px(frame.step), y1: at.box.top, y2: at.box.bottom }, at.group);
    for (const [neuron, x] of frame.kinks) dot(at, neuron, frame.step, x);
  };

  const draw = () => {
    const now = Number(slider.value), frame = film.frames[now];
    const width = Math.max(svg.clientWidth, 300);
    const stacked = view === "layers" ? Math.ceil((film.heights.length + 1) / (width < 560 ? 1 : 3)) : 1;
    const height = Math.round(Math.min(Math.max(width * 0.55, 260), 460) * Math.max(1, stacked * 0.7));
    svg.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    ({ fit: drawFit, layers: drawLayers, kinks: drawPaths })[view](frame, width, height, now);
    caption.textContent = frame.caption;
    slider.setAttribute("aria-valuetext", frame.caption);
    note.textContent = notes[view];
    for (const button of document.querySelectorAll(".views button")) button.setAttribute("aria-pressed", String(button.dataset.view === view));
    for (const button of legend.children) button.setAttribute("aria-pressed", String(Number(button.dataset.neuron) === followed));
  };
  const stop = () => {
    clearInterval(timer);
    timer = null;
    play.textContent = "▶ play";
  };
  play.addEventListener("click", () => {
    if (timer !== null) return stop();
    const last = film.frames.length - 1;
    if (Number(slider.value) >= last) slider.value = 0;
    play.textContent = "❚❚ stop";
    timer = setInterval(() => {
      slider.value = Number(slider.value) + 1;
      draw();
      if (Number(slider.value) >= last) stop();
    }, film.delay);
    draw();
  });
  slider.addEventListener("input", () => {
    stop();
    draw();
  });
  for (const button of document.querySelectorAll(".views button")) {
    button.addEventListener("click", () => {
      view = button.dataset.view;
      draw();
    });
  }
  film.neurons.forEach((neuron, i) => {
    const button = document.createElement("button"), swatch = document.createElement("i");
    button.type = "button";
    button.dataset.neuron = i;
    button.title = `follow neuron ${neuron[NAME]} of layer ${neuron[LAYER]}`;
    swatch.style.background = neuron[COLOUR];
    button.append(swatch, neuron[NAME]);
    button.addEventListener("click", () => {
      followed = followed === i ? null : i;
      draw();
    });
    legend.append(button);
  });
  play.parentNode.hidden = film.frames.length < 2;
  new ResizeObserver(draw).observe(svg.parentNode);
  draw();
})();
