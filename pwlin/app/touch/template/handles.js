/* What can be grabbed: elements that stay, one for each kink, flag, riser, tread, arm and c; gestures and keys. */
const CLICK = 4, TWICE = 350;
const isSideways = place => ["dot", "flag", "riser"].includes(place.kind), ofNeuron = place => place.kind === "arm" || isSideways(place);

class Handles {
  constructor(app, picture) {
    this.app = app;
    this.picture = picture;
    this.places = []; // {kind, index, x, y, node, region}
    this.pools = {};
    const on = (name, f) => picture.overlay.addEventListener(name, f);
    on("pointerdown", e => this.down(e));
    on("pointermove", e => this.hover(e));
    on("pointerleave", () => app.point(null, null));
    on("pointercancel", e => this.end(e, true));
    on("lostpointercapture", e => this.end(e, true));
    on("pointerup", e => this.end(e, false));
    on("keydown", e => this.key(e));
    on("focusin", e => { const p = this.placeOf(e.target); if (p && ofNeuron(p) && !app.gesture) app.store.select(p.index); });
  }
  placeOf(node) { return this.places.find(p => p.node === node); }
  element(kind, index) {
    const known = (this.pools[kind] ||= []);
    if (!known[index]) {
      known[index] = make("div", this.picture.overlay, { class: `handle ${kind}` });
      if (kind === "dot" || kind === "arm" || kind === "c") put(known[index], { role: "slider", tabindex: "-1" });
      else put(known[index], { "aria-hidden": "true" });
    }
    return known[index];
  }
  /* Say where the handles are now; those that are not named are hidden. */
  put(places) {
    for (const p of places) {
      p.node = this.element(p.kind, p.index);
      const width = p.width ? `${p.width}px` : "";
      if (p.node.style.width !== width) p.node.style.width = width;
      p.node.style.transform = `translate(${fixed(p.x)}px,${fixed(p.y)}px) translate(-50%,-50%)`;
      if (p.named) put(p.node, p.named);
    }
    const shown = new Set(places.map(p => p.node));
    for (const nodes of Object.values(this.pools)) for (const node of nodes) if (node) visible(node, shown.has(node));
    this.places = places;
  }
  at(e) {
    const box = this.picture.overlay.getBoundingClientRect();
    return [e.clientX - box.left, e.clientY - box.top];
  }
  /* The handle that is meant: the nearest within reach; the arm before a dot, the neuron in focus before others. */
  nearest([x, y], reach) {
    const focus = this.app.store.focus;
    let found = null, least = reach;
    for (const p of this.places) {
      const wide = p.width ? Math.max(Math.abs(x - p.x) - p.width / 2, 0) : Math.abs(x - p.x);
      const high = p.tall ? Math.max(Math.abs(y - p.y) - p.tall / 2, 0) : Math.abs(y - p.y);
      let d = Math.hypot(wide, high);
      if (d > reach) continue;
      d -= p.kind === "arm" ? 6 : 0;
      d -= p.index === focus && p.kind !== "tread" ? 0.5 : 0;
      d += p.kind === "tread" ? 6 : 0;
      if (d < least) { least = d; found = p; }
    }
    return found;
  }
  down(e) {
    const { app } = this;
    if (!e.isPrimary || e.button || app.gesture) return;
    const at = this.at(e), place = this.nearest(at, e.pointerType === "touch" ? 28 : 18);
    this.free = place ? null : at;
    if (!place || (place.kind !== "c" && !app.store.net.neurons[place.neuron ?? place.index])) return; // gone, and not drawn yet
    e.preventDefault();
    app.gesture = { place, at, start: app.store.net, moved: false, handles: this, pointer: e.pointerId };
    if (ofNeuron(place)) app.store.select(place.index);
    const { dot } = app.views.fit.handles.pools, keys = place.node.hasAttribute("role") ? place.node : dot[place.neuron ?? place.index];
    if (keys) keys.focus({ preventScroll: true }); // so that Escape and arrows mean what is held
    (e.target.closest(".handle") || this.picture.overlay).setPointerCapture(e.pointerId);
    app.rest(true);
  }
  hover(e) {
    const { app } = this, g = app.gesture;
    if (g) { if (g.handles === this && e.pointerId === g.pointer) this.move(e); return; }
    if (e.pointerType === "touch") return;
    const at = this.at(e), place = this.nearest(at, 18);
    const near = place && ofNeuron(place) ? place.index : null;
    const k = app.derived.regions.findIndex(r => this.picture.X(r.l) <= at[0] && at[0] <= this.picture.X(r.r));
    app.point(near, this.picture.name === "error" && k >= 0 ? k : null);
    this.picture.overlay.style.cursor = !place ? "" : isSideways(place) ? "ew-resize" : "ns-resize";
  }
  move(e) {
    const { app } = this, g = app.gesture, { goal, store } = app, { kind, index } = g.place;
    const [x, y] = this.at(e), dx = x - g.at[0], dy = y - g.at[1], sideways = isSideways(g.place);
    const free = e.altKey || store.ui.fine;
    if (sideways && Math.abs(dy) > 30 && Math.abs(dy) > 2 * Math.abs(dx) && kind === "dot") {
      store.show(g.start);
      store.say("A neuron cannot lift its own kink: there it is still 0. Pull its arm ▲▼.");
      return;
    }
    if (!g.moved && (sideways ? Math.abs(dx) : Math.abs(dy)) < CLICK) return;
    g.moved = true;
    store.say("");
    const pic = this.picture;
    if (sideways) {
      const grid = free ? 0 : store.grids.places;
      const px = g.place.x + dx, ghost = free ? undefined : ghostsOf(app).find(k => Math.abs(pic.X(k) - px) < 6);
      store.show(edit.toKink(g.start, index, ghost ?? snapTo(pic.xAt(px), grid), goal, store.ui.hold || e.shiftKey));
      return;
    }
    const value = pic.yAt(g.place.y + dy), grid = free ? 0 : store.grids.slopes;
    if (kind === "arm") store.show(edit.arm(g.start, index, value, goal, grid));
    if (kind === "c") store.show(edit.offset(g.start, value, grid));
    if (kind === "tread") store.show(edit.tread(g.start, g.place.neuron, value, g.place.region, grid));
    pic.axis.widen(value);
  }
  end(e, cancelled) {
    const { app } = this, g = app.gesture, { free } = this;
    if (!g && free && e.isPrimary) {
      this.free = null;
      if (!cancelled && Math.hypot(this.at(e)[0] - free[0], this.at(e)[1] - free[1]) < 8) this.click({ at: free, place: null });
    }
    if (!g || g.handles !== this || e.pointerId !== g.pointer) return;
    app.gesture = null;
    if (cancelled) app.store.show(g.start);
    else if (g.moved) app.store.remember(g.start);
    else this.click(g);
    app.rest(false);
  }
  /* A second click on the same: flip what is there, or add where nothing is. */
  click(g) {
    const { app } = this, now = performance.now(), last = this.last;
    const same = last && now - last.time < TWICE && Math.hypot(g.at[0] - last.at[0], g.at[1] - last.at[1]) < 20;
    this.last = same ? null : { time: now, at: g.at };
    if (!same) return;
    const { kind, index } = g.place || {};
    if (kind === "dot" || kind === "flag") app.act("flip", index);
    else if (!g.place && this.picture.name === "fit") app.act("add", snapTo(this.picture.xAt(g.at[0]), app.store.ui.fine ? 0 : app.store.grids.places));
  }
  key(e) {
    const { app } = this, { store, goal } = app, place = this.placeOf(e.target);
    if (e.key === "Escape" && app.gesture) {
      const g = app.gesture;
      app.gesture = null;
      store.show(g.start);
      app.rest(false);
      return e.preventDefault();
    }
    if (!place || app.gesture) return;
    const i = place.index, n = store.net.neurons[i], factor = e.altKey ? 1 / 64 : e.shiftKey ? 8 : 1;
    const burst = `${place.kind}${i}`;
    const jump = by => (place.kind === "c" ? edit.offset(store.net, store.net.c + by, 0) : edit.jump(store.net, i, Q.float(jumpOf(n)) + by, 0));
    const toKink = q => store.apply(edit.toKink(store.net, i, q, goal, store.ui.hold), burst);
    const here = n && n.w ? Q.float(kinkOf(n)) : (goal.a + goal.b) / 2, kinks = n && place.kind !== "c";
    const step = { ArrowLeft: -1, ArrowRight: 1 }[e.key], rise = { ArrowUp: 1, ArrowDown: -1 }[e.key];
    const command = e.ctrlKey || e.metaKey, key = e.key.toLowerCase();
    if (command && key === "z") e.shiftKey ? store.redo() : store.undo();
    else if (command) return;
    else if (step && kinks && place.kind === "arm") store.apply(jump(step * factor * store.grids.slopes), burst);
    else if (step && kinks) toKink(here + step * factor * store.grids.places);
    else if (rise && (place.kind === "c" || kinks)) store.apply(jump(rise * factor * store.grids.slopes), burst);
    else if (e.key === "Home" && kinks) toKink(goal.a);
    else if (e.key === "End" && kinks) toKink(goal.b);
    else if (key === "f" && kinks) app.act("flip", i);
    else if (key === "h") app.store.set({ hold: !store.ui.hold });
    else if (key === "a") app.act("add");
    else if ((e.key === "Delete" || e.key === "Backspace") && kinks) app.act("remove", i);
    else if (e.key === "[" || e.key === "]") app.neighbour(e.key === "]" ? 1 : -1);
    else if (e.key === " " && app.training) app.training.toggle();
    else if (key === "s" && app.training) app.training.once();
    else return;
    e.preventDefault();
  }
}
