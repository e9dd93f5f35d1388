/* Numbers that look random and are the same everywhere: sfc32, 32 bits a time; and the start of a training run. */
class Random {
  constructor(seed) {
    this.s = [seed >>> 0, 0x9e3779b9, 0x243f6a88, 1];
    for (let k = 0; k < 12; k++) this.next();
  }
  next() {
    let [a, b, c, k] = this.s;
    const t = (((a + b) | 0) + k) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    this.s = [a, b, c, (k + 1) | 0];
    return t >>> 0;
  }
  unit() { return this.next() / 4294967296; }
}

/* Weights of a fresh network as PyTorch draws them: all w, all b, all v, then c. */
function draws(random, n, inputs) {
  const even = count => (2 * random.unit() - 1) / Math.sqrt(count), some = f => Array.from({ length: n }, f), d = inputs.length;
  const ws = some(() => inputs.map(() => even(d))), bs = some(() => even(d)), vs = some(() => even(n)), c = even(n);
  return { c, neurons: ws.map((w, i) => ({ ...Object.fromEntries(inputs.map((name, k) => [name, w[k]])), b: bs[i], v: vs[i] })) };
}
/* The random start of a seed, and its generator, which then draws the batches. */
function seeded(seed, n, inputs = ["w"]) {
  const random = new Random(seed);
  return { net: draws(random, n, inputs), random };
}
