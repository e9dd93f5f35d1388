// The moving picture of a run with one input: each kink tells its neuron, jump and exact place.
"use strict";
(() => {
  const film = JSON.parse(pwlin.get("film-data").textContent);
  const { element, number, ticks } = pwlin, svg = pwlin.get("film-picture");
  const NEURONS = 0, X = 1, JUMP = 2, EXACT_X = 3, EXACT_JUMP = 4; // places in a kink's record
  const REACH = 16; // pixels within which the pointer means a kink
  let view = "fit", chosen = null, places = [];

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

  // What a view shows of a moment: the target's line, one line for each region, and heights at kinks.
  const views = {
    fit: {
      target: film.y.length ? film.y : null,
      pieces: (m) => m.y.slice(1).map((y, i) => [[m.x[i], m.y[i]], [m.x[i + 1], y]]),
      height: (m, x) => interpolate(m.x, m.y, x),
      label: `f(${film.variable})`,
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
          return [m.x[i], ...inside, m.x[i + 1]].map((x) => [x, views.error.height(m, x)]);
        }),
      height: (m, x) => interpolate(m.x, m.y, x) - interpolate(film.x, film.y, x),
      label: `f − ${film.name}`,
    },
  };

  // The range that an axis shows: of the target and of the last moment, the same for all moments.
  const range = (name) => {
    const last = film.moments[film.moments.length - 1], shown = views[name];
    const ys = shown.pieces(last).flat().map((p) => p[1]).concat(shown.target || []);
    const low = ys.reduce((a, b) => Math.min(a, b)), high = ys.reduce((a, b) => Math.max(a, b));
    const scale = name === "error" ? 4 : 1; // earlier errors are larger
    const pad = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1;
    return [low * scale - pad, high * scale + pad];
  };
  const ranges = {};

  const colour = (kink) => film.colours[kink[NEURONS][0]] || "var(--soft)";
  const tell = (kink) => {
    if (!kink) {
      const hint = film.moments.length > 1 ? ", or press it to follow its neuron through training." : " to see what it is.";
      return pwlin.tell([`Point at a kink${hint}`]);
    }
    const names = pwlin.neurons(kink[NEURONS]), many = kink[NEURONS].length > 1 ? "s" : "";
    pwlin.tell([
      [pwlin.swatch(colour(kink)), pwlin.strong(names ? `Kink of neuron${many} ${names}` : "Kink")],
      [`at ${film.variable} ≈ ${number(kink[X], 9)}, exactly `, { exact: kink[EXACT_X] }],
      [`the slope jumps by ${number(kink[JUMP], 9)}, exactly `, { exact: kink[EXACT_JUMP] }],
    ]);
  };

  const draw = (moment) => {
    const shown = views[view];
    const width = Math.max(svg.clientWidth, 280), height = Math.round(Math.min(Math.max(width * 0.52, 250), 430));
    const box = { left: 52, right: width - 10, top: 10, bottom: height - 38 };
    const [low, high] = (ranges[view] ||= range(view));
    const [a, b] = film.domain;
    const px = (x) => box.left + ((x - a) / (b - a)) * (box.right - box.left);
    const py = (y) => Math.max(Math.min(box.bottom - ((y - low) / (high - low)) * (box.bottom - box.top), 1e5), -1e5);
    const path = (points) => "M" + points.map(([x, y]) => `${px(x).toFixed(2)},${py(y).toFixed(2)}`).join("L");

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
    places = moment.kinks.map((kink) => {
      const key = kink[NEURONS].join(" "), label = `kink of neuron ${pwlin.neurons(kink[NEURONS])}`;
      const height = py(shown.height(moment, kink[X]));
      const x = px(kink[X]), y = Math.max(Math.min(height, box.bottom + 6), box.top - 6);
      const group = element("g", { class: key === chosen ? "kink chosen" : "kink", "aria-label": label }, plot);
      element("circle", { class: "dot", r: moment.kinks.length > 30 ? 3.4 : 4.5, fill: colour(kink), cx: x, cy: y }, group);
      const choose = () => {
        chosen = chosen === key ? null : key;
        show();
        tell(kink);
      };
      pwlin.focusable(group, () => tell(kink), choose);
      return { x, y, group, kink, choose };
    });
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
    if (found) {
      found.group.classList.add("near");
      if (!near || near.kink !== found.kink) tell(found.kink);
    }
    near = found;
  });
  svg.addEventListener("click", (event) => {
    const found = nearest(event);
    if (found) found.choose();
  });

  const show = pwlin.player(film.moments, draw, (moment) => {
    if (chosen !== null) tell(moment.kinks.find((k) => k[NEURONS].join(" ") === chosen));
  });
  for (const button of document.querySelectorAll(".views button")) {
    button.addEventListener("click", () => {
      view = button.dataset.view;
      for (const other of document.querySelectorAll(".views button")) other.setAttribute("aria-pressed", other === button);
      show();
    });
  }
  tell(null);
})();
