/* The neurons, the selected one with its weights, and the table of who is on where: its columns add up to the slopes. */
const STATES = {
  bends: "bends", silent: "v = 0: nothing yet", on: "always on", dead: "never on",
};
const WORDS = {
  dead: "Never on here: gradient 0, training cannot wake it. Drag its kink inside.",
  silent: "It does nothing yet: pull its arm ▲▼.",
  bends: "",
};

class TablesView {
  constructor(app) {
    this.app = app;
    const find = name => app.root.querySelector(`.${name}`);
    this.rows = pool(() => this.row());
    this.card = find("card");
    this.fields = ["w", "b", "v"].map(name => new Field(app, name));
    this.title = this.card.querySelector(".card-title");
    this.told = this.card.querySelector(".card-text");
    this.exact = this.card.querySelector(".card-exact");
    this.onoff = find("onoff");
    this.onoff.addEventListener("pointerover", e => { const k = e.target.dataset && e.target.dataset.piece; app.point(null, k === undefined ? null : Number(k)); });
    this.onoff.addEventListener("pointerleave", () => app.point(null, null));
  }
  row() {
    const row = neuronRow(this.app, 5);
    row.node.addEventListener("pointerenter", () => this.app.point(row.at(), null));
    row.node.addEventListener("pointerleave", () => this.app.point(null, null));
    return row;
  }
  draw(d) {
    const { app } = this, { store } = app, i = store.ui.selected;
    this.rows(d.parts.length).forEach(({ node, cells, button }, k) => {
      const part = d.parts[k];
      put(node, { class: `${k === i ? "selected" : ""}${k === store.focus ? " near" : ""} ${part.state}`, ...own(app, k) });
      put(button, { text: `${k + 1}`, "aria-pressed": k === i, "aria-label": `select neuron ${k + 1}` });
      const dead = part.joint && part.joint.neurons.length > 1 ? (Q.sign(part.joint.jump) ? "bends, with others" : "cancels") : STATES[part.state];
      [null, arrowOf(part), kinkText(part, 5 + app.goal.finer), label(part.jump, 9, 5), part.side ? dead : part.state === "on" ? "constant" : "0 everywhere"].forEach((text, c) => { if (text !== null) put(cells[c], { text }); });
      cells[2].title = part.kink ? Q.text(part.kink) : "";
      cells[3].title = Q.text(part.jump);
    });
    app.root.querySelector(".app").classList.toggle("many", d.parts.length > 8);
    visible(this.card, i !== null);
    if (i !== null) this.drawCard(d, i);
    if (!app.busy || d.parts.length <= 12) this.drawOnOff(d);
  }
  drawCard(d, i) {
    const { app } = this, { goal } = app, n = d.net.neurons[i], part = d.parts[i];
    put(this.card, own(app, i));
    put(this.title, { text: `neuron ${i + 1}: v·relu(wx + b)` });
    const reach = Math.max(Math.abs(goal.a), Math.abs(goal.b), 1), span = app.store.grids.slopes * 128;
    const limits = { w: 4, b: 1.2 * reach * Math.max(Math.abs(n.w), 1), v: Math.max(span, 1) };
    for (const field of this.fields) field.draw(n[field.name], limits[field.name]);
    const joint = part.joint, together = joint && joint.neurons.length > 1;
    const text = together ? `Neurons ${joint.neurons.map(k => k + 1).join(" and ")}, together ${label(joint.jump)}${Q.sign(joint.jump) ? "" : ": two regions, one piece"}.`
      : !part.side ? (part.state === "on" ? `It adds v·b = ${label(product(n.v, n.b))} everywhere.` : "w = 0 and b ≤ 0: 0 everywhere.")
      : part.state === "on" ? "Always on: here it is the straight line v(wx + b)." : WORDS[part.state];
    put(this.told, { text });
    const told = room => (part.kink ? `kink −b/w = ${label(part.kink, room)}; jump v·|w| = ${label(part.jump, room)}`.replace(/= ≈/g, "≈") : "");
    put(this.exact, { text: told(24), title: told(Infinity) });
  }
  drawOnOff(d) {
    const key = JSON.stringify([d.net, this.app.store.focus, this.app.store.ui.piece]);
    if (key === this.key) return;
    this.key = key;
    const cell = (x, k) => `<td data-piece="${k}"${x ? ` title="${Q.text(x)}">${label(x, 6, 3).replace("≈ ", "")}` : ">·"}</td>`;
    const row = (name, values, kind) => `<tr class="${kind}"><th scope="row">${name}</th>${values.map(cell).join("")}</tr>`;
    const { focus } = this.app.store, heads = d.regions.map((_, k) => `<th scope="col" data-piece="${k}">${k + 1}</th>`).join("");
    const rows = d.net.neurons.map((n, i) => row(i + 1, d.regions.map(r => r.on[i] && product(n.v, n.w)), i === focus ? "near" : ""));
    this.onoff.innerHTML = `<thead><tr><th scope="col"><span class="sr">neuron</span></th>${heads}</tr></thead><tbody>${rows.join("")}${row("slope", d.regions.map(r => r.exactSlope), "sums")}</tbody>`;
  }
}
