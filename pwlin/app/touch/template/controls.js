/* Everything that is a button, a box or a switch. */
class Controls {
  constructor(app) {
    this.app = app;
    const all = selector => [...app.root.querySelectorAll(selector)];
    for (const node of all("[data-act]")) node.addEventListener("click", () => app.act(node.dataset.act));
    this.acts = all("[data-act]");
    this.choices = all("[data-set]");
    for (const node of this.choices) node.addEventListener("click", () => app.store.set({ [node.dataset.set]: node.dataset.value }));
    this.checks = all("[data-check]");
    for (const node of this.checks) node.addEventListener("change", () => app.store.set({ [node.dataset.check]: node.checked }));
    put(app.root.querySelector(".target-name"), { text: `target ${app.goal.name} on [${[app.goal.A, app.goal.B].map(x => label(x, 12, 7 + app.goal.finer)).join(", ")}]` });
    put(app.root.querySelector(".notes"), { text: (app.data.notes || []).join(" ") });
    this.message = app.root.querySelector(".message");
    this.take = app.root.querySelector(".take");
    this.take.addEventListener("click", () => download(this.json()));
  }
  draw(d) {
    const { app } = this, { store, goal } = app, n = store.net.neurons.length, i = store.ui.selected;
    const known = bestNetwork(goal, store.ui.norm, n);
    const reasons = {
      undo: !store.past.length && "nothing to undo", redo: !store.future.length && "nothing to redo", add: n >= MOST && `at most ${MOST} neurons`,
      remove: i === null && "no neuron is selected", flip: i === null && "no neuron is selected", double: i === null && " ", halve: i === null && " ",
      best: !known && (bestNetwork(goal, "mse", n) ? "known for the mean square error only" : "the best of so many ReLUs is not known here"),
    };
    for (const node of this.acts) {
      const reason = reasons[node.dataset.act] || "";
      if (node.disabled !== Boolean(reason)) node.disabled = Boolean(reason);
      if (node.dataset.hint === undefined) node.dataset.hint = node.title;
      const title = reason.trim() || node.dataset.hint;
      if (node.title !== title) node.title = title;
    }
    for (const node of this.choices) put(node, { "aria-pressed": String(store.ui[node.dataset.set]) === node.dataset.value });
    for (const node of this.checks) if (node.checked !== store.ui[node.dataset.check]) node.checked = store.ui[node.dataset.check];
    put(this.message, { text: store.message });
    put(app.root.querySelector(".app"), { "data-tab": store.ui.tab });
  }
  /* What pwlin.Network.from_json reads. */
  json() {
    const { app } = this, { fixed } = app.data.start;
    if (fixed) return JSON.stringify({ ...fixed.network, playground: { target: app.data.goal.text, domain: app.data.goal.domain } });
    const train = app.training ? app.training.summary() : {};
    return toJSON(app.store.net, { target: app.data.goal.text, domain: app.data.goal.domain, ...train });
  }
}
