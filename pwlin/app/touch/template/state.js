/* The store: one network, what is selected and shown, undo; everything else is derived. */
const HISTORY = 100;

const opening = net => ({
  view: "sum", norm: "sup", selected: net.neurons.length ? 0 : null, hovered: null, piece: null,
  hold: false, fine: false, beyond: false, ghosts: false, tab: "slopes",
});

class Store {
  constructor(goal, net, grids = gridsOf(goal)) {
    this.goal = goal;
    this.grids = grids;
    this.net = net;
    this.ui = opening(net);
    this.past = [];
    this.future = [];
    this.burst = null;
    this.listeners = [];
    this.message = "";
  }
  get focus() {
    const i = this.ui.hovered ?? this.ui.selected;
    return i !== null && i < this.net.neurons.length ? i : null;
  }
  changed(what) { for (const f of this.listeners) f(what); }

  /* A new network, without a trace in the history; not finite ones are refused. */
  show(net) {
    if (!finite(net)) return false;
    this.net = net;
    if (this.ui.selected !== null && this.ui.selected >= net.neurons.length) this.ui.selected = net.neurons.length ? net.neurons.length - 1 : null;
    if (this.ui.hovered !== null && this.ui.hovered >= net.neurons.length) this.ui.hovered = null;
    this.changed("net");
    return true;
  }
  /* Remember that `before` was there; keys of one burst make one entry. */
  remember(before, burst = null) {
    const now = Date.now();
    if (before === this.net || sameNet(before, this.net)) return;
    if (burst && this.burst && this.burst.name === burst && now - this.burst.time < 600) this.burst.time = now;
    else {
      this.past.push(before);
      if (this.past.length > HISTORY) this.past.shift();
      this.burst = burst && { name: burst, time: now };
    }
    this.future = [];
    this.changed("history");
  }
  /* One step that can be undone. */
  apply(net, burst = null) {
    const before = this.net;
    this.say("");
    if (this.show(net)) this.remember(before, burst);
  }
  step(from, to) {
    if (!from.length) return;
    to.push(this.net);
    this.burst = null;
    this.show(from.pop());
    this.changed("history");
  }
  undo() { this.step(this.past, this.future); }
  redo() { this.step(this.future, this.past); }
  select(i) { this.ui.selected = i; this.changed("focus"); }
  set(more) { Object.assign(this.ui, more); this.changed("ui"); }
  say(text) {
    if (text === this.message) return;
    this.message = text;
    this.changed("message");
  }
}

const sameNet = (p, q) => JSON.stringify(p) === JSON.stringify(q);

/* The network as pwlin reads it: every number as the exact fraction of its double. */
function toJSON(net, more) {
  const text = x => Q.text(Q.of(x)), ns = net.neurons;
  const hidden = ns.length // a layer of nothing is no layer
    ? { weights: [ns.map(n => ("w" in n ? [text(n.w)] : [text(n.x), text(n.y)])), [ns.map(n => text(n.v))]], biases: [ns.map(n => text(n.b)), [text(net.c)]] }
    : { weights: [[Array.isArray(more.domain[0]) ? ["0", "0"] : ["0"]]], biases: [[text(net.c)]] };
  const slopes = ns.length ? [ns.map(() => ["0", "1"])] : [];
  return JSON.stringify({ format: "pwlin-network", version: 1, layers: slopes.length + 1, ...hidden, slopes, playground: more });
}
function fromData({ c, neurons }) {
  return { c: read(c), neurons: neurons.map(([w, b, v]) => ({ w: read(w), b: read(b), v: read(v) })) };
}

/* A text as a file of the reader's. */
function download(text) {
  const link = make("a", null, { download: "network.json", href: URL.createObjectURL(new Blob([text], { type: "application/json" })) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
