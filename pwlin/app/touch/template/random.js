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
function draws(random, n) {
  const even = () => 2 * random.unit() - 1, root = Math.sqrt(n), some = f => Array.from({ length: n }, f);
  const ws = some(even), bs = some(even), vs = some(() => even() / root), c = even() / root;
  return { c, neurons: ws.map((w, i) => ({ w, b: bs[i], v: vs[i] })) };
}
/* The random start of a seed, and its generator, which then draws the batches. */
function seeded(seed, n) {
  const random = new Random(seed);
  return { net: draws(random, n), random };
}
