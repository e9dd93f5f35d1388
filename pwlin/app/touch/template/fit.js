/* The fit: target, f, kinks, the arm in focus; its parts or their stack; the rail of flags below. */
const RAIL = 52;

class FitView extends Picture {
  constructor(app) {
    super(app, "fit", 352, RAIL + 24);
    this.target = draw("path", this.plot, { class: "target" });
    this.dots = pool(() => draw("circle", this.plot, { class: "point", r: 3 }));
    this.layers = pool(() => draw("path", this.plot, { class: "layer" }));
    this.arm = draw("path", this.plot, { class: "arm" });
    this.line = draw("path", this.plot, { class: "sum" });
    this.kinks = pool(() => this.marker("kink"));
    this.rail = draw("path", this.marks, { class: "rail" });
    this.ghosts = pool(() => draw("path", this.marks, { class: "ghost" }));
    this.flags = pool(() => this.marker("flag"));
    this.handle = draw("path", this.marks, { class: "arm-handle", d: "M-7-3 0-12 7-3ZM-7 3 0 12 7 3Z" });
    this.flagOfC = draw("path", this.marks, { class: "c-flag", d: "M-12-7 0 0-12 7Z" });
    this.nameOfC = draw("text", this.marks, { class: "name c-name", text: "c" });
    this.arrows = pool(() => draw("path", this.marks, { class: "gradient" }));
  }
  marker(kind) {
    const node = draw("g", this.marks, { class: kind });
    return { node, shape: draw("path", node), name: word(node, "name") };
  }
  get railY() { return this.bottom + 24 + RAIL / 2; }

  /* What the vertical range has to hold. */
  wanted(d) {
    const { goal, store } = this.app, values = [...this.app.targetValues];
    const span = Math.max(...values) - Math.min(...values) || 1, low = Math.min(...values) - 2 * span, high = Math.max(...values) + 2 * span;
    for (const r of d.regions) values.push(clamp(r.yl, low, high), clamp(r.yr, low, high));
    const more = store.ui.view === "parts" ? d.net.neurons.flatMap(n => [reluAt(n, goal.a), reluAt(n, goal.b)]) : [];
    if (store.ui.view === "parts") more.push(d.net.c, 0);
    if (store.ui.view === "stack") for (const layer of stackOf(d)) more.push(...layer.top.map(p => p[1]), d.net.c);
    return spanning([...values, ...more]);
  }

