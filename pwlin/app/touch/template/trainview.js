/* Play, one step, start again, the next seed. */
const LIMIT = 3000;
const TRAIN = `<div class="train-tools">
  <span class="group"><button type="button" class="play" title="train (Space)">▶ play</button><button type="button" class="once" title="one step (S)" >step</button><button type="button" class="again" title="back to this start" aria-label="back to this start">⟲</button></span>
  <label>start <input type="number" class="seed" min="0" max="4294967295" value="1" aria-label="seed of the start"></label><button type="button" class="dice" title="the next start" >next</button>
  <label><span class="sr">optimizer</span><select class="optimizer"><option>adam</option><option>sgd</option><option>momentum</option></select></label>
  <label>rate <input type="text" class="rate" value="0.01" inputmode="decimal"></label>
  <label>batch <input type="number" class="batch" min="1" max="4096" value="64"></label>
  <label>speed <select class="speed"><option>1</option><option selected>4</option><option>16</option><option>64</option></select></label>
  <label title="the gradient's, also under Adam"><input type="checkbox" class="show-arrows" checked> arrows</label>
  <span class="steps"></span>
  <span class="follows">training follows the mean square</span>
</div><p class="train-text"></p><div class="tally"></div>`;

class TrainView {
  constructor(app) {
    this.app = app;
    app.training = this;
    const box = app.root.querySelector(".train");
    box.innerHTML = `<h2>train</h2>${TRAIN}`;
    const find = name => box.querySelector(`.${name}`);
    for (const name of ["seed", "optimizer", "rate", "batch", "speed", "steps", "train-text", "show-arrows"]) this[name.replace("-", "_")] = find(name);
    this.buttons = { play: find("play"), once: find("once") };
    this.playing = false;
    this.losses = [];
    this.number = app.data.start.seed ?? 1;
    this.seed.value = this.number;
    this.fresh();
    if (app.data.start.seed !== undefined) this.random = this.begin(app.store.net.neurons.length).random;
    this.buttons.play.addEventListener("click", () => this.toggle());
    this.buttons.once.addEventListener("click", () => this.once());
    find("again").addEventListener("click", () => this.restart());
    find("dice").addEventListener("click", () => this.load((this.number + 1) >>> 0));
    this.seed.addEventListener("change", () => this.load(Math.floor(Number(this.seed.value)) >>> 0));
    this.show_arrows.addEventListener("change", () => app.schedule());
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.stop(); });
  }
  reset() {
    this.stop();
    this.number = this.app.data.start.seed ?? 1;
    this.seed.value = this.number;
    Object.assign(this.optimizer, { value: "adam" });
    Object.assign(this.rate, { value: "0.01" });
    this.speed.value = "4";
    this.fresh();
  }
  /* The random start with so many neurons. */
  begin(n) { return seeded(this.number, n, this.app.goal.inputs); }
  /* Nothing is trained yet: the generator stands where it draws batches. */
  fresh() {
    this.random = this.begin(this.app.store.net.neurons.length).random;
    this.step = 0;
    this.limit = LIMIT;
    this.losses = [];
    this.trainer = null;
    this.origin = null;
  }
  get settings() {
    const rate = Q.parse(this.rate.value), batch = Math.floor(Number(this.batch.value));
    return { optimizer: this.optimizer.value, lr: rate && Q.sign(rate) > 0 ? Q.float(rate) : 0.01, momentum: 0.9, batch: clamp(batch || 64, 1, 4096) };
  }
  summary() {
    const { optimizer, lr, batch } = this.settings;
    return { seed: this.number, steps: this.step, optimizer, lr, batch };
  }
  /* The trainer of the network that is shown; after an edit the optimizer starts afresh. */
  ready() {
    const { store } = this.app;
    if (!this.step) { this.origin = store.net; this.random = this.begin(store.net.neurons.length).random; this.losses = []; }
    if (!this.trainer || this.shown !== store.net) this.trainer = new Trainer(this.app.goal, store.net, this.random, this.settings);
    this.trainer.settings = this.settings;
    return this.trainer;
  }
  /* So many steps, shown; whether it can go on. */
  advance(count) {
    const trainer = this.ready();
    let good = trainer.net();
    for (let done = 0; done < count && this.step < this.limit; done++) {
      this.losses.push(trainer.step());
      this.step++;
      const next = trainer.net();
      if (!finite(next)) {
        this.app.store.say(`The rate ${this.settings.lr} was too large: the weights left the range of doubles after ${plural(this.step, "step")}.`);
        trainer.read(good);
        this.shown = null;
        return false;
      }
      good = next;
    }
    this.shown = good;
    this.app.store.show(good);
    return this.step < this.limit;
  }
  toggle() { if (this.playing) this.stop(); else this.start(); }
  start() {
    if (this.playing || !this.app.store.net.neurons.length) return;
    if (this.step >= this.limit) this.limit = this.step + LIMIT;
    this.app.store.say("");
    this.follow();
    this.playing = true;
    this.before = this.app.store.net;
    this.last = 0;
    this.speak("training starts");
    requestAnimationFrame(now => this.frame(now));
  }
  frame(now) {
    if (!this.playing) return;
    const rest = reduced() ? 250 : 0;
    if (!this.app.gesture && now - this.last >= rest) {
      const before = this.step, speed = Number(this.speed.value) * (rest ? 15 : 1);
      this.last = now;
      if (!this.advance(speed)) return this.stop();
      if (Math.floor(before / 500) < Math.floor(this.step / 500)) this.speak(`step ${this.step}`);
    }
    requestAnimationFrame(then => this.frame(then));
  }
  stop() {
    if (!this.playing) return;
    this.playing = false;
    this.app.store.remember(this.before);
    this.speak(`training stops at step ${this.step}`);
    this.app.schedule();
  }
  follow() {
    const { store } = this.app;
    if (store.ui.norm === "sup") store.say("Training follows the mean square, shown now; the largest error may grow.");
    store.set({ norm: "mse" });
  }
  speak(text) { put(this.app.spoken || this.steps, { text }); }
  once() {
    this.stop();
    if (!this.app.store.net.neurons.length) return;
    if (this.step >= this.limit) this.limit = this.step + 1;
    const before = this.app.store.net;
    this.follow();
    this.advance(1);
    this.app.store.remember(before, "step");
  }
  restart() {
    this.stop();
    if (this.origin) this.app.store.apply(this.origin);
    this.fresh();
    this.app.schedule();
  }
  /* The random start of a seed, with as many neurons as there are. */
  load(seed, count = this.app.store.net.neurons.length) {
    this.stop();
    this.number = seed;
    this.seed.value = seed;
    this.app.store.apply(this.begin(Math.max(count, 1)).net);
    this.fresh();
    this.app.schedule();
  }
  draw(d) {
    const n = d.net.neurons.length;
    put(this.buttons.play, { text: this.playing ? "⏸ pause" : this.step >= this.limit ? "▶ go on" : "▶ play" });
    this.buttons.play.disabled = this.buttons.once.disabled = !n;
    put(this.steps, { text: `step ${this.step.toLocaleString("en")}/${this.limit.toLocaleString("en")}` });
    const dead = deadOf(d);
    put(this.train_text, { text: dead.length ? `Dead: ${dead.length > 1 ? "neurons" : "neuron"} ${dead.join(", ")}. ${dead.length > 1 ? "They are" : "It is"} on nowhere, so the gradient is 0 and training cannot wake ${dead.length > 1 ? "them" : "it"}.` : "" });
    this.app.arrows(d, this.show_arrows.checked && this.step > 0);
  }
}
PARTS.push(TrainView);
