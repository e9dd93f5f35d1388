/* A playground of two inputs: lines to shift and turn on the map, a surface to look at from all sides. */
const PLANE_LAYOUT = `
<div class="toolbar" role="toolbar" aria-label="tools">
  <span class="target-name"></span>
  ${HISTORY_TOOLS}
  ${NEURON_TOOLS("", "a click on its arrow, or a double click on its line")}
  ${TAKE}
</div>
<div class="strip"><span class="strip-text"></span></div>
<p class="message"></p>
<div class="plane">
  <section class="map" aria-label="map"><h2>shift a line, or turn it at its ends</h2></section>
  <section class="surface" aria-label="surface"><h2>f, and the target as a grid: turn it, or pull ▲▼</h2></section>
  <section class="plane-error" aria-label="error"><h2>error</h2></section>
  <div class="side">
    <section class="numbers" aria-label="numbers"><p class="headline"></p><p class="exact"></p><p class="counts"></p><p class="bar-note">The best possible with so many ReLUs is not known in two variables.</p></section>
    ${neuronList(["neuron", "on where", "v"])}
    ${cardOf(["x", "y", "b", "v"], "")}
    <p class="told region-text"></p><p class="notes"></p>
  </div>
  <section class="train" aria-label="training"></section>
</div>
${SPOKEN}`;