  draw(d) {
    const { app } = this, { goal, store } = app, { view } = store.ui, i = store.focus;
    this.drawAxes(true);
    const key = `${this.axis.range},${this.width},${app.window}`;
    if (key !== this.key) {
      this.key = key;
      put(this.target, { d: goal.points ? "" : app.targetPaths.map(p => this.path(p)).join("") });
      const shown = goal.points ? thinned(goal.points, 2000) : [];
      this.dots(shown.length).forEach((node, k) => put(node, { cx: fixed(this.X(shown[k].x)), cy: fixed(this.Y(shown[k].y)) }));
    }
    this.drawLayers(d, view);
    put(this.line, { d: this.path(app.outline) });
    this.drawArm(d, i, view);
    this.drawKinks(d);
    this.drawFlags(d);
    const y = this.Y(d.net.c);
    put(this.flagOfC, to(LEFT, clamp(y, this.top, this.bottom)));
    put(this.nameOfC, { x: LEFT + 5, y: fixed(clamp(y, this.top, this.bottom)) - 5 });
  }
  drawLayers(d, view) {
    const layers = view === "parts" ? partsOf(d, this.app) : view === "stack" ? stackOf(d) : [];
    this.layers(layers.length).forEach((node, k) => {
      const { index, top, bottom, falls } = layers[k], band = view === "stack";
      const outline = band ? this.path([...top, ...bottom.slice().reverse()]) + "Z" : this.path(top);
      put(node, {
        d: outline, class: `layer ${band ? "filled" : "drawn"}${falls ? " falls" : ""}${index === this.app.store.focus ? " near" : ""}`,
        ...own(this.app, index),
      });
    });
  }
  drawArm(d, i, view) {
    const part = i === null ? null : d.parts[i], on = part && d.regions.filter(r => r.on[i]);
    const shown = on && on.length && view === "sum";
    put(this.arm, { d: shown ? this.path([...on.map(r => [r.l, r.yl]), [on.at(-1).r, on.at(-1).yr]]) : "", ...own(this.app, i) });
    const at = this.armPlace(d, i);
    visible(this.handle, Boolean(at));
    if (at) put(this.handle, { ...to(at.x, at.y), ...own(this.app, i) });
  }
  /* Where the handle of the arm is, if the arm is long enough to have one. */
  armPlace(d, i) {
    const { goal } = this.app, n = i === null ? null : d.net.neurons[i];
    if (!n || !n.w) return null;
    const e = n.w > 0 ? goal.b : goal.a;
    if (lever(n, e) / Math.abs(n.w) < (goal.b - goal.a) / 20) return null;
    const value = n.w > 0 ? d.regions.at(-1).yr : d.regions[0].yl;
    return { x: this.X(e), y: clamp(this.Y(value), this.top + 8, this.bottom - 8), e, value };
  }
  drawKinks(d) {
    this.kinks(d.parts.length).forEach(({ node, shape, name }, i) => {
      const part = d.parts[i], inside = part.place === "inside";
      visible(node, inside);
      if (!inside) return;
      const group = part.joint.neurons, k = group.indexOf(i), [x, y] = this.dotPlace(d, i);
      const cancelled = !Q.sign(part.joint.jump) && group.length > 1;
      put(node, {
        ...to(x, y), ...own(this.app, i),
        class: `kink ${part.state}${cancelled ? " silent" : ""}${i === this.app.store.focus ? " near" : ""}`,
      });
      put(shape, { d: sector(k, group.length, i === this.app.store.focus ? 8 : 6.5) });
      const named = d.parts.length <= 8 || i === this.app.store.focus;
      put(name, { text: named ? i + 1 : "", y: -13, x: group.length > 1 ? (k - (group.length - 1) / 2) * 11 : 0 });
    });
  }
  dotPlace(d, i) {
    const part = d.parts[i], region = d.regions[d.joints.indexOf(part.joint)];
    return [this.X(part.x), clamp(this.Y(region.yr), this.top, this.bottom)];
  }
  drawFlags(d) {
    const y = this.railY;
    put(this.rail, { d: `M${LEFT} ${y}H${this.right}` });
    const ghosts = ghostsOf(this.app);
    this.ghosts(ghosts.length).forEach((node, k) => put(node, { d: `M${fixed(this.X(ghosts[k]))} ${y - 14}v28` }));
    this.flags(d.parts.length).forEach(({ node, shape, name }, i) => {
      const part = d.parts[i], [x, dy] = this.flagPlace(d, i), s = part.side || 1;
      put(node, {
        ...to(x, y + dy), ...own(this.app, i),
        class: `flag ${part.state}${i === this.app.store.focus ? " near" : ""}`,
      });
      put(shape, { d: part.side ? `M0-11V11M0-10 ${13 * s}-4 0 2Z` : "M0-7 7 0 0 7-7 0Z" });
      const named = d.parts.length <= 12 || i === this.app.store.focus;
      const far = part.place === "left" || part.place === "right" ? ` ${part.place === "left" ? "◂" : "▸"} ${decimal(part.x, 3 + this.app.goal.finer)}` : "";
      put(name, { text: named ? `${i + 1}${far}` : "", x: far ? (part.place === "left" ? 26 : -26) : -7 * s, y: far ? 20 : 12 });
    });
  }
  /* Where a flag stands: on the rail, parked beside it, or in the tray of those without a kink. */
  flagPlace(d, i) {
    const part = d.parts[i];
    if (!part.side) return [16 + 14 * d.parts.filter(p => !p.side && p.index < i).length % 30, 0];
    const inWindow = part.x >= this.app.window[0] && part.x <= this.app.window[1];
    if (part.place === "inside") return [this.X(part.x), -3 * part.joint.neurons.indexOf(i)];
    if (inWindow && this.app.store.ui.beyond) return [this.X(part.x), 0];
    const before = d.parts.filter(p => p.place === part.place && p.index < i).length;
    return part.place === "left" ? [LEFT - 10, -3 * before] : [this.right + 1, -3 * before];
  }
}

/* A sector of a disc. */
function sector(k, count, r) {
  if (count === 1) return `M${-r} 0A${r} ${r} 0 1 1 ${r} 0A${r} ${r} 0 1 1 ${-r} 0Z`;
  const at = t => `${fixed(r * Math.cos(t))} ${fixed(r * Math.sin(t))}`, step = (2 * Math.PI) / count;
  return `M0 0L${at(k * step - Math.PI / 2)}A${r} ${r} 0 ${step > Math.PI ? 1 : 0} 1 ${at((k + 1) * step - Math.PI / 2)}Z`;
}
const thinned = (points, most) => (points.length <= most ? points : points.filter((_, i) => i % Math.ceil(points.length / most) === 0));

/* Each neuron's own part, as a line. */
function partsOf(d, app) {
  const [a, b] = app.window;
  return d.net.neurons.map((n, index) => {
    const k = -n.b / n.w, xs = [a, ...(k > a && k < b ? [k] : []), b];
    return { index, top: xs.map(x => [x, reluAt(n, x)]) };
  });
}
/* Neurons in the order of their kinks, piled up from c. */
function stackOf(d) {
  const xs = [d.regions[0].l, ...d.regions.map(r => r.r)];
  let bottom = xs.map(x => [x, d.net.c]);
  const order = d.parts.map(p => p.index).sort((i, j) => (d.parts[i].x || 0) - (d.parts[j].x || 0) || i - j);
  return order.map(index => {
    const n = d.net.neurons[index], top = bottom.map(([x, y]) => [x, y + reluAt(n, x)]), layer = { index, top, bottom, falls: n.v < 0 };
    bottom = top;
    return layer;
  });
}
