/* Exact rationals: pairs [n, d] of BigInt with d > 0, reduced where they are shown; and what doubles are exactly. */
const gcd = (a, b) => {
  a = a < 0n ? -a : a;
  while (b) [a, b] = [b, a % b];
  return a;
};
const bitLength = n => {
  const hex = (n < 0n ? -n : n).toString(16);
  return 4 * (hex.length - 1) + 32 - Math.clz32(parseInt(hex[0], 16));
};
const view64 = new DataView(new ArrayBuffer(8));

const Q = {
  zero: [0n, 1n],
  int: n => [BigInt(n), 1n],
  reduce([n, d]) {
    const g = gcd(n, d);
    return g > 1n ? [n / g, d / g] : [n, d];
  },
  neg: ([n, d]) => [-n, d],
  abs: ([n, d]) => [n < 0n ? -n : n, d],
  add([a, b], [c, d]) {
    if (b === d) return [a + c, b];
    if (b % d === 0n) return [a + c * (b / d), b];
    if (d % b === 0n) return [a * (d / b) + c, d];
    return [a * d + c * b, b * d];
  },
  sub: (x, y) => Q.add(x, Q.neg(y)),
  mul: ([a, b], [c, d]) => [a * c, b * d],
  div: ([a, b], [c, d]) => (c < 0n ? [-a * d, -c * b] : [a * d, b * c]),
  sign: ([n]) => (n > 0n ? 1 : n < 0n ? -1 : 0),
  cmp([a, b], [c, d]) {
    const l = a * d, r = c * b;
    return l < r ? -1 : l > r ? 1 : 0;
  },
  same: (x, y) => Q.cmp(x, y) === 0,
  sum: terms => terms.reduce(Q.add, Q.zero),

  /* The very value of a double. */
  of(x) {
    if (Number.isInteger(x) && Math.abs(x) < 2 ** 53) return [BigInt(x), 1n];
    view64.setFloat64(0, x);
    const high = view64.getUint32(0), exponent = (high >>> 20) & 2047;
    let m = (BigInt(high & 0xfffff) << 32n) | BigInt(view64.getUint32(4));
    if (exponent) m |= 1n << 52n;
    let power = (exponent || 1) - 1075;
    while (m && !(m & 1n)) { m >>= 1n; power++; }
    if (high >>> 31) m = -m;
    return power >= 0 ? [m << BigInt(power), 1n] : [m, 1n << BigInt(-power)];
  },

  /* The nearest double, ties to even; out of range it is infinite. */
  float([n, d]) {
    if (n < 0n) return -Q.float([-n, d]);
    if (!n) return 0;
    const s = 66 - bitLength(n) + bitLength(d);
    if (s > 1087) { // subnormal: a multiple of the least double
      const top = n << 1074n, twice = 2n * (top % d);
      let q = top / d;
      if (twice > d || (twice === d && q & 1n)) q++;
      return Number(q) * 2 ** -537 * 2 ** -537;
    }
    const top = s > 0 ? n << BigInt(s) : n, bottom = s < 0 ? d << BigInt(-s) : d;
    let q = top / bottom;
    if (q * bottom !== top) q |= 1n; // a remainder decides ties
    const half = Math.trunc(-s / 2);
    return Number(q) * 2 ** half * 2 ** (-s - half); // in two factors: one alone may leave the range
  },

  /* "5/3", "-1.25", "2e-3", or null. */
  parse(text) {
    const found = /^\s*([+\-−]?)(\d*)(?:\.(\d*))?(?:[eE]([+\-]?\d{1,3}))?(?:\s*\/\s*(\d+))?\s*$/.exec(text);
    if (!found) return null;
    const [, sign, whole, part = "", exponent, bottom] = found;
    if (!whole && !part) return null;
    let n = BigInt(whole + part), d = 10n ** BigInt(part.length) * BigInt(bottom || 1);
    if (!d) return null;
    const power = Number(exponent || 0);
    if (power > 0) n *= 10n ** BigInt(power); else d *= 10n ** BigInt(-power);
    return Q.reduce([sign && sign !== "+" ? -n : n, d]);
  },

  text(x) {
    const [n, d] = Q.reduce(x);
    return d === 1n ? `${n}` : `${n}/${d}`;
  },
};

const minus = text => text.replace(/-/g, "−");

/* A double in at most so many significant digits. */
function decimal(x, digits = 7) {
  if (!Number.isFinite(x)) return x > 0 ? "∞" : x < 0 ? "−∞" : "?";
  if (x === 0) return "0";
  const [text, power] = x.toPrecision(digits).split("e"), short = text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  return minus(short + (power ? `e${power.replace("+", "")}` : ""));
}

/* A rational as a fraction if that is short, else "≈" and decimals. */
function label(x, room = 9, digits = 7) {
  const text = Q.text(x);
  return text.length <= room ? minus(text) : `≈ ${decimal(Q.float(x), digits)}`;
}
