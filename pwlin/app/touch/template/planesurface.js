/* f as a surface of flat pieces, with the target as a wire grid; painted from the back to the front. */
class SurfaceView {
  constructor(app) {
    this.app = app;
    this.reset();
    this.canvas = make("canvas", app.root.querySelector(".surface"), { tabindex: 0, role: "img", "aria-label": "the surface; arrow keys turn it" });
    this.canvas.addEventListener("pointerdown", e => this.down(e));
    this.canvas.addEventListener("pointermove", e => this.move(e));
    for (const name of ["pointerup", "pointercancel"]) this.canvas.addEventListener(name, e => this.up(e.type === "pointercancel"));
    this.canvas.addEventListener("pointerleave", () => app.point(null));
    this.canvas.addEventListener("dblclick", () => { this.reset(); app.schedule(); });
    this.canvas.addEventListener("keydown", e => {
      const step = Math.PI / 36, [dx, dy] = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[e.key] || [0, 0];
      if (dx || dy) { e.preventDefault(); this.turn(this.yaw + dx, this.pitch + dy); }
    });
  }
  at(e) { const box = this.canvas.getBoundingClientRect(); return [e.clientX - box.left, e.clientY - box.top]; }
  /* The highest end of the arm of the neuron in focus, if it is on anywhere. */
  arm() {
    const { store, goal: { a, b, c, d } } = this.app, i = store.focus, n = i === null ? null : store.net.neurons[i];
    const reach = n && Math.max(...[a, b].flatMap(x => [c, d].map(y => n.x * x + n.y * y + n.b)));
    if (!(reach > 0)) return null;
    const x = n.x < 0 ? a : b, y = n.y < 0 ? c : d;
    return { i, reach, v: n.v, at: this.place(x, y, heightAt(store.net, x, y)) };
  }
  down(e) {
    const at = this.at(e), arm = this.arm(), reach = e.pointerType === "touch" ? 28 : 18;
    if (!e.isPrimary || e.button) return;
    this.canvas.setPointerCapture(e.pointerId);
    this.held = { at, yaw: this.yaw, pitch: this.pitch };
    if (arm && Math.hypot(at[0] - arm.at[0], at[1] - arm.at[1]) < reach) this.held = { at, arm, start: this.app.store.net };
  }
  move(e) {
    const { app, held } = this, at = this.at(e);
    if (!held) {
      const arm = this.arm();
      this.canvas.style.cursor = arm && Math.hypot(at[0] - arm.at[0], at[1] - arm.at[1]) < 18 ? "ns-resize" : "";
      return app.point((this.faces.findLast(f => holds(f.points, at)) || { k: null }).k);
    }
    const [dx, dy] = [at[0] - held.at[0], at[1] - held.at[1]];
    if (!held.arm) return this.turn(held.yaw + dx / 130, held.pitch + dy / 130);
    const { i, reach, v } = held.arm;
    app.store.show(planeEdit.pull(held.start, i, snapTo(v - dy / (this.rise * reach), e.altKey ? 0 : app.grid)));
  }
  up(cancelled) {
    const { start } = this.held || {}, { store } = this.app;
    this.held = null;
    if (start && cancelled) store.show(start);
    else if (start) store.remember(start);
    this.app.schedule();
  }
  reset() { this.yaw = -0.6; this.pitch = 0.55; }
  turn(yaw, pitch) { this.yaw = yaw; this.pitch = clamp(pitch, 0.05, 1.5); this.app.schedule(); }
  draw() {
    const { app, canvas } = this, size = app.map.size, scale = devicePixelRatio || 1, { a, b, c, d } = app.goal, [low, high] = app.heights;
    if (canvas.width !== size * scale) { canvas.width = canvas.height = size * scale; canvas.style.width = canvas.style.height = `${size}px`; }
    const pen = canvas.getContext("2d"), cy = Math.cos(this.yaw), sy = Math.sin(this.yaw), cp = Math.cos(this.pitch), sp = Math.sin(this.pitch), unit = size * 0.34;
    const css = getComputedStyle(app.root), colour = name => css.getPropertyValue(`--${name}`).trim();
    this.rise = unit * cp * 1.5 / (high - low); // pixels for each unit of height
    const place = this.place = (x, y, z) => {
      const u = (2 * (x - a)) / (b - a) - 1, v = (2 * (y - c)) / (d - c) - 1, h = (clamp(z, low, high) - low) / (high - low) * 1.5 - 0.75;
      const r = u * cy - v * sy, f = u * sy + v * cy;
      return [size / 2 + r * unit, size / 2 - (h * cp + f * sp) * unit, f * cp - h * sp];
    };
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, size, size);
    const faces = this.faces = app.regions.map((r, k) => ({ k, r, points: r.corners.map(p => place(p.x, p.y, r.c + r.gx * p.x + r.gy * p.y)) }));
    for (const f of faces) f.depth = f.points.reduce((s, p) => s + p[2], 0) / f.points.length;
    pen.lineJoin = "round";
    for (const { k, r, points } of faces.sort((p, q) => q.depth - p.depth)) {
      pen.beginPath();
      points.forEach((p, i) => (i ? pen.lineTo(p[0], p[1]) : pen.moveTo(p[0], p[1])));
      pen.closePath();
      pen.fillStyle = colour(k === app.pointed ? "best" : r.on.filter(Boolean).length % 2 ? "band" : "card");
      pen.globalAlpha = 0.9;
      pen.fill();
      pen.globalAlpha = 1;
      pen.strokeStyle = colour("ink");
      pen.lineWidth = k === app.pointed ? 3 : 1.2;
      pen.stroke();
    }
    pen.strokeStyle = colour("soft");
    pen.globalAlpha = 0.55;
    pen.lineWidth = 1;
    for (const turned of [false, true]) for (let i = 0; i <= 10; i++) {
      pen.beginPath();
      for (let j = 0; j <= 30; j++) {
        const [s, t] = turned ? [j / 30, i / 10] : [i / 10, j / 30], x = a + s * (b - a), y = c + t * (d - c), p = place(x, y, formAt(app.goal, x, y));
        if (j) pen.lineTo(p[0], p[1]); else pen.moveTo(p[0], p[1]);
      }
      pen.stroke();
    }
    pen.globalAlpha = 1;
    const arm = this.arm();
    if (!arm) return;
    const [x, y] = arm.at;
    pen.fillStyle = colour(app.colour(arm.i).slice(6, -1));
    pen.strokeStyle = colour("card");
    pen.fill(new Path2D(`M${x - 7} ${y - 3}l7-9 7 9ZM${x - 7} ${y + 3}l7 9 7-9Z`));
  }
}
/* Whether a polygon, which may be seen from behind, holds a point. */
const holds = (points, [x, y]) => points.filter((p, i) => {
  const q = points[(i + 1) % points.length];
  return (p[1] > y) !== (q[1] > y) && x < p[0] + ((y - p[1]) / (q[1] - p[1])) * (q[0] - p[0]);
}).length % 2 === 1;
