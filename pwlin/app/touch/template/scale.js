/* Axes: ranges that rest while something is dragged, and glide otherwise; ticks; pictures with one x scale. */
const LEFT = 68, RIGHT = 14;

/* Round places, about so many, in a range. */
function ticks(low, high, count) {
  const raw = (high - low) / count, unit = 10 ** Math.floor(Math.log10(raw));
  const step = unit * ([1, 2, 5, 10].find(k => k * unit >= raw) || 10);
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high + step * 1e-9; k++) found.push(k * step);
  return found;
}

/* Texts of ticks that differ; where that takes too many digits, from the first tick on. */
function tickTexts(values, room) {
  const digits = clamp(Math.ceil(Math.log10(Math.max(...values.map(Math.abs)) / (values[1] - values[0]))) + 1, 4, 16) || 4, texts = values.map(x => decimal(x, digits));
  return texts.some(text => text.length > room) ? values.map((x, i) => (i ? `+${decimal(x - values[0], 4)}` : decimal(x, 7))) : texts;
}

/* A range that holds some numbers, with a margin. */
function spanning(values, margin = 0.07) {
  const known = values.filter(x => Math.abs(x) < 1e300);
  let low = Math.min(...known), high = Math.max(...known);
  if (!known.length) [low, high] = [-1, 1];
  if (high - low <= 1e-12 * Math.max(Math.abs(low), Math.abs(high))) { const pad = Math.abs(low) / 2 || 1; low -= pad; high += pad; }
  const pad = (high - low) * margin;
  return [low - pad, high + pad];
}

class Axis {
  constructor() { this.range = null; this.goal = null; this.start = null; }
  /* Move towards a wanted range; at rest where `frozen`. Returns whether it is still on its way. */
  follow(wanted, frozen, now) {
    if (!this.range) { this.range = this.goal = wanted; return false; }
    if (frozen) { this.goal = null; return false; }
    if (!this.goal || wanted[0] !== this.goal[0] || wanted[1] !== this.goal[1]) { this.start = { range: this.range, time: now }; this.goal = wanted; }
    if (!this.start) return false;
    const t = reduced() ? 1 : clamp((now - this.start.time) / 200, 0, 1), ease = t * t * (3 - 2 * t);
    this.range = t >= 1 ? wanted : wanted.map((x, k) => this.start.range[k] + (x - this.start.range[k]) * ease);
    if (t >= 1) this.start = null;
    return t < 1;
  }
  /* Half as wide again, if something that is held has left it. */
  widen(value) {
    const [low, high] = this.range;
    if (value >= low && value <= high) return;
    const pad = (high - low) / 4;
    this.range = [Math.min(low - pad, value), Math.max(high + pad, value)];
  }
}

/* The path of an arrow, which no gradient makes longer than 40 pixels. */
const arrowLength = v => (Math.sign(v) * 40 * Math.abs(v)) / (Math.abs(v) + 40);
function arrowPath(x, y, dx, dy) {
  const size = Math.hypot(dx, dy), tip = Math.min(5, size / 2);
  if (size < 0.7) return "";
  const [ux, uy] = [dx / size, dy / size], [ex, ey] = [x + dx, y + dy];
  const side = s => `L${fixed(ex - tip * ux + s * tip * uy)} ${fixed(ey - tip * uy - s * tip * ux)}`;
  return `M${fixed(x)} ${fixed(y)}L${fixed(ex)} ${fixed(ey)}${side(0.7)}M${fixed(ex)} ${fixed(ey)}${side(-0.7)}`;
}

