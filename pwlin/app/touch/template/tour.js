/* Five tasks that nobody has to do: each loads a network, asks for a prediction, and is done when the page says so. */
const relus = (c, ...triples) => ({ c, neurons: triples.map(([w, b, v]) => ({ w, b, v })) });
const STEPS = [
  {
    name: "One bend", net: () => relus(0, [1, 0, 2]), ui: { norm: "sup", view: "sum" },
    task: "Drag the kink to 2. Which number changes?", answers: ["w", "b", "v"], right: "b",
    done: app => app.derived.parts.length === 1 && app.derived.parts[0].x === 2 && Q.same(app.derived.parts[0].kink, [2n, 1n]),
    learnt: "The kink is where wx + b = 0; sideways is b, and no slope changes.",
  },
  {
    name: "The staircase", net: () => relus(1, [-1, -1.75, 1], [1, -1.75, 1]), ui: { norm: "mse", view: "sum" },
    task: "Select a neuron and pull its tread in the slopes until the staircase follows 2x. What does pulling change?", answers: ["w", "b", "v"], right: "v",
    done: app => effective(app.goal, "mse", app.errors.mse) >= 2.5 && app.derived.parts.length <= 2,
    learnt: "Each neuron adds one step, v·|w| high; f follows x² when the steps follow 2x.",
  },
  {
    name: "Even spacing", net: () => relus(0.5, [-1, -4, 4], [-1, -3.5, 4], [1, -0.5, 4], [1, -3, 4]), ui: { norm: "sup", view: "sum" },
    task: "Move the kinks until the error is even, or press “show the best” with several sizes. Twice the pieces make the largest error", answers: ["half", "a quarter", "an eighth"], right: "a quarter",
    done: (app, tour) => (app.derived.parts.length === 4 && app.errors.sup <= 0.625) || tour.bests.size >= 2,
    learnt: "A piece of width h misses by h²/8: even widths are best, twice the pieces make the error four times smaller.",
  },
  {
    name: "Training", seed: 12, ui: { norm: "mse", view: "sum", tab: "train" },
    task: "Press play with the starts 12, 3 and 4; flip neuron 2 of start 4 and train on; then run 100 starts. Do most reach the best?", answers: ["yes", "no"], right: "no",
    done: app => app.tally.results && app.tally.results.length >= 20,
    learnt: "A dead neuron cannot learn, and neurons that start on the same side mostly stay there.",
  },
  {
    name: "Folding", ui: { view: "fold" },
    task: "Set the depth to 4 and fold all the way and back. How many pieces do 4 layers of 2 neurons make?", answers: ["8", "16", "32"], right: "16",
    done: app => app.fold.d >= 4 && app.fold.ends.size === 2,
    learnt: "A layer draws on all sheets at once: depth multiplies pieces, width adds them.",
  },
];

class Tour {
  constructor(app) {
    this.app = app;
    app.tour = this;
    this.bests = new Set();
    this.step = -1;
    this.finished = new Set();
    if (!app.data.tour) return;
    this.box = make("section", null, { class: "tour", "aria-label": "tour" });
    app.root.querySelector(".app").prepend(this.box);
    this.dots = make("span", this.box, { class: "dots" });
    this.buttons = STEPS.map((step, i) => {
      const node = make("button", this.dots, { type: "button", class: "tour-dot", title: step.name, "aria-label": `step ${i + 1}: ${step.name}`, text: i + 1 });
      node.addEventListener("click", () => this.go(i));
      return node;
    });
    this.task = make("span", this.box, { class: "tour-task" });
    this.choices = make("span", this.box, { class: "group tour-answers" });
    this.next = make("button", this.box, { type: "button", class: "tour-next" });
    this.next.addEventListener("click", () => this.go(this.step + 1));
    this.skip = make("button", this.box, { type: "button", class: "tour-skip", text: "close" });
    this.skip.addEventListener("click", () => { this.step = -1; visible(this.box, false); });
    this.heard();
  }
  reset() {
    this.step = -1;
    this.bests.clear();
    this.finished.clear();
    if (this.box) visible(this.box, true);
  }
  go(i) {
    const { app } = this;
    if (i >= STEPS.length) { this.step = -1; app.store.set({ view: "sum" }); return this.heard(); }
    const step = STEPS[i];
    this.step = i;
    this.answer = null;
    this.did = this.finished.has(i);
    this.bests.clear();
    app.training.stop();
    if (step.seed !== undefined) app.training.load(step.seed, 2);
    else if (step.net) { app.store.apply(step.net()); app.training.fresh(); app.store.select(0); }
    if (step.ui.view === "fold") { app.fold.kind.value = "tent"; app.fold.depth.value = 1; app.fold.time.value = 0; app.fold.change(); app.fold.ends.clear(); }
    app.store.set({ hold: false, beyond: false, ...step.ui });
    put(this.choices, { text: "" });
    for (const text of step.answers) {
      const node = make("button", this.choices, { type: "button", text });
      node.addEventListener("click", () => { this.answer = text; this.app.schedule(); });
    }
    app.schedule();
  }
  heard() { if (this.app.derived) this.app.schedule(); }
  draw() {
    if (!this.box) return;
    const step = STEPS[this.step];
    visible(this.choices, Boolean(step));
    if (!step) {
      put(this.task, { text: "A tour in five small tasks." });
      put(this.next, { text: this.finished.size ? "again" : "start" });
    } else {
      this.did = this.did || Boolean(step.done(this.app, this));
      const wrong = this.answer !== null && this.answer !== step.right;
      if (this.did && wrong) this.finished.delete(this.step);
      else if (this.did) this.finished.add(this.step);
      const done = this.finished.has(this.step), answered = this.answer === null ? "" : ` You say “${this.answer}”. ${this.did ? "Not yet: try" : "Now try"} it.`;
      put(this.task, { text: done ? `✓ ${step.learnt}` : step.task + answered });
      put(this.next, { text: done ? "next" : "skip" });
      for (const node of this.choices.children) {
        const chosen = node.textContent === this.answer, right = node.textContent === step.right;
        put(node, { "aria-pressed": chosen, class: done && right ? "right" : "" });
      }
    }
    this.buttons.forEach((node, i) => put(node, { "aria-current": i === this.step ? "step" : "false", class: `tour-dot${this.finished.has(i) ? " done" : ""}` }));
  }
}
PARTS.push(Tour);
