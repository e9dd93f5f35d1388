/* The map with its lines. */
class MapView {
  constructor(app) {
    this.app = app;
    const box = make("div", app.root.querySelector(".map"), { class: "picture-box" });
    this.svg = draw("svg", box, { role: "img", "aria-label": "regions of the plane and the lines of the neurons" });
    this.overlay = make("div", box, { class: "overlay map-overlay" });
    this.cells = pool(() => draw("polygon", this.svg));
    this.lines = pool(() => draw("line", this.svg));
    this.arrows = pool(() => draw("path", this.svg, { class: "on-side" }));
    this.ends = pool(() => draw("circle", this.svg, { class: "turner", r: 6 }));
    this.gradient = pool(() => draw("path", this.svg, { class: "gradient" }));
    this.names = pool(() => word(this.svg, "name"));
    this.keys = pool(i => this.key(i));
    const on = (name, f) => this.overlay.addEventListener(name, f);
    on("pointerdown", e => this.down(e));
    on("pointermove", e => this.move(e));
    on("pointerup", e => this.up(e, false));
    on("pointercancel", e => this.up(e, true));
    on("pointerleave", () => app.point(null));
  }
  key(i) {
    const node = make("div", this.overlay, { class: "handle line-handle", role: "slider", tabindex: 0 });
    node.addEventListener("keydown", e => this.app.keys(e, i));
    node.addEventListener("focus", () => this.app.store.select(i));
    return node;
  }
  X(x) { const { a, b } = this.app.goal; return 10 + ((x - a) / (b - a)) * (this.size - 20); }
  Y(y) { const { c, d } = this.app.goal; return 10 + ((d - y) / (d - c)) * (this.size - 20); }
  at(e) {
    const box = this.overlay.getBoundingClientRect(), { a, b, c, d } = this.app.goal, unit = this.size - 20;
    return [a + ((e.clientX - box.left - 10) / unit) * (b - a), d - ((e.clientY - box.top - 10) / unit) * (d - c)];
  }
  /* Which way a neuron is on, in pixels. */
  upwards(n) {
    const dx = this.X(n.x) - this.X(0), dy = this.Y(n.y) - this.Y(0), size = Math.hypot(dx, dy) || 1;
    return [dx / size, dy / size];
  }
  /* The line, or the end of one, that is meant. */
  nearest([x, y]) {
    const { app } = this, px = [this.X(x), this.Y(y)];
    let found = null, least = 18;
    app.segments.forEach((s, i) => {
      if (!s) return;
      const [p, q] = s.map(([u, w]) => [this.X(u), this.Y(w)]), [dx, dy] = [q[0] - p[0], q[1] - p[1]];
      const t = clamp(((px[0] - p[0]) * dx + (px[1] - p[1]) * dy) / (dx * dx + dy * dy || 1), 0, 1);
      const off = Math.hypot(px[0] - p[0] - t * dx, px[1] - p[1] - t * dy) - (i === app.store.focus ? 0.5 : 0);
      const ends = [p, q].map(r => Math.hypot(px[0] - r[0], px[1] - r[1]));
      if (off < least) { least = off; found = { i, end: Math.min(...ends) < 24 }; }
    });
    return found;
  }
  down(e) {
    const { app } = this, at = this.at(e), place = this.nearest(at);
    if (!e.isPrimary || e.button || !place) return;
    e.preventDefault();
    const known = app.store.ui.selected;
    app.store.select(place.i);
    this.overlay.setPointerCapture(e.pointerId);
    const [p, q] = app.segments[place.i], n = app.store.net.neurons[place.i];
    const middle = [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2], [ux, uy] = this.upwards(n);
    const arrow = known === place.i && Math.hypot(this.X(at[0]) - this.X(middle[0]) - 8 * ux, this.Y(at[1]) - this.Y(middle[1]) - 8 * uy) < 10;
    this.gesture = { ...place, at, start: app.store.net, middle, moved: false, n, arrow };
    if (this.keyNodes[place.i]) this.keyNodes[place.i].focus({ preventScroll: true });
  }
  move(e) {
    const { app } = this, g = this.gesture, [x, y] = this.at(e);
    if (!g) {
      const place = this.nearest([x, y]);
      this.overlay.style.cursor = !place ? "" : place.end ? "alias" : "move";
      return app.point(app.regions.findIndex(r => inside(r.corners, x, y)));
    }
    if (!g.moved && Math.hypot(this.X(x) - this.X(g.at[0]), this.Y(y) - this.Y(g.at[1])) < 4) return;
    g.moved = true;
    const free = e.altKey, grid = free ? 0 : app.grid;
    if (g.end) {
      const angle = (p, q) => Math.atan2(q[1] - p[1], q[0] - p[0]);
      const turned = angle(g.middle, [x, y]) - angle(g.middle, g.at);
      app.store.show(planeEdit.turn(g.start, g.i, free ? turned : snapTo(turned, Math.PI / 180), ...g.middle));
    } else {
      const shift = g.n.x * (x - g.at[0]) + g.n.y * (y - g.at[1]);
      app.store.show(changed(g.start, g.i, { b: plain(snapTo(g.n.b - shift, grid)) }));
    }
  }
  up(e, cancelled) {
    const g = this.gesture, { app } = this;
    this.gesture = null;
    if (!g) return;
    if (cancelled) return app.store.show(g.start);
    if (g.moved) return app.store.remember(g.start);
    const now = performance.now();
    if (g.arrow || (this.last && this.last.i === g.i && now - this.last.time < 350)) { this.last = null; app.act("flip"); }
    else this.last = { i: g.i, time: now };
  }
  draw() {
    const { app } = this, { regions, store } = app;
    put(this.svg, { width: this.size, height: this.size, viewBox: `0 0 ${this.size} ${this.size}` });
    this.overlay.style.height = `${this.size}px`;
    this.cells(regions.length).forEach((node, k) => put(node, {
      points: regions[k].corners.map(p => `${fixed(this.X(p.x))},${fixed(this.Y(p.y))}`).join(" "),
      class: `cell${regions[k].on.filter(Boolean).length % 2 ? " odd" : ""}${k === app.pointed ? " pointed" : ""}`,
    }));
    const shown = app.segments.map((s, i) => [s, i]).filter(([s]) => s), { neurons } = store.net;
    this.lines(shown.length).forEach((node, k) => {
      const [[p, q], i] = shown[k];
      put(node, { x1: fixed(this.X(p[0])), y1: fixed(this.Y(p[1])), x2: fixed(this.X(q[0])), y2: fixed(this.Y(q[1])), class: `bend${neurons[i].v ? "" : " silent"}${i === store.focus ? " near" : ""}`, ...own(app, i) });
    });
    const middles = shown.map(([[p, q]]) => [this.X((p[0] + q[0]) / 2), this.Y((p[1] + q[1]) / 2)]);
    this.arrows(shown.length).forEach((node, k) => {
      const i = shown[k][1], [x, y] = middles[k], [ux, uy] = this.upwards(neurons[i]);
      put(node, { d: `M${fixed(x - 7 * uy)} ${fixed(y + 7 * ux)}L${fixed(x + 15 * ux)} ${fixed(y + 15 * uy)}L${fixed(x + 7 * uy)} ${fixed(y - 7 * ux)}Z`, ...own(app, i) });
    });
    this.names(shown.length).forEach((node, k) => {
      const n = neurons[shown[k][1]], size = Math.hypot(n.x, n.y) || 1;
      put(node, { x: fixed(middles[k][0] - (14 * n.x) / size), y: fixed(middles[k][1] + (14 * n.y) / size + 4), text: shown[k][1] + 1 });
    });
    const chosen = store.focus !== null ? app.segments[store.focus] : null;
    this.ends(chosen ? 2 : 0).forEach((node, k) => put(node, { cx: fixed(this.X(chosen[k][0])), cy: fixed(this.Y(chosen[k][1])), ...own(app, store.focus) }));
    this.keyNodes = this.keys(neurons.length);
    this.keyNodes.forEach((node, i) => {
      const k = shown.findIndex(([, j]) => j === i), [x, y] = k >= 0 ? middles[k] : [this.size - 22, this.size - 22], n = neurons[i];
      node.style.transform = `translate(${fixed(x)}px,${fixed(y)}px) translate(-50%,-50%)`;
      put(node, { "aria-label": `line of neuron ${i + 1}`, "aria-valuenow": n.b, "aria-valuetext": app.equation(n), tabindex: i === (store.ui.selected ?? 0) ? 0 : -1 });
    });
  }
  /* Where the middle of each line would go, down the gradient of the mean square over the whole domain. */
  drawGradient({ net }, shown) {
    const { app } = this, lines = shown ? app.segments.map((s, i) => [s, i]).filter(([s]) => s) : [];
    const gradient = lines.length ? planeGradient(net, app.regions, app.goal) : [];
    this.gradient(lines.length).forEach((node, k) => {
      const [[p, q], i] = lines[k], n = net.neurons[i], g = gradient[i], [x, y] = [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2];
      const rate = (g.x * x + g.y * y + g.b) / (n.x * n.x + n.y * n.y);
      const [dx, dy] = [this.X(rate * n.x) - this.X(0), this.Y(rate * n.y) - this.Y(0)], size = Math.hypot(dx, dy), scale = size ? arrowLength(size) / size : 0;
      put(node, { d: arrowPath(this.X(x), this.Y(y), dx * scale, dy * scale), ...own(app, i) });
    });
  }
}
