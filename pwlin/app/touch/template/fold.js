/* Depth: each layer folds the line, and a stroke on the folded stack unfolds to many pieces. */
const FOLDS = { // the ends of the parts that one layer lays on [0, 1], there and back
  tent: { most: 6, ends: [[0n, 1n], [1n, 2n], [1n, 1n]], neurons: 2 },
  zigzag: { most: 4, ends: [[0n, 1n], [1n, 6n], [1n, 3n], [2n, 3n], [1n, 1n]], neurons: 3 },
};
for (const law of Object.values(FOLDS)) law.pieces = law.ends.length - 1;
const FOLD = `<div class="train-tools">
  <label>by <select class="fold-kind"><option value="tent">tent, 2 neurons a layer</option><option value="zigzag">zigzag, 3 neurons a layer</option></select></label>
  <label>depth <input type="range" class="fold-depth" min="0" max="6" step="1" value="3"> <output class="fold-count"></output></label>
  <label>fold <input type="range" class="fold-time" min="0" max="3" step="any" value="0"></label>
  <button type="button" class="fold-play" title="one second for each fold">▶ fold</button>
  <label><input type="checkbox" class="fold-square"> x² by folding</label>
</div><svg class="fold-picture" role="img" tabindex="0"></svg><p class="fold-text"></p>`;

/* The exact map of one layer on [0, 1]. */
function foldOnce(kind, x) {
  const { ends } = FOLDS[kind], i = Math.max(ends.findIndex(e => Q.cmp(x, e) <= 0) - 1, 0), [l, r] = [ends[i], ends[i + 1]];
  return Q.reduce(Q.div(i % 2 ? Q.sub(r, x) : Q.sub(x, l), Q.sub(r, l)));
}
function folded(kind, depth, x) {
  for (let k = 0; k < depth; k++) x = foldOnce(kind, x);
  return x;
}
/* All exact places whose image after `depth` folds is y, left to right. */
function unfolded(kind, depth, y) {
  const { ends } = FOLDS[kind];
  let found = [y];
  for (let k = 0; k < depth; k++) found = ends.slice(1).flatMap((r, i) => {
    const l = ends[i], part = found.map(z => Q.reduce(i % 2 ? Q.sub(r, Q.mul(Q.sub(r, l), z)) : Q.add(l, Q.mul(Q.sub(r, l), z))));
    return i % 2 ? part.reverse() : part;
  });
  return found.filter((x, i) => !i || !Q.same(x, found[i - 1]));
}

