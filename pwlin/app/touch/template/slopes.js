/* The staircase: f' against g', each riser in the colour of its neuron. */
class SlopesView extends Picture {
  constructor(app) {
    super(app, "slopes", 140);
    this.target = draw("path", this.plot, { class: "target" });
    this.risers = pool(() => draw("line", this.plot, { class: "riser" }));
    this.treads = pool(() => draw("line", this.plot, { class: "tread" }));
    this.values = pool(() => word(this.marks, "value"));
  }
  wanted(d) {
    const known = this.app.targetSlopes, slopes = d.regions.map(r => r.slope);
    const low = Math.min(...known, 0), high = Math.max(...known, 0), span = high - low || Math.max(...slopes.map(Math.abs)) || 1;
    return spanning([...known, ...slopes.map(s => clamp(s, low - 3 * span, high + 3 * span))], 0.14);
  }
  draw(d) {
    const { app } = this, i = app.store.focus;
    this.drawAxes(false);
    const key = `${this.axis.range},${this.width},${app.window}`;
    if (key !== this.key) {
      this.key = key;
      put(this.target, { d: app.slopePaths.map(p => this.path(p)).join("") });
    }
    this.treads(d.regions.length).forEach((node, k) => {
      const r = d.regions[k], y = fixed(clamp(this.Y(r.slope), -500, 900));
      put(node, { x1: fixed(this.X(r.l)), x2: fixed(this.X(r.r)), y1: y, y2: y, class: `tread${i !== null && r.on[i] ? " near" : ""}`, ...own(app, i) });
    });
    const risers = d.joints.flatMap((joint, k) => { // of neurons at one place, one after the other
      let from = Q.zero;
      return joint.neurons.map(index => {
        const start = from;
        from = Q.add(from, d.parts[index].jump);
        return { index, x: joint.x, low: d.regions[k].slope + Q.float(start), high: d.regions[k].slope + Q.float(from), shift: 0 };
      });
    });
    this.risers(risers.length).forEach((node, k) => {
      const { index, x, low, high } = risers[k], px = fixed(this.X(x));
      put(node, { x1: px, x2: px, y1: fixed(clamp(this.Y(low), -500, 900)), y2: fixed(clamp(this.Y(high), -500, 900)), ...own(app, index), class: `riser${index === i ? " near" : ""}` });
    });
    const wide = d.regions.map((r, k) => [r, k]).filter(([r]) => this.X(r.r) - this.X(r.l) > 40);
    this.values(wide.length).forEach((node, k) => {
      const r = wide[k][0], y = this.Y(r.slope), text = label(r.exactSlope, 7).replace("≈ ", "");
      const fits = text.length * 7 < this.X(r.r) - this.X(r.l);
      put(node, { x: fixed((this.X(r.l) + this.X(r.r)) / 2), y: fixed(y - 6 < this.top + 8 ? y + 15 : y - 6), text: fits && y > this.top - 4 && y < this.bottom + 4 ? text : "" });
    });
  }
}
