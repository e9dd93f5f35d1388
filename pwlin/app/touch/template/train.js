/* Training in doubles, in an order that is fixed, so that other languages give the same bits. */
class Trainer {
  /* settings: {optimizer, lr, momentum, batch} */
  constructor(goal, net, random, settings) {
    Object.assign(this, { goal, random, settings });
    this.read(net);
  }
  /* Weights from a network; the optimizer starts afresh, the generator goes on. */
  read(net) {
    const n = (this.n = net.neurons.length), size = 3 * n + 1;
    this.theta = new Float64Array(size);
    net.neurons.forEach((m, i) => { this.theta[2 * i] = m.w; this.theta[2 * i + 1] = m.b; this.theta[2 * n + i] = m.v; });
    this.theta[3 * n] = net.c;
    this.gradient = new Float64Array(size);
    this.mean = new Float64Array(size);
    this.square = new Float64Array(size);
    this.p1 = this.p2 = 1;
    this.z = new Float64Array(n);
  }
  net() {
    const { theta: t, n } = this;
    return { c: plain(t[3 * n]), neurons: Array.from({ length: n }, (_, i) => ({ w: plain(t[2 * i]), b: plain(t[2 * i + 1]), v: plain(t[2 * n + i]) })) };
  }
  /* Mean square error of a fresh batch; leaves its gradient. */
  batch() {
    const { goal, random, theta: t, gradient: g, z, n } = this, m = this.settings.batch, { a, b, points } = goal;
    const only = goal.cells.length === 1 ? goal.cells[0] : null;
    let loss = 0;
    g.fill(0);
    for (let j = 0; j < m; j++) {
      const u = random.unit();
      let x, wanted;
      if (points) { const p = points[Math.floor(u * points.length)]; x = p.x; wanted = p.y; }
      else { x = a * (1 - u) + b * u; wanted = cubic(only || cellAt(goal, x), x); }
      let y = t[3 * n];
      for (let i = 0; i < n; i++) {
        z[i] = t[2 * i] * x + t[2 * i + 1];
        if (z[i] > 0) y += t[2 * n + i] * z[i];
      }
      const e = y - wanted, d = (2 / m) * e;
      loss += e * e;
      g[3 * n] += d;
      for (let i = 0; i < n; i++) if (z[i] > 0) {
        g[2 * n + i] += d * z[i];
        const q = d * t[2 * n + i];
        g[2 * i] += q * x;
        g[2 * i + 1] += q;
      }
    }
    return loss / m;
  }
  /* One step; the loss of its batch. */
  step() {
    const loss = this.batch(), { theta: t, gradient: g, mean: M, square: S } = this, { optimizer, lr, momentum } = this.settings;
    if (optimizer === "sgd") for (let k = 0; k < t.length; k++) t[k] -= g[k] * lr;
    else if (optimizer === "momentum") for (let k = 0; k < t.length; k++) { M[k] = M[k] * momentum + g[k]; t[k] -= M[k] * lr; }
    else {
      this.p1 *= 0.9;
      this.p2 *= 0.999;
      const scale = 1 / Math.sqrt(1 - this.p2), rate = lr / (1 - this.p1);
      for (let k = 0; k < t.length; k++) {
        M[k] += (g[k] - M[k]) * 0.1;
        S[k] += (g[k] * g[k] - S[k]) * 0.001;
        t[k] -= (M[k] / (Math.sqrt(S[k]) * scale + 1e-8)) * rate;
      }
    }
    return loss;
  }
}

/* The gradient of the mean square error over the whole domain: for each neuron {w, b, v}. */
function fullGradient(d, goal) {
  const found = d.net.neurons.map(() => ({ w: 0, b: 0, v: 0 }));
  const meet = (x, e, share, on) => d.net.neurons.forEach((n, i) => {
    if (!on[i]) return;
    found[i].v += share * e * lever(n, x);
    found[i].w += share * e * n.v * x;
    found[i].b += share * e * n.v;
  });
  if (goal.points) for (const p of goal.points) meet(p.x, valueAt(d.net, p.x) - p.y, 2 / goal.points.length, d.net.neurons.map(n => lever(n, p.x) > 0));
  else for (const { region, cell, l, r } of overlaps(d.regions, goal.cells)) {
    const middle = (l + r) / 2, half = (r - l) / 2;
    for (const [t, weight] of GAUSS) {
      const x = middle + half * t;
      meet(x, region.slope * (x - region.l) + region.yl - cubic(cell, x), (2 * weight * half) / (goal.b - goal.a), region.on);
    }
  }
  return found;
}
