// The moving picture of a run: a slider over its snapshots; each kink tells its neuron, jump and exact place.
"use strict";
(() => {
  const film = JSON.parse(document.getElementById("film-data").textContent);
  const get = (id) => document.getElementById(id);
  const svg = get("film-picture"), slider = get("film-step"), label = get("film-label"), details = get("film-kink"), play = get("film-play");
  const NEURON = 0, X = 1, JUMP = 2; // places in a kink's record; the exact texts follow
  let view = "fit", chosen = null, timer = null;

  const element = (name, attributes, parent, text) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, v] of Object.entries(attributes)) made.setAttribute(key, v);
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  };
  const number = (v, digits = 6) => String(Number(v.toPrecision(digits))).replace("-", "−");

  // Round numbers for an axis.
  const ticks = (low, high, count) => {
    const raw = (high - low) / count, power = 10 ** Math.floor(Math.log10(raw));
    const step = power * [1, 2, 2.5, 5, 10].find((m) => m * power >= raw);
    const out = [];
    for (let k = Math.ceil(low / step); k * step <= high + step * 1e-9; k++) out.push(k * step);
    return out;
  };

  // Linear between the points of a curve; both arrays of equal length, xs increasing.
  const interpolate = (xs, ys, x) => {
    let a = 0, b = xs.length - 1;
    while (b - a > 1) {
      const m = (a + b) >> 1;
      if (xs[m] <= x) a = m;
      else b = m;
    }
    return ys[a] + ((ys[b] - ys[a]) * (x - xs[a])) / (xs[b] - xs[a]);
  };

  // What a view shows of a moment: one line for each region, the target's line, and heights at kinks.
  const views = {
    fit: {
      target: film.y.length ? film.y : null,
      pieces: (m) => m.y.slice(1).map((y, i) => [[m.x[i], m.y[i]], [m.x[i + 1], y]]),
      height: (m, x) => interpolate(m.x, m.y, x),
      label: film.variable === "x" ? "f(x)" : `f(${film.variable})`,
    },
    slopes: {
      target: film.slope.length ? film.slope : null,
      pieces: (m) => m.slopes.map((s, i) => [[m.x[i], s], [m.x[i + 1], s]]),
      height: (m, x) => {
        const i = m.x.indexOf(x);
        return i > 0 && i < m.slopes.length ? (m.slopes[i - 1] + m.slopes[i]) / 2 : m.slopes[Math.max(i - 1, 0)];
      },
      label: "slope",
    },
    error: {
      target: null,
      pieces: (m) =>
        m.y.slice(1).map((_, i) => {
          const inside = film.x.filter((x) => m.x[i] < x && x < m.x[i + 1]);
          return [m.x[i], ...inside, m.x[i + 1]].map((x) => [x, interpolate(m.x, m.y, x) - interpolate(film.x, film.y, x)]);
        }),
      height: (m, x) => interpolate(m.x, m.y, x) - interpolate(film.x, film.y, x),
      label: `f − ${film.name}`,
    },
  };

  // The range that an axis shows: of the target and of the last moment, the same for all moments.
  const range = (name) => {
    const last = film.moments[film.moments.length - 1], shown = views[name];
    const ys = shown.pieces(last).flat().map((p) => p[1]).concat(shown.target || []);
    let low = ys.reduce((a, b) => Math.min(a, b)), high = ys.reduce((a, b) => Math.max(a, b));
    const scale = name === "error" ? 4 : 1; // earlier errors are larger
    const pad = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1;
    low = low * scale - pad;
    high = high * scale + pad;
    return [low, high];
  };
  const ranges = {};

  const tell = (kink) => {
    details.replaceChildren();
    const line = (html, ...parts) => {
      const p = document.createElement("p");
      p.append(...parts);
      if (html) p.className = html;
      details.append(p);
    };
    const code = (text) => Object.assign(document.createElement("code"), { textContent: text });
    if (!kink) return line("note", film.moments.length > 1 ? "Point at a kink, or press it to follow its neuron through training." : "Point at a kink to see what it is.");
    const swatch = document.createElement("span");
    swatch.className = "swatch";
    swatch.style.background = film.colours[kink[NEURON][0]] || "var(--soft)";
    const names = kink[NEURON].map((n) => `(${n.replace(":", ", ")})`).join(", ");
    const who = document.createElement("b");
    who.textContent = names ? `Kink of neuron${kink[NEURON].length > 1 ? "s" : ""} ${names}` : "Kink";
    line("", swatch, who);
    line("", `at ${film.variable} ≈ ${number(kink[X], 9)}, exactly `, code(kink[3]));
    line("", `the slope jumps by ${number(kink[JUMP], 9)}, exactly `, code(kink[4]));
  };

  const draw = () => {
    const at = Number(slider.value), moment = film.moments[at], shown = views[view];
    const width = Math.max(svg.clientWidth, 280), height = Math.round(Math.min(Math.max(width * 0.52, 250), 430));
    const box = { left: 52, right: width - 10, top: 10, bottom: height - 38 };
    const [low, high] = (ranges[view] ||= range(view));
    const [a, b] = film.domain;
    const px = (x) => box.left + ((x - a) / (b - a)) * (box.right - box.left);
    const py = (y) => box.bottom - ((y - low) / (high - low)) * (box.bottom - box.top);
    const path = (points) => "M" + points.map(([x, y]) => `${px(x).toFixed(2)},${Math.max(Math.min(py(y), 1e5), -1e5).toFixed(2)}`).join("L");

    svg.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const clip = element("clipPath", { id: "film-clip" }, element("defs", {}, svg));
    element("rect", { x: box.left - 8, y: box.top - 8, width: box.right - box.left + 16, height: box.bottom - box.top + 16 }, clip);
    element("rect", { class: "frame", x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top }, svg);
    for (const t of ticks(a, b, Math.max(width / 80, 4))) {
      element("text", { x: px(t), y: box.bottom + 15, "text-anchor": "middle" }, svg, number(t, 4));
    }
    for (const t of ticks(low, high, 5)) {
      element("line", { class: "frame", x1: box.left, x2: box.right, y1: py(t), y2: py(t) }, svg);
      element("text", { x: box.left - 6, y: py(t) + 4, "text-anchor": "end" }, svg, number(t, 4));
    }
    element("text", { x: (box.left + box.right) / 2, y: height - 6, "text-anchor": "middle" }, svg, film.variable);
    element("text", { x: box.left + 6, y: box.top + 14 }, svg, shown.label);

    const plot = element("g", { "clip-path": "url(#film-clip)" }, svg);
    if (low < 0 && high > 0) element("line", { class: "zero", x1: box.left, x2: box.right, y1: py(0), y2: py(0) }, plot);
    if (shown.target) element("path", { class: "target", d: path(film.x.map((x, i) => [x, shown.target[i]])) }, plot);
    if (view === "slopes") {
      for (let i = 1; i < moment.slopes.length; i++) {
        const x = px(moment.x[i]);
        element("line", { class: "riser", x1: x, x2: x, y1: py(moment.slopes[i - 1]), y2: py(moment.slopes[i]) }, plot);
      }
    }
    shown.pieces(moment).forEach((points, i) => element("path", { class: i % 2 ? "piece odd" : "piece", d: path(points) }, plot));
    moment.kinks.forEach((kink, i) => {
      const key = kink[NEURON].join(" "), follows = chosen !== null && key === chosen;
      const name = kink[NEURON].map((n) => `(${n.replace(":", ", ")})`).join(" ");
      const group = element("g", { class: follows ? "kink chosen" : "kink", tabindex: 0, role: "button", "data-kink": i, "aria-label": `kink of neuron ${name}` }, plot);
      const place = { cx: px(kink[X]), cy: Math.max(Math.min(py(shown.height(moment, kink[X])), box.bottom + 6), box.top - 6) };
      element("circle", { class: "hit", r: 11, ...place }, group);
      element("circle", { class: "dot", r: 4.5, fill: film.colours[kink[NEURON][0]] || "var(--soft)", ...place }, group);
      group.addEventListener("pointerenter", () => tell(kink));
      group.addEventListener("focus", () => tell(kink));
      const choose = () => {
        chosen = chosen === key ? null : key;
        draw();
        tell(kink);
      };
      group.addEventListener("click", choose);
      group.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          choose();
        }
      });
    });
    label.textContent = moment.label;
    slider.setAttribute("aria-valuetext", moment.label);
  };

  const follow = () => {
    draw();
    const kinks = film.moments[Number(slider.value)].kinks;
    if (chosen !== null) tell(kinks.find((k) => k[NEURON].join(" ") === chosen));
  };
  const stop = () => {
    clearInterval(timer);
    timer = null;
    play.textContent = "▶ play";
  };
  play.addEventListener("click", () => {
    if (timer !== null) return stop();
    if (Number(slider.value) >= film.moments.length - 1) slider.value = 0;
    play.textContent = "❚❚ stop";
    timer = setInterval(() => {
      slider.value = Number(slider.value) + 1;
      follow();
      if (Number(slider.value) >= film.moments.length - 1) stop();
    }, 120);
    follow();
  });
  slider.addEventListener("input", () => {
    stop();
    follow();
  });
  for (const button of document.querySelectorAll(".views button")) {
    button.addEventListener("click", () => {
      view = button.dataset.view;
      for (const other of document.querySelectorAll(".views button")) other.setAttribute("aria-pressed", other === button);
      draw();
    });
  }
  new ResizeObserver(draw).observe(svg.parentNode);
  tell(null);
  draw();
})();
