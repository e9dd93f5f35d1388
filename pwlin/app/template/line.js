// The moving picture of a run with one input; each kink tells its neurons, and one neuron can be followed.
"use strict";
(() => {
  const { film, svg, element, axes } = pwlin;
  const NEURONS = 0, X = 1, Y = 2, PLACE = 3, JUMP = 4, EXACT_PLACE = 5, EXACT_JUMP = 6; // of a kink
  const NAME = 0, COLOUR = 1; // of a neuron
  const REACH = 16; // pixels within which the pointer means a kink
  let view = film.view, chosen = null, places = [];

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

  // What a graph shows of a moment: points of one line for each region, and heights at kinks; the target's line behind.
  const error = (m, x) => interpolate(m.x, m.y, x) - interpolate(...film.target, x);
  const graphs = {
    fit: { target: film.target, piece: (m, i) => [m.x.slice(i, i + 2), m.y.slice(i, i + 2)], height: (m, kink) => kink[Y] },
    slopes: {
      target: film.slopes,
      piece: (m, i) => [m.x.slice(i, i + 2), [m.slopes[i], m.slopes[i]]],
      height: (m, kink) => {
        const i = m.x.indexOf(kink[X]);
        return i > 0 && i < m.slopes.length ? (m.slopes[i - 1] + m.slopes[i]) / 2 : m.slopes[Math.max(i - 1, 0)];
      },
    },
    error: {
      target: null,
      piece: (m, i) => {
        const xs = [m.x[i], ...film.target[0].filter((x) => m.x[i] < x && x < m.x[i + 1]), m.x[i + 1]];
        return [xs, xs.map((x) => error(m, x))];
      },
      height: (m, kink) => error(m, kink[X]),
    },
  };
  const notes = {
    fit: `Regions keep their colours from moment to moment${film.target ? `; the broad line is the ${film.goal}` : film.points ? `; grey dots are the ${film.goal}` : ""}. Dots are kinks, in the colours of their neurons${film.neurons.length > 8 ? " (of the eight with the largest jumps; grey dots are of the others)" : ""}.`,
    slopes: "The slope of each region, and its jumps.",
    error: "The network minus its target.",
    layers: "What each neuron puts out, layer by layer, and the network's output.",
    kinks: "Where each neuron's kinks have been; the way to come is pale.",
  };

  // The range of the vertical axis: for slopes and errors that of the moment shown, so that nothing leaves the frame; the fit
  // keeps the range of its target and its end, so that one sees it move.
  const range = (name, moment) => {
    if (name === "fit") return film.y;
    const graph = graphs[name];
    const ys = moment.colours.flatMap((_, i) => graph.piece(moment, i)[1]).concat(graph.target ? graph.target[1] : []).filter(Number.isFinite);
    const low = ys.reduce((a, b) => Math.min(a, b), Infinity), high = ys.reduce((a, b) => Math.max(a, b), -Infinity);
    if (low > high) return [-1, 1];
    const pad = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1;
    return [low - pad, high + pad];
  };

  const neurons = (kink) => kink[NEURONS].map((n) => film.neurons[n][NAME]).join(", ");
  const colour = (kink) => (kink[NEURONS].length ? film.neurons[kink[NEURONS][0]][COLOUR] : "#444");
  const follows = (found) => chosen !== null && found.join(" ") === chosen;
  const standing = (found) => (chosen === null ? "" : follows(found) || found.includes(Number(chosen)) ? " chosen" : " aside");
  const tell = (kink) => {
    if (!kink) {
      const more = film.moments.length > 1 ? ", or press it to follow its neuron through training." : " to see what it is.";
      return pwlin.tell([notes[view], ...(view === "layers" ? [] : [`Point at a kink${more}`])]);
    }
    const exactly = (text) => (text === undefined ? [] : [", exactly ", { exact: text }]);
    pwlin.tell([
      [pwlin.swatch(colour(kink)), pwlin.strong(`Kink of neuron${kink[NEURONS].length > 1 ? "s" : ""} ${neurons(kink)}`)],
      [`at ${film.variable} ≈ ${kink[PLACE]}`, ...exactly(kink[EXACT_PLACE])],
      [`the slope jumps by ${kink[JUMP]}`, ...exactly(kink[EXACT_JUMP])],
    ]);
  };
  const choose = (key, kink) => {
    chosen = chosen === key ? null : key;
    show();
    tell(chosen === null ? undefined : kink);
  };

  // The kinks of a moment as dots that can be pointed at and pressed.
  const dots = (at, kinks, place) => {
    places = kinks.map((kink) => {
      const [x, y] = place(kink);
      const found = { x: at.px(x), y: at.py(y), kink };
      found.group = element("g", { class: `kink${standing(kink[NEURONS])}`, "aria-label": `kink of neuron ${neurons(kink)}` }, at.group);
      element("circle", { class: "dot", r: kinks.length > 30 ? 3.4 : 5, fill: colour(kink), cx: found.x, cy: found.y }, found.group);
      found.tip = () => pwlin.tip(found.x, found.y, [`neuron ${neurons(kink)}`, `${film.variable} ≈ ${kink[PLACE]}`, `jump ${kink[JUMP]}`]);
      found.choose = () => choose(kink[NEURONS].join(" "), kink);
      pwlin.focusable(found.group, () => (tell(kink), found.tip()), found.choose);
      return found;
    });
  };
  // The points of a target that is points.
  const measured = (at) => film.points && film.points[0].forEach((x, i) => element("circle", { class: "point", r: 3, cx: at.px(x), cy: at.py(film.points[1][i]) }, at.group));
  const line = (at, xs, ys, stroke, kind) => element("path", { class: `line ${kind}`, d: at.path(xs, ys), ...(stroke ? { stroke } : {}) }, at.group);
  const size = () => {
    const width = Math.max(svg.clientWidth, 280);
    return [width, Math.round(Math.min(Math.max(width * 0.53, 250), 440))];
  };

  const drawGraph = (moment) => {
    const graph = graphs[view], [width, height] = size();
    pwlin.clear(width, height);
    const box = { left: 54, right: width - 12, top: 24, bottom: height - 40 };
    const at = axes(box, film.x, range(view, moment), film.labels.x, film.labels[view]);
    moment.colours.forEach((c, i) => {
      const left = at.px(moment.x[i]), right = at.px(moment.x[i + 1]);
      element("rect", { class: "band", x: left, y: box.top, width: right - left, height: box.bottom - box.top, fill: film.colours[c] }, at.group);
    });
    if (graph.target) element("path", { class: "target", d: at.path(...graph.target) }, at.group);
    if (view === "fit") measured(at);
    if (view === "slopes") {
      for (let i = 1; i < moment.slopes.length; i++) {
        const x = at.px(moment.x[i]);
        element("line", { class: "riser", x1: x, x2: x, y1: at.py(moment.slopes[i - 1]), y2: at.py(moment.slopes[i]) }, at.group);
      }
    }
    moment.colours.forEach((c, i) => line(at, ...graph.piece(moment, i), film.colours[c], "piece"));
    dots(at, moment.kinks, (kink) => [kink[X], graph.height(moment, kink)]);
  };

  const drawLayers = (moment) => {
    const [width, single] = size(), panels = film.heights.length + 1;
    const columns = Math.min(panels, width < 560 ? 1 : panels < 5 && panels !== 3 ? 2 : 3), rows = Math.ceil(panels / columns);
    const height = Math.round(single * Math.max(1, rows * 0.7)), w = width / columns, h = height / rows;
    pwlin.clear(width, height);
    places = [];
    let neuron = 0;
    for (let k = 0; k < panels; k++) {
      const left = (k % columns) * w, top = Math.floor(k / columns) * h, last = k + 1 === panels;
      const box = { left: left + 46, right: left + w - 10, top: top + 26, bottom: top + h - 38 };
      const title = last ? `output${film.target ? " and target" : film.points ? " and points" : ""}` : `layer ${k}`;
      const at = axes(box, film.x, last ? film.y : film.heights[k], film.labels.x, title);
      if (last) {
        if (film.target) element("path", { class: "target", d: at.path(...film.target) }, at.group);
        measured(at);
        line(at, moment.x, moment.y, null, "sum");
      } else {
        for (const [xs, ys] of moment.layers[k]) line(at, xs, ys, film.neurons[neuron][COLOUR], `neuron${standing([neuron++])}`);
      }
    }
  };

  const drawPaths = (moment, now) => {
    const [width, height] = size(), steps = film.moments.map((m) => m.step), last = steps[steps.length - 1];
    pwlin.clear(width, height);
    const box = { left: 54, right: width - 16, top: 24, bottom: height - 40 };
    const at = axes(box, [steps[0], last === steps[0] ? last + 1 : last], film.x, "training step", `kinks at ${film.labels.x}`);
    for (const neuron of film.kinked) {
      let before = null, earlier = "", later = "";
      film.moments.forEach((m, i) => {
        const here = m.kinks.filter((kink) => kink[NEURONS][0] === neuron);
        const place = (x) => `${at.px(m.step).toFixed(1)},${at.py(x).toFixed(1)}`;
        const text = here.length === 1 && before !== null ? `M${before}L${place(here[0][X])}` : here.map((kink) => `M${place(kink[X])}h.01`).join("");
        if (i <= now) earlier += text;
        else later += text;
        before = here.length === 1 ? place(here[0][X]) : null;
      });
      const stroke = film.neurons[neuron][COLOUR];
      element("path", { class: "line later", d: later, stroke }, at.group);
      element("path", { class: `line path${standing([neuron])}`, d: earlier, stroke }, at.group);
    }
    element("line", { class: "now", x1: at.px(moment.step), x2: at.px(moment.step), y1: box.top, y2: box.bottom }, at.group);
    dots(at, moment.kinks, (kink) => [moment.step, kink[X]]);
  };

  const draw = (moment, now) => {
    ({ layers: drawLayers, kinks: drawPaths }[view] || drawGraph)(moment, now);
    for (const button of document.querySelectorAll(".views button")) button.setAttribute("aria-pressed", String(button.dataset.view === view));
    for (const button of document.querySelectorAll(".legend button")) button.setAttribute("aria-pressed", String(button.dataset.neuron === chosen));
  };

  // Kinks can lie close together: the pointer means the nearest one.
  const nearest = (event) => {
    const frame = svg.getBoundingClientRect(), scale = svg.viewBox.baseVal.width / frame.width;
    const x = (event.clientX - frame.left) * scale, y = (event.clientY - frame.top) * scale;
    const distance = (p) => Math.hypot(p.x - x, p.y - y);
    const best = places.reduce((p, q) => (p && distance(p) <= distance(q) ? p : q), null);
    return best && distance(best) < REACH ? best : null;
  };
  let near = null;
  svg.addEventListener("pointermove", (event) => {
    const found = nearest(event);
    svg.classList.toggle("near", found !== null);
    if (near) near.group.classList.remove("near");
    if (found) found.tip();
    else pwlin.untip();
    if (found) {
      found.group.classList.add("near");
      if (!near || near.kink !== found.kink) tell(found.kink);
    }
    near = found;
  });
  svg.addEventListener("pointerleave", () => pwlin.untip());
  svg.addEventListener("click", (event) => {
    const found = nearest(event);
    if (found) found.choose();
  });

  for (const button of document.querySelectorAll(".views button")) {
    button.addEventListener("click", () => {
      view = button.dataset.view;
      show();
      tell();
    });
  }
  const legend = pwlin.get("film-legend");
  film.neurons.forEach((neuron, i) => {
    const button = Object.assign(document.createElement("button"), { type: "button", title: `follow neuron ${neuron[NAME]}` });
    button.dataset.neuron = i;
    button.append(pwlin.swatch(neuron[COLOUR]), neuron[NAME]);
    button.addEventListener("click", () => choose(String(i)));
    legend.append(button);
  });

  const show = pwlin.player(draw, (moment) => {
    if (chosen !== null) tell(moment.kinks.find((kink) => follows(kink[NEURONS])));
  });
  tell();
})();