class PlaneApp {
  constructor(root, data) {
    Object.assign(this, { root, data, pointed: -1 });
    make("div", root, { class: "app" }).innerHTML = PLANE_LAYOUT;
    const sides = data.goal.domain.map(side => side.map(Q.parse)), [[a, b], [c, d]] = sides.map(side => side.map(Q.float));
    this.goal = { ...data.goal, sides, a, b, c, d, form: data.goal.form.map(t => Q.float(Q.parse(t))) };
    this.goal.inputs = ["x", "y"];
    this.goal.sample = (random, at) => planeSample(this.goal, random, at);
    const { start } = data, net = start.seed !== undefined ? seeded(start.seed, start.hidden, this.goal.inputs).net
      : { c: start.net.c, neurons: start.net.neurons.map(([x, y, b, v]) => ({ x, y, b, v })) };
    this.grid = 2 ** Math.floor(Math.log2(Math.min(b - a, d - c) / 64));
    this.store = new Store(this.goal, net, { places: this.grid, slopes: this.grid });
    const values = [];
    for (let i = 0; i <= 20; i++) for (let j = 0; j <= 20; j++) values.push(formAt(this.goal, a + ((b - a) * i) / 20, c + ((d - c) * j) / 20));
    this.seen = [Math.min(...values), Math.max(...values)];
    this.target = spanning(values, 1);
    this.map = new MapView(this);
    this.surface = new SurfaceView(this);
    this.error = new ErrorMap(this);
    const find = name => root.querySelector(`.${name}`);
    for (const node of root.querySelectorAll("[data-act]")) node.addEventListener("click", () => this.act(node.dataset.act));
    find("take").addEventListener("click", () => download(this.json()));
    put(find("target-name"), { text: `target ${data.goal.name} on ${data.goal.domain.map(side => `[${side.map(x => label(Q.parse(x), 12)).join(", ")}]`).join(" × ")}` });
    put(find("notes"), { text: data.notes.join(" ") });
    this.fields = ["x", "y", "b", "v"].map(name => new Field(this, name));
    this.rows = pool(() => neuronRow(this, 3));
    this.store.set({ norm: "mse" }); // both errors are shown
    this.spoken = find("spoken");
    this.parts = PARTS.map(Part => new Part(this));
    this.store.listeners.push(() => this.schedule());
    new ResizeObserver(() => this.measure()).observe(find("plane"));
    this.measure();
    this.render();
  }
  json() { return toJSON(this.store.net, { target: this.goal.text, domain: this.data.goal.domain, ...this.training.summary() }); }
  get gesture() { const { held } = this.surface; return this.map.gesture || (held && held.arm); }
  get moving() { return Boolean(this.gesture || this.training.playing); }
  arrows(d, shown) { this.map.drawGradient(d, shown); }
  measure() {
    const size = Math.max(Math.floor(Math.min(this.root.querySelector(".map").clientWidth || 300, 430)), 220);
    if (this.map.size === size) return;
    this.map.size = size;
    this.schedule();
  }
  schedule() {
    if (!this.waiting) this.waiting = requestAnimationFrame(() => { this.waiting = 0; this.render(); });
  }
  colour(i) { return this.store.net.neurons.length <= 8 ? `var(--n${i + 1})` : i === this.store.focus ? "var(--n1)" : "var(--soft)"; }
  equation(n) {
    const part = (x, name) => (x ? `${x < 0 ? " − " : " + "}${Math.abs(x) === 1 && name ? "" : decimal(Math.abs(x), 3)}${name}` : "");
    const text = `${part(n.x, "x")}${part(n.y, "y")}${part(n.b, "")}`.replace(/^ \+ /, "").replace(/^ − /, "−");
    return `${text || "0"} > 0`;
  }
  point(k) {
    if (k === null) k = -1;
    if (k === this.pointed) return;
    this.pointed = k;
    this.schedule();
  }
  act(name) {
    const { store } = this, i = store.ui.selected;
    if (name === "undo") store.undo();
    else if (name === "redo") store.redo();
    else if (name === "add") {
      const before = store.net;
      store.apply(planeEdit.add(store.net));
      if (store.net !== before) store.select(store.net.neurons.length - 1);
    }
    else if (i === null || !store.net.neurons[i]) return;
    else if (name === "flip") store.apply(planeEdit.flip(store.net, i));
    else if (name === "remove") store.apply(edit.remove(store.net, i));
  }
  keys(e, i) {
    const { store } = this, n = store.net.neurons[i], size = Math.hypot(n.x, n.y), burst = `line${i}`;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[e.key], rise = { ArrowUp: 1, ArrowDown: -1 }[e.key], s = this.segments[i];
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "z") e.shiftKey ? store.redo() : store.undo();
    else if (e.ctrlKey || e.metaKey) return;
    else if (step && e.shiftKey && s) store.apply(planeEdit.turn(store.net, i, (step * Math.PI) / 180, (s[0][0] + s[1][0]) / 2, (s[0][1] + s[1][1]) / 2), burst);
    else if (step) store.apply(changed(store.net, i, { b: plain(n.b - step * this.grid * (size || 1)) }), burst);
    else if (rise) store.apply(planeEdit.pull(store.net, i, n.v + rise * this.grid), burst);
    else if (e.key.toLowerCase() === "f") this.act("flip");
    else if (e.key === "Delete" || e.key === "Backspace") this.act("remove");
    else return;
    e.preventDefault();
  }
  render() {
    const { store, goal } = this, { net } = store, find = name => this.root.querySelector(`.${name}`);
    this.regions = cutPlane(net, goal);
    this.errors = planeErrors(this.regions, goal);
    this.segments = net.neurons.map(n => (n.x || n.y ? segmentOf(n, goal) : null));
    const tops = this.regions.flatMap(r => r.corners.map(p => clamp(r.c + r.gx * p.x + r.gy * p.y, ...this.target)));
    if (!this.moving || !this.heights) this.heights = spanning([...tops, ...this.seen], 0);
    this.map.draw();
    this.surface.draw();
    this.error.draw();
    put(find("headline"), { text: `largest error ≈ ${decimal(this.errors.sup)}` });
    put(find("strip-text"), { text: `off by ${decimal(this.errors.sup, 4)}, mean square ${decimal(this.errors.mse, 4)}` });
    put(find("exact"), { text: `at (${decimal(this.errors.x, 4)}, ${decimal(this.errors.y, 4)}); mean square error ≈ ${decimal(this.errors.mse)}` });
    put(find("counts"), { text: `${plural(this.regions.length, "region")} (patterns of on and off)` });
    const r = this.regions[this.pointed];
    put(find("region-text"), { text: r ? `Here f = ${decimal(r.gx, 4)} x + ${decimal(r.gy, 4)} y + ${decimal(r.c, 4)}.` : "" });
    this.rows(net.neurons.length).forEach(({ node, cells, button }, i) => {
      put(node, { class: i === store.ui.selected ? "selected near" : "", ...own(this, i) });
      put(button, { text: i + 1, "aria-label": `select neuron ${i + 1}`, "aria-pressed": i === store.ui.selected });
      put(cells[1], { text: this.equation(net.neurons[i]) });
      put(cells[2], { text: label(Q.of(net.neurons[i].v), 7, 4) });
    });
    this.drawCard();
    put(find("message"), { text: store.message });
    this.derived = { net, parts: net.neurons.map((_, index) => ({ index, state: this.regions.some(r => r.on[index]) ? "bends" : "dead" })) };
    for (const part of this.parts) part.draw(this.derived);
    for (const node of this.root.querySelectorAll("[data-act]")) node.disabled = { undo: !store.past.length, redo: !store.future.length, add: net.neurons.length >= 12 }[node.dataset.act] ?? store.focus === null;
    clearTimeout(this.speaking);
    if (!this.training.playing) this.speaking = setTimeout(() => put(this.spoken, { text: `${store.message ? store.message + " " : ""}largest error ${decimal(this.errors.sup, 4)}, ${plural(this.regions.length, "region")}` }), 400);
  }
  drawCard() {
    const { store } = this, i = store.ui.selected, card = this.root.querySelector(".card");
    visible(card, i !== null);
    if (i === null) return;
    const n = store.net.neurons[i];
    put(card, own(this, i));
    put(card.querySelector(".card-title"), { text: `neuron ${i + 1}: v·relu(w·x + b), w = (x, y)` });
    for (const field of this.fields) field.draw(n[field.name], 4);
  }
}