class FoldView {
  constructor(app) {
    this.app = app;
    this.box = make("section", null, { class: "fold", "aria-label": "folding" });
    app.root.querySelector(".pictures").prepend(this.box);
    this.box.innerHTML = FOLD;
    const find = name => this.box.querySelector(`.fold-${name}`);
    for (const name of ["kind", "depth", "time", "square", "picture", "text", "count", "play"]) this[name === "play" ? "button" : name] = find(name);
    this.kind.addEventListener("change", () => { this.depth.max = FOLDS[this.kind.value].most; this.change(); });
    this.depth.addEventListener("input", () => this.change());
    this.time.addEventListener("input", () => { this.seen(); this.update(); });
    this.square.addEventListener("change", () => { if (this.square.checked) { this.kind.value = "tent"; this.depth.max = FOLDS.tent.most; } this.change(); });
    this.button.addEventListener("click", () => this.play());
    const svg = this.picture;
    this.sheets = pool(() => draw("path", svg, { class: "sheet" }));
    this.stroke = draw("path", svg, { class: "stroke" });
    this.target = draw("path", svg, { class: "target" });
    this.graph = draw("path", svg, { class: "sum" });
    this.axes = draw("path", svg, { class: "fold-axes" });
    this.ticks = pool(() => word(svg, "tick"));
    this.captions = pool(() => draw("text", svg, { class: "tick" }));
    this.points = pool(() => draw("circle", svg, { class: "fold-point", r: 4 }));
    svg.addEventListener("pointermove", e => this.hover(e));
    svg.addEventListener("keydown", e => this.key(e));
    svg.addEventListener("pointerleave", () => { this.place = null; this.update(); });
    this.ends = new Set();
    app.fold = this;
    this.change();
  }
  reset() {
    this.kind.value = "tent";
    this.square.checked = false;
    this.depth.value = 3;
    this.time.value = 0;
    this.change();
  }
  get d() { return Number(this.depth.value); }
  get t() { return Number(this.time.value); }
  change() {
    put(this.time, { max: this.d });
    this.time.value = Math.min(this.t, this.d);
    this.ends.clear();
    this.seen();
    this.update();
  }
  seen() {
    if (this.t <= 0.02) this.ends.add("open");
    if (this.t >= this.d - 0.02) this.ends.add("folded");
    if (this.app.derived) this.app.schedule(); // the tour looks at it
  }
  play() {
    if (this.timer) { cancelAnimationFrame(this.timer); this.timer = 0; return this.update(); }
    const from = this.t >= this.d ? 0 : this.t, start = performance.now();
    const frame = now => {
      let t = from + (now - start) / 1000;
      if (reduced()) t = Math.floor(t);
      this.time.value = Math.min(t, this.d);
      this.seen();
      this.timer = t < this.d ? requestAnimationFrame(frame) : 0;
      this.update();
    };
    this.timer = requestAnimationFrame(frame);
  }
  draw() {
    const shown = this.app.store.ui.view === "fold";
    visible(this.box, shown);
    this.app.root.querySelector(".app").classList.toggle("folding", shown);
    if (shown && this.drawn !== this.app.width) this.update();
  }
  update() {
    const { app } = this, width = app.width, kind = this.kind.value, law = FOLDS[kind], { d, t } = this, n = law.pieces;
    if (!width) return;
    this.drawn = width;
    const left = 30, right = width - 20, height = 480, floor = 130, unit = right - left;
    put(this.picture, { width, height, viewBox: `0 0 ${width} ${height}` });
    const done = Math.min(Math.floor(t), d), part = d ? t - done : 0, sheets = n ** done, shown = Math.min(sheets, 16);
    const X = x => left + x * unit;
    const paths = [];
    for (let s = 0; s < shown; s++) {
      const y = floor - 2 * s;
      paths.push(part <= 0 ? `M${left} ${y}H${fixed(right)}` : this.turning(law, part, X, y));
    }
    this.sheets(paths.length).forEach((node, s) => put(node, { d: paths[s], class: `sheet${s % 2 ? " back" : ""}` }));
    const top = floor + 80, bottom = floor + 26;
    put(this.stroke, { d: `M${fixed(X(0))} ${top}L${fixed(X(1))} ${bottom}` });
    const base = 450, high = 190, Y = y => base - y * high, square = this.square.checked;
    const f = square ? this.squareCorners(d) : this.corners(kind, d);
    put(this.graph, { d: f.map(([x, y], i) => `${i ? "L" : "M"}${fixed(X(x))} ${fixed(Y(y))}`).join("") });
    put(this.target, { d: square ? Array.from({ length: 101 }, (_, i) => `${i ? "L" : "M"}${fixed(X(i / 100))} ${fixed(Y((i / 100) ** 2))}`).join("") : "" });
    put(this.axes, { d: `M${left} ${base}H${right}M${left} ${base - high}V${base}M${left} ${top}H${right}` });
    const marks = [0, 0.25, 0.5, 0.75, 1];
    this.ticks(marks.length).forEach((node, i) => put(node, { x: fixed(X(marks[i])), y: base + 18, text: ["0", "1/4", "1/2", "3/4", "1"][i] }));
    const captions = ["the line from 0 to 1, folded", "a stroke on the folded stack", "the same, unfolded: the network"];
    this.captions(3).forEach((node, i) => put(node, { x: left, y: [14, top + 16, base - high - 8][i], text: captions[i] }));
    put(this.count, { text: String(d) });
    put(this.button, { text: this.timer ? "⏸ rest" : t >= d && d ? "▶ again" : "▶ fold" });
    this.drawPlace(X, Y, floor, d, kind);
    put(this.text, { text: this.told(law, d, sheets, square) });
    put(this.picture, { "aria-label": `A strip of paper folded ${plural(done, "time")}, ${plural(sheets, "sheet")}; below the graph of a network of depth ${d}: ${n ** d} pieces.` });
  }
  /* A sheet whose creases close: every other part turns over, then each is stretched to the whole length. */
  turning(law, part, X, y) {
    const turn = Math.min(part / 0.7, 1), stretch = Math.max((part - 0.7) / 0.3, 0), points = [[0, 0]];
    let [px, py] = [0, 0];
    law.ends.slice(1).forEach((r, i) => {
      const each = Q.float(Q.sub(r, law.ends[i])), angle = i % 2 ? Math.PI * turn : 0, long = each + (1 - each) * stretch;
      px += long * Math.cos(angle);
      py += each * Math.sin(angle) * 200 + 2;
      points.push([px, py]);
    });
    return points.map(([x, h], i) => `${i ? "L" : "M"}${fixed(X(x))} ${fixed(y - h)}`).join("");
  }
  /* Places and values where the graph turns. */
  corners(kind, d) {
    let places = [0, 1];
    const ends = FOLDS[kind].ends.map(Q.float);
    for (let k = 0; k < d; k++) places = ends.slice(1).flatMap((r, i) => {
      const l = ends[i], part = places.map(z => (i % 2 ? r - (r - l) * z : l + (r - l) * z));
      return (i % 2 ? part.reverse() : part).slice(i ? 1 : 0);
    });
    return places.map((x, i) => [x, i % 2]);
  }
  /* x - sum of tents over 4^s. */
  squareCorners(d) {
    const count = 2 ** Math.min(d, 10);
    return Array.from({ length: count + 1 }, (_, i) => [i / count, (i / count) ** 2]);
  }
  told(law, d, sheets, square) {
    if (square) {
      const neurons = Math.max(3 * d - 1, 0), off = 4 ** -(d + 1);
      const shallow = neurons ? `; the best of one layer with as many ReLUs is off by ${decimal(1 / (8 * (neurons + 0.5) ** 2), 4)}` : "";
      return `x − Σ tentₛ/4ˢ with ${plural(neurons, "neuron")} in ${plural(d, "layer")}: largest error 4^−${d + 1} = ${decimal(off, 4)}${shallow}.`;
    }
    const pieces = law.pieces ** d, more = sheets > 16 ? ` Of ${sheets} sheets 16 are drawn.` : "";
    const many = ` 20 layers make ${(law.pieces ** 20).toLocaleString("en")} pieces with ${20 * law.neurons} neurons.`;
    return `${plural(law.neurons * d, "neuron")} in ${plural(d, "layer")}: ${plural(pieces, "piece")}. One layer needs at least ${pieces - 1} ${pieces === 2 ? "neuron" : "neurons"}: depth multiplies pieces, width adds them.${many}${more}`;
  }
  hover(e) {
    const box = this.picture.getBoundingClientRect(), x = (e.clientX - box.left - 30) / (this.app.width - 50);
    this.point(x >= 0 && x <= 1 ? Math.round(64 * x) : null);
  }
  key(e) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[e.key], at = this.place ? 64 * Q.float(this.place) : 0;
    if (!step && e.key !== "Escape") return;
    e.preventDefault();
    this.point(step ? clamp(at + step, 0, 64) : null);
  }
  /* A place of the line, in parts of 64, or none. */
  point(k) {
    this.place = k === null ? null : Q.reduce([BigInt(k), 64n]);
    this.update();
  }
  /* A place below, where it lies on the stack, and all that lie there. */
  drawPlace(X, Y, floor, d, kind) {
    const shown = this.place ? unfolded(kind, d, folded(kind, d, this.place)).slice(0, 4096) : [];
    this.together = shown;
    const y = this.place ? Q.float(folded(kind, d, this.place)) : 0;
    const points = shown.map(x => [X(Q.float(x)), this.square.checked ? Y(Q.float(x) ** 2) : Y(y)]);
    if (shown.length) points.push([X(y), floor + 80 - 54 * y]);
    this.points(points.length).forEach((node, i) => put(node, { cx: fixed(points[i][0]), cy: fixed(points[i][1]) }));
  }
}
PARTS.push(FoldView);
