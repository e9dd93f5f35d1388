/* The error f - g, the worst point, and the band that as many best pieces could keep to. */
class ErrorView extends Picture {
  constructor(app) {
    super(app, "error", 110);
    this.best = draw("rect", this.plot, { class: "best" });
    this.zero = draw("line", this.plot, { class: "zero" });
    this.curve = draw("path", this.plot, { class: "sum thin" });
    this.stems = draw("path", this.plot, { class: "stems" });
    this.worst = draw("circle", this.marks, { class: "worst", r: 4.5 });
    this.value = draw("text", this.marks, { class: "value" });
    this.told = make("p", this.node, { class: "told" });
  }
  wanted(d, errors) {
    const best = this.app.numbers.best;
    const most = Math.max(errors.sup, best ? Math.min(4 * best.sup, 8 * errors.sup) : 0) || 1e-9, noise = 1e-12 * Math.max(...this.app.targetValues.map(Math.abs)); // what rounding leaves is not looked at
    return most < 1e300 ? [-1.5, 1.5].map(k => k * Math.max(most, noise)) : [-1, 1];
  }
  draw(d, errors) {
    const { app } = this, { goal } = app;
    this.drawAxes(false);
    const best = app.numbers.best, [l, r] = [this.X(goal.a), this.X(goal.b)];
    visible(this.best, Boolean(best));
    if (best) put(this.best, { x: l, width: r - l, y: fixed(this.Y(best.sup)), height: fixed(Math.max(this.Y(-best.sup) - this.Y(best.sup), 0)) });
    put(this.zero, { x1: l, x2: r, y1: fixed(this.Y(0)), y2: fixed(this.Y(0)) });
    if (goal.points) {
      const shown = thinned(goal.points, 2000);
      put(this.stems, { d: shown.map(p => `M${fixed(this.X(p.x))} ${fixed(this.Y(0))}V${fixed(this.Y(valueAt(d.net, p.x) - p.y))}`).join("") });
    } else put(this.curve, { d: this.outline(d, goal) });
    const x = this.X(errors.at), y = clamp(this.Y(errors.signed), this.top, this.bottom), right = x < (LEFT + this.right) / 2;
    put(this.worst, { cx: fixed(x), cy: fixed(y) });
    const low = fixed(clamp(errors.signed < 0 ? y + 15 : y - 7, this.top + 10, this.bottom - 3)), named = right && x < LEFT + 40 && low < this.top + 24; // beside the picture's name
    put(this.value, { x: fixed(x + (named ? 50 : right ? 9 : -9)), y: low, "text-anchor": right ? "start" : "end", text: decimal(app.exact && app.exact.sup ? Q.float(app.exact.sup) : errors.sup, 5) });
  }
  /* f - g, curved, along regions and cells. */
  outline(d, goal) {
    const each = Math.max(Math.ceil(200 / (d.regions.length + goal.cells.length)), 2);
    let path = "", last = null;
    for (const { region, cell, l, r } of overlaps(d.regions, goal.cells)) {
      const points = [];
      for (let k = 0; k <= each; k++) {
        const x = l + ((r - l) * k) / each;
        points.push([x, region.slope * (x - region.l) + region.yl - cubic(cell, x)]);
      }
      const part = this.path(points);
      path += last !== null && Math.abs(points[0][1] - last) < 1e-9 * (1 + Math.abs(last)) ? "L" + part.slice(1) : part;
      last = points.at(-1)[1];
    }
    return path;
  }
  /* What a piece must miss the target by, for quadratics. */
  tell(k) {
    const { goal, derived } = this.app, region = k === null ? null : derived.regions[k];
    if (!region || goal.points) return put(this.told, { text: "" });
    const width = region.r - region.l, quadratic = goal.best && goal.best.kind === "quadratic" && goal.best.leading !== "0";
    const must = quadratic ? `: must miss by ${decimal((Math.abs(Q.float(Q.parse(goal.best.leading))) * width ** 2) / 8, 3)} (${goal.best.leading === "1" ? "" : "|a|"}h²/8), misses by ` : ", misses by ";
    return put(this.told, { text: `Piece ${k + 1} is ${decimal(width, 3)} wide${must}${decimal(region.sup, 3)}.` });
  }
}