/* One picture: an SVG with axes, and a layer for handles on top. */
class Picture {
  constructor(app, name, height, below = 6) {
    this.app = app;
    this.name = name;
    this.height = height;
    this.below = below;
    this.axis = new Axis();
    this.node = app.root.querySelector(`.${name}`);
    const box = make("div", this.node, { class: "picture-box" });
    this.svg = draw("svg", box, { role: "img", "aria-label": "picture" });
    this.overlay = make("div", box, { class: "overlay" });
    this.id = `pg${app.number}-${name}`;
    const clip = draw("clipPath", draw("defs", this.svg), { id: this.id });
    this.clip = draw("rect", clip);
    this.frame = draw("rect", this.svg, { class: "frame" });
    this.bands = draw("g", this.svg);
    this.grid = draw("g", this.svg, { class: "grid" });
    this.plot = draw("g", this.svg, { "clip-path": `url(#${this.id})` });
    this.marks = draw("g", this.svg);
    this.band = pool(() => draw("rect", this.bands, { class: "band" }));
    this.hatch = pool(() => draw("rect", this.bands, { class: "beyond", fill: `url(#pg${app.number}-hatch)` }));
    this.xticks = pool(() => word(this.grid, "tick"));
    this.yticks = pool(() => word(this.grid, "tick", "end"));
    this.lines = pool(() => draw("line", this.grid));
    this.dash = draw("line", this.plot, { class: "focus-line" });
  }
  resize(width) { this.width = width; put(this.svg, { width, height: this.height, viewBox: `0 0 ${width} ${this.height}` }); this.overlay.style.height = `${this.height}px`; }
  get top() { return 8; }
  get bottom() { return this.height - this.below; }
  get right() { return this.width - RIGHT; }
  X(x) { const [a, b] = this.app.window; return LEFT + ((x - a) / (b - a)) * (this.right - LEFT); }
  Y(y) { const [low, high] = this.axis.range; return this.top + ((high - y) / (high - low)) * (this.bottom - this.top); }
  xAt(px) { const [a, b] = this.app.window; return a + ((px - LEFT) / (this.right - LEFT)) * (b - a); }
  yAt(py) { const [low, high] = this.axis.range; return high - ((py - this.top) / (this.bottom - this.top)) * (high - low); }
  /* A path through points, cut off far outside of the frame. */
  path(points) {
    const far = 4 * this.height;
    return points.map(([x, y], k) => `${k ? "L" : "M"}${fixed(this.X(x))} ${fixed(clamp(this.Y(y), -far, far))}`).join("");
  }

  drawAxes(labels) {
    const { app, top, bottom, right } = this, [low, high] = this.axis.range, { a, b } = app.goal;
    const box = { x: LEFT, y: top, width: right - LEFT, height: bottom - top };
    put(this.clip, box);
    put(this.frame, box);
    const regions = app.derived.regions;
    this.band(regions.length).forEach((node, i) => put(node, {
      x: fixed(this.X(regions[i].l)), width: fixed(Math.max(this.X(regions[i].r) - this.X(regions[i].l), 0)), y: top, height: bottom - top,
      class: `band${app.store.ui.piece === i ? " pointed" : i % 2 ? " odd" : ""}`,
    }));
    const [l, r] = app.window, sides = app.store.ui.beyond ? [[l, a], [b, r]] : [];
    this.hatch(sides.length).forEach((node, i) => put(node, { x: this.X(sides[i][0]), width: this.X(sides[i][1]) - this.X(sides[i][0]), y: top, height: bottom - top }));
    const heights = ticks(low, high, Math.max((bottom - top) / 38, 4)), upwards = tickTexts(heights, 8);
    this.yticks(heights.length).forEach((node, i) => put(node, { x: LEFT - 14, y: fixed(this.Y(heights[i])) + 4, text: upwards[i] }));
    const places = ticks(l, r, (right - LEFT) / 75), along = tickTexts(places, 9);
    this.lines(heights.length + places.length).forEach((node, i) => {
      const vertical = i >= heights.length, at = fixed(vertical ? this.X(places[i - heights.length]) : this.Y(heights[i]));
      const zero = !vertical && Math.abs(heights[i]) < 1e-9 * (high - low);
      put(node, { ...(vertical ? { x1: at, x2: at, y1: top, y2: bottom } : { x1: LEFT, x2: right, y1: at, y2: at }), class: zero ? "zero" : "" });
    });
    this.xticks(labels ? places.length : 0).forEach((node, i) => put(node, { x: fixed(this.X(places[i])), y: bottom + 16, text: along[i] }));
    const i = app.store.focus, part = i === null ? null : app.derived.parts[i];
    const at = part && part.place === "inside" ? fixed(this.X(part.x)) : -99;
    put(this.dash, { x1: at, x2: at, y1: top, y2: bottom });
  }
}
