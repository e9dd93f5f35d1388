/* One playground: from the state to all views, at most once a frame. */
let count = 0;
const IDLE = 150, SLICE = 8;

class App {
  constructor(root, data) {
    this.root = root;
    this.number = count++;
    this.data = data;
    this.goal = readGoal(data.goal);
    this.exact = null;
    this.gesture = null;
    this.busy = false;
    this.derived = null;
    make("div", root, { class: "app" }).innerHTML = LAYOUT;
    if (data.start.fixed) this.goal.networks = {};
    this.start = data.start.fixed ? fixedNet(data.start.fixed) : data.start.seed === undefined ? fromData(data.start.net) : seeded(data.start.seed, data.start.hidden).net;
    this.store = new Store(this.goal, (!data.start.fixed && linkable() && fromHash(location.hash)) || this.start);
    Object.assign(this, curvesOf(this.goal));
    const hatch = draw("svg", root.querySelector(".app"), { width: 0, height: 0, "aria-hidden": "true", class: "defs" });
    const pattern = draw("pattern", draw("defs", hatch), { id: `pg${this.number}-hatch`, width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
    draw("line", pattern, { x1: 0, x2: 0, y1: 0, y2: 7, class: "hatch" });
    this.views = { fit: new FitView(this), slopes: new SlopesView(this), error: new ErrorView(this) };
    for (const view of Object.values(this.views)) view.handles = new Handles(this, view);
    this.tables = new TablesView(this);
    this.headline = new NumbersView(this);
    this.controls = new Controls(this);
    this.parts = PARTS.map(Part => new Part(this)); // training, tally, fold, tour: what else is on the page
    this.spoken = root.querySelector(".spoken");
    this.store.listeners.push(what => this.heard(what));
    new ResizeObserver(() => this.measure()).observe(root.querySelector(".main"));
    this.measure();
    this.render(performance.now());
  }

  get window() {
    const { a, b } = this.goal, pad = this.store.ui.beyond ? (b - a) / 5 : 0;
    return [a - pad, b + pad];
  }
  measure() {
    const shown = this.views.fit.node.clientWidth || this.root.querySelector(".fold").clientWidth || this.root.clientWidth - 12;
    const width = Math.max(Math.floor(shown), 260);
    if (width === this.width) return;
    this.width = width;
    for (const view of Object.values(this.views)) view.resize(width);
    this.schedule();
  }

  heard(what) {
    if (what === "net") { this.exact = null; this.exacting = null; clearTimeout(this.timer); }
    for (const part of this.parts) if (part.heard) part.heard(what);
    this.schedule();
  }
  schedule() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(now => { this.waiting = 0; this.render(now); });
  }
  /* Axes stay where they are while something is held or training plays. */
  rest(held) {
    this.busy = held;
    this.schedule();
  }
  get frozen() { return this.busy || Boolean(this.training && this.training.playing) || Boolean(this.gliding); }

  render(now) {
    const { store, goal } = this;
    if (!this.derived || this.derived.net !== store.net) {
      this.derived = derive(store.net, goal);
      this.errors = errorsOf(this.derived, goal);
    }
    const d = this.derived, [l, r] = this.window;
    this.outline = [...(l < goal.a ? this.beyond(l, goal.a) : []), ...d.regions.map(x => [x.l, x.yl]), [goal.b, d.regions.at(-1).yr], ...(r > goal.b ? this.beyond(goal.b, r) : [])];
    this.numbers = numbersOf(this, d, this.errors);
    let moving = false;
    for (const view of Object.values(this.views)) moving = view.axis.follow(view.wanted(d, this.errors), this.frozen, now) || moving;
    for (const view of Object.values(this.views)) view.draw(d, this.errors);
    placeHandles(this);
    this.tables.draw(d);
    this.headline.draw(d, this.errors);
    this.controls.draw(d);
    for (const part of this.parts) if (part.draw) part.draw(d);
    if (moving) this.schedule();
    else this.idle();
    this.speakLater();
  }
  /* f outside of the domain, with the kinks there. */
  beyond(l, r) {
    const kinks = this.store.net.neurons.map(n => -n.b / n.w).filter(k => k > l && k < r).sort((x, y) => x - y);
    return [l, ...kinks, r].map(x => [x, valueAt(this.store.net, x)]);
  }

  /* Exact errors when nothing has happened for a while, a few milliseconds at a time. */
  idle() {
    clearTimeout(this.timer);
    if (this.exact || this.busy || this.goal.epsilon || (this.training && this.training.playing)) return;
    this.timer = setTimeout(() => {
      this.exacting = exactErrors(this.derived, this.goal);
      this.slice();
    }, IDLE);
  }
  slice() {
    const work = this.exacting, end = performance.now() + SLICE;
    if (!work) return;
    for (;;) {
      const { done, value } = work.next();
      if (done) { this.exacting = null; this.exact = value; this.found = true; if (value) this.schedule(); return; }
      if (performance.now() > end) break;
    }
    this.timer = setTimeout(() => this.slice(), 0);
  }

  /* As it opened. */
  reset() {
    for (const part of this.parts) if (part.reset) part.reset();
    Object.assign(this.store, { past: [], future: [], burst: null, message: "" });
    this.store.show(this.start);
    this.store.set(opening(this.start));
  }

  /* -- what buttons and keys do ------------------------------------------------------------------ */
  act(name, value) {
    if (this.data.start.fixed) return;
    const { store, goal } = this, i = value !== undefined && name !== "add" ? value : store.ui.selected;
    if (name === "add") {
      const before = store.net, q = value === undefined ? this.widest() : value;
      store.apply(edit.add(store.net, q, goal));
      if (store.net !== before) { store.select(store.net.neurons.length - 1); store.say("It does nothing yet: pull its arm ▲▼."); }
    }
    else if (name === "undo") store.undo();
    else if (name === "redo") store.redo();
    else if (name === "best") this.glideTo();
    else if (i === null || !store.net.neurons[i]) return;
    else if (name === "flip") store.apply(edit.flip(store.net, i));
    else if (name === "remove") store.apply(edit.remove(store.net, i));
    else if (name === "double") store.apply(edit.scale(store.net, i, 2));
    else if (name === "halve") store.apply(edit.scale(store.net, i, 0.5));
  }
  /* The middle of the widest piece, on the grid. */
  widest() {
    const r = this.derived.regions.reduce((p, q) => (q.r - q.l > p.r - p.l ? q : p));
    return snapTo((r.l + r.r) / 2, this.store.grids.places);
  }
  neighbour(step) {
    const order = this.derived.parts.slice().sort((p, q) => (p.x || 0) - (q.x || 0)).map(p => p.index), n = order.length;
    if (!n) return;
    const i = order[(order.indexOf(this.store.ui.selected) + step + n) % n];
    this.store.select(i);
    this.schedule();
    requestAnimationFrame(() => { const node = this.views.fit.handles.pools.dot[i]; if (node) node.focus({ preventScroll: true }); });
  }
  point(hovered, piece) {
    const { ui } = this.store;
    if (ui.hovered === hovered && ui.piece === piece) return;
    ui.hovered = hovered;
    ui.piece = piece;
    this.views.error.tell(piece);
    this.schedule();
  }
  /* The best network of as many ReLUs, in a glide of 600 ms; one entry in the history. */
  glideTo() {
    const { store, goal } = this, known = bestNetwork(goal, store.ui.norm, store.net.neurons.length);
    if (!known || this.gliding) return;
    const before = store.net, at = glide(before, nearest(before, alike(goal, known.net).map(fromKinks))), start = performance.now();
    const end = () => {
      this.gliding = null;
      store.show(at(1));
      store.remember(before);
      const off = deadOf(derive(store.net, goal)).join(", ");
      store.say(off && `Off everywhere, for it cannot lessen this error: neuron ${off}.`);
      if (this.tour) this.tour.bests.add(store.net.neurons.length);
    };
    if (reduced()) return end();
    const frame = now => {
      const t = (now - start) / 600;
      if (t >= 1) return end();
      store.show(at(t * t * (3 - 2 * t)));
      this.gliding = requestAnimationFrame(frame);
    };
    this.gliding = requestAnimationFrame(frame);
  }

  /* A neuron's colour: its own among up to eight, else by what is in focus. */
  colour(i) {
    const { store: { net, ui }, derived } = this, part = derived && derived.parts[i];
    if (part && part.state === "dead") return "var(--dead)";
    if (net.neurons.length <= 8) return `var(--n${i + 1})`;
    return i === ui.hovered ? "var(--n2)" : i === ui.selected ? "var(--n1)" : "var(--soft)";
  }
  arrows(d, shown) { lineArrows(this, d, shown); }

  /* One polite sentence, some time after the last change. */
  speakLater() {
    if (this.training && this.training.playing) return;
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => {
      writeLink(this);
      const { store, derived: d } = this, norm = store.ui.norm === "sup" ? "largest error" : "mean square error";
      const worth = this.headline.worth(d, this.numbers.effective, this.numbers.value);
      put(this.spoken, { text: `${store.message ? store.message + " " : ""}${norm} ${decimal(this.numbers.value, 4)}${worth ? `, ${worth}` : ""}` });
      put(this.views.fit.svg, { "aria-label": `The target ${this.goal.name} and a network ${this.data.start.fixed ? this.data.start.fixed.shape : `of ${plural(d.parts.length, "ReLU")}`}: ${plural(d.pieces, "piece")}, kinks at ${d.kinks.map(j => label(j.exact, 9, 7 + this.goal.finer)).join(", ") || "no place"}.` });
      put(this.views.slopes.svg, { "aria-label": `Slopes of the pieces, left to right: ${d.regions.map(r => decimal(r.slope, 4)).join(", ")}.` });
      put(this.views.error.svg, { "aria-label": `The error, largest at ${decimal(this.errors.at, 4)}: ${decimal(this.errors.sup, 4)}.` });
    }, 400);
  }
}
