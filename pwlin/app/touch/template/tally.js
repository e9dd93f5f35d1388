/* Many starts, counted: how many reach the best of as many ReLUs, and how many lose a neuron. */
class Tally {
  constructor(app) {
    this.app = app;
    this.box = app.root.querySelector(".tally");
    this.box.innerHTML = `<button type="button" class="run-tally">run 100 starts</button> <span class="tally-text"></span><svg class="histogram" role="group" aria-label="starts by their number of effective pieces"></svg>`;
    this.button = this.box.querySelector("button");
    this.text = this.box.querySelector(".tally-text");
    this.svg = this.box.querySelector("svg");
    this.bars = pool(() => this.bar());
    this.mark = draw("path", this.svg, { class: "tally-mark", d: "M0 0-4 7H4Z" });
    const text = () => word(this.svg, "tick");
    this.labels = pool(text);
    this.heights = pool(text);
    this.name = word(this.svg, "tick");
    visible(this.svg, false);
    app.tally = this;
    this.starts = 100;
    this.button.addEventListener("click", () => (this.running ? this.cancel() : this.run()));
  }
  bar() {
    const node = draw("rect", this.svg, { class: "tally-bar", tabindex: 0, role: "button" });
    const load = () => {
      const bin = this.bins[[...this.svg.querySelectorAll(".tally-bar")].indexOf(node)];
      if (!bin) return;
      bin.next = ((bin.next ?? -1) + 1) % bin.seeds.length;
      this.app.training.load(bin.seeds[bin.next], this.settings.n);
    };
    node.addEventListener("click", load);
    node.addEventListener("keydown", e => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); load(); } });
    return node;
  }
  cancel() { this.running = null; this.report(); }
  run() {
    const { app } = this, n = app.store.net.neurons.length;
    if (!n) return;
    app.training.stop();
    const known = bestNetwork(app.goal, "mse", n);
    this.settings = { n, steps: LIMIT, ...app.training.settings, top: known && known.error > 0 ? effective(app.goal, "mse", known.error) : null };
    this.results = [];
    this.running = this.work();
    this.slice();
  }
  *work() {
    const { goal } = this.app;
    for (let seed = 1; seed <= this.starts; seed++) {
      const { net, random } = seeded(seed, this.settings.n), trainer = new Trainer(goal, net, random, this.settings);
      for (let k = 0; k < LIMIT; k++) {
        trainer.step();
        if (k % 50 === 0) yield;
      }
      this.results.push(this.judge(seed, trainer.net()));
    }
  }
  judge(seed, net) {
    if (!finite(net)) return { seed, pieces: 0, kind: "lost" };
    const d = derive(net, this.app.goal), { mse } = errorsOf(d, this.app.goal);
    const pieces = effective(this.app.goal, "mse", mse), { top } = this.settings;
    const kind = top !== null && pieces >= 0.95 * top ? "reached" : d.parts.some(p => p.place !== "inside") ? "lost" : "other";
    return { seed, pieces, mse, kind };
  }
  slice() {
    const end = performance.now() + SLICE;
    while (this.running && performance.now() < end) if (this.running.next().done) this.running = null;
    this.report();
    if (this.running) setTimeout(() => this.slice(), 0);
  }
  get counts() { return ["reached", "lost", "other"].map(kind => this.results.filter(r => r.kind === kind).length); }
  report() {
    const { results, settings } = this, [reached, lost, other] = this.counts;
    put(this.button, { text: this.running ? "stop" : `run ${this.starts} starts` });
    const best = settings.top === null ? "" : `${reached} reached the best of ${plural(settings.n, "ReLU")}, `;
    put(this.text, { text: `${plural(results.length, "start")} (${settings.optimizer} ${settings.lr}, batch ${settings.batch}, ${settings.steps} steps): ${best}${lost} ended with a neuron without a kink inside, ${other} otherwise.` });
    this.histogram();
    this.app.schedule(); // the tour looks at it
  }
  /* Bins of a quarter of a piece. */
  histogram() {
    const known = this.results.filter(r => Number.isFinite(r.pieces) && r.pieces !== null), bins = new Map();
    visible(this.svg, known.length > 0);
    for (const r of known) {
      const k = Math.floor(r.pieces * 4);
      if (!bins.has(k)) bins.set(k, { k, seeds: [] });
      bins.get(k).seeds.push(r.seed);
    }
    this.bins = [...bins.values()].sort((p, q) => p.k - q.k);
    const width = Math.min(this.app.width, 480), height = 78, top = (this.settings.n + 1) * 4 + 1, each = width / top, most = Math.max(...this.bins.map(b => b.seeds.length), 1);
    put(this.svg, { width, height: height + 46, viewBox: `0 0 ${width} ${height + 46}` });
    const counts = this.heights(this.bins.length);
    this.bars(this.bins.length).forEach((node, i) => {
      const { k, seeds } = this.bins[i], h = Math.max((seeds.length / most) * (height - 18), 2);
      put(counts[i], { x: fixed((Math.min(k, top - 1) + 0.5) * each), y: fixed(height - h - 3), text: each >= 16 || seeds.length === most ? seeds.length : "" });
      put(node, { x: fixed(Math.min(k, top - 1) * each + 1), width: fixed(Math.max(each - 2, 2)), y: fixed(height - h), height: fixed(h), "aria-label": `${plural(seeds.length, "start")} with ${k / 4} to ${(k + 1) / 4} effective pieces: load one` });
    });
    const mark = this.settings.top;
    visible(this.mark, mark !== null);
    if (mark !== null) put(this.mark, to(mark * 4 * each, height + 2));
    this.labels(this.settings.n + 2).forEach((node, i) => put(node, { x: fixed(clamp(i * 4 * each, 5, width - 12)), y: height + 24, text: i }));
    put(this.name, { x: fixed(width / 2), y: height + 40, text: "effective pieces of so many starts" });
  }
}
PARTS.push(Tally);
