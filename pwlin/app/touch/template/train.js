/* Training in doubles, in an order that is fixed, so that other languages give the same bits. */
class Trainer {
  /* settings: {optimizer, lr, momentum, batch} */
  constructor(goal, net, random, settings) {
    Object.assign(this, { goal, random, settings });
    this.x = new Float64Array(goal.inputs.length);
    this.read(net);
  }
  /* Weights from a network; the optimizer starts afresh, the generator goes on. */
  read(net) {
    const { inputs } = this.goal, n = (this.n = net.neurons.length), d = inputs.length, size = n * (d + 2) + 1;
    this.theta = new Float64Array(size);
    net.neurons.forEach((m, i) => {
      this.theta.set([...inputs.map(name => m[name]), m.b], i * (d + 1));
      this.theta[n * (d + 1) + i] = m.v;
    });
    this.theta[size - 1] = net.c;
    this.gradient = new Float64Array(size);
    this.mean = new Float64Array(size);
    this.square = new Float64Array(size);
    this.p1 = this.p2 = 1;
    this.z = new Float64Array(n);
  }
  net() {
    const { theta: t, n, goal: { inputs } } = this, d = inputs.length;
    const neuron = i => Object.fromEntries([...inputs.map((name, k) => [name, plain(t[i * (d + 1) + k])]), ["b", plain(t[i * (d + 1) + d])], ["v", plain(t[n * (d + 1) + i])]]);
    return { c: plain(t.at(-1)), neurons: Array.from({ length: n }, (_, i) => neuron(i)) };
  }
  /* Mean square error of a fresh batch; leaves its gradient. */
  batch() {
    const { goal, random, theta: t, gradient: g, z, x, n } = this, m = this.settings.batch, d = x.length, s = d + 1, v = n * s, c = v + n;
    let loss = 0;
    g.fill(0);
    for (let j = 0; j < m; j++) {
      const wanted = goal.sample(random, x);
      let y = t[c];
      for (let i = 0; i < n; i++) {
        let sum = t[i * s] * x[0];
        for (let k = 1; k < d; k++) sum += t[i * s + k] * x[k];
        z[i] = sum + t[i * s + d];
        if (z[i] > 0) y += t[v + i] * z[i];
      }
      const e = y - wanted, pull = (2 / m) * e;
      loss += e * e;
      g[c] += pull;
      for (let i = 0; i < n; i++) if (z[i] > 0) {
        g[v + i] += pull * z[i];
        const q = pull * t[v + i];
        for (let k = 0; k < d; k++) g[i * s + k] += q * x[k];
        g[i * s + d] += q;
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
