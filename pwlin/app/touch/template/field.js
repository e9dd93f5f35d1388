/* One weight of the selected neuron: a slider, and a box that reads fractions. */
class Field {
  constructor(app, name) {
    Object.assign(this, { app, name, rounded: null });
    const node = app.root.querySelector(`[data-field=${name}]`), find = part => node.querySelector(part);
    [this.slider, this.box, this.note] = ["[type=range]", "[type=text]", ".note"].map(find);
    this.slider.addEventListener("input", () => this.write(Number(this.slider.value), `slide-${name}`));
    this.box.addEventListener("change", () => this.read());
  }
  write(value, burst) {
    const { store } = this.app, i = store.ui.selected;
    if (i !== null) store.apply(edit.set(store.net, i, this.name, value), burst);
  }
  read() {
    const { box } = this, found = Q.parse(box.value), value = found && Q.float(found);
    if (!found || !Number.isFinite(value)) { put(this.note, { text: "a number, such as 0.65 or 5/3" }); box.setAttribute("aria-invalid", "true"); return; }
    box.removeAttribute("aria-invalid");
    this.write(value);
    this.rounded = Q.same(Q.of(value), found) ? null : value;
    this.app.schedule();
  }
  /* The slider reaches from -limit to limit, and further where the value is larger. */
  draw(value, limit) {
    const { slider, box } = this, held = document.activeElement === slider;
    limit = Math.max(limit, Math.abs(value) * (held ? 1 : 1.25));
    if (!held || !slider.max || Number(slider.max) < Math.abs(value)) put(slider, { min: -limit, max: limit, step: 2 ** Math.floor(Math.log2(limit / 200)) });
    if (Number(slider.value) !== value) slider.value = value;
    const exact = Q.of(value), text = label(exact, 12).replace("≈ ", "");
    if (document.activeElement !== box && box.value !== text) box.value = text;
    if (this.rounded !== value) this.rounded = null;
    const rounded = this.rounded !== null;
    if (!box.hasAttribute("aria-invalid") || rounded) put(this.note, { text: rounded ? "nearest double" : "" });
    box.title = Q.text(exact);
  }
}

/* A row of the table of neurons, with the button that selects its neuron. */
function neuronRow(app, count) {
  const body = app.root.querySelector(".neurons tbody"), node = make("tr", body), cells = Array.from({ length: count }, () => make("td", node));
  const button = make("button", cells[0], { type: "button", class: "who" }), at = () => [...body.children].indexOf(node);
  button.addEventListener("click", () => app.store.select(at()));
  return { node, cells, button, at };
}
