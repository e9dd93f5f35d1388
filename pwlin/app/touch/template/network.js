/* What a network with one hidden layer is on [A, B]: kinks, regions, slopes; signs are decided exactly. */
const MOST = 30;
const COMPARE = 1e-15; // more than the rounding of two quotients
const TINY = 1e-290;

/* Values of exact formulas, kept by the doubles that they are made from. */
function memo(compute) {
  const known = new Map();
  return (x, y) => {
    const key = `${x},${y}`;
    if (!known.has(key)) {
      if (known.size > 5000) known.clear();
      known.set(key, compute(x, y));
    }
    return known.get(key);
  };
}
const quotient = memo((w, b) => Q.reduce(Q.div(Q.neg(Q.of(b)), Q.of(w))));
const product = memo((x, y) => Q.reduce(Q.mul(Q.of(x), Q.of(y))));
const kinkOf = n => quotient(n.w, n.b);
const jumpOf = n => product(n.v, Math.abs(n.w));

const settled = (x, y) =>
  Math.abs(x) > TINY && Math.abs(y) > TINY && Math.abs(x - y) > COMPARE * (Math.abs(x) + Math.abs(y));
function compareKinks(p, q) {
  const x = -p.b / p.w, y = -q.b / q.w;
  return settled(x, y) && x - x === 0 && y - y === 0 ? Math.sign(x - y) : Q.cmp(kinkOf(p), kinkOf(q));
}
function compareKinkTo(n, float, exact) {
  const x = -n.b / n.w;
  return settled(x, float) && x - x === 0 ? Math.sign(x - float) : Q.cmp(kinkOf(n), exact);
}

/* Where a neuron is on: its side, its kink's place, and its state on the domain. */
function describe(n, index, goal) {
  const side = Math.sign(n.w);
  const found = { index, side, kink: null, x: NaN, place: "none", always: n.b > 0 };
  if (side) {
    found.kink = kinkOf(n);
    found.x = Q.float(found.kink);
    found.place = compareKinkTo(n, goal.a, goal.A) <= 0 ? "left" : compareKinkTo(n, goal.b, goal.B) >= 0 ? "right" : "inside";
    found.always = (side > 0 && found.place === "left") || (side < 0 && found.place === "right");
  }
  found.jump = jumpOf(n);
  const inside = found.place === "inside";
  found.state = inside ? (Q.sign(found.jump) ? "bends" : "silent") : found.always ? "on" : "dead";
  return found;
}

function derive(net, goal) {
  if (net.fixed) return net.fixed;
  const parts = net.neurons.map((n, i) => describe(n, i, goal));
  const order = parts.filter(p => p.place === "inside").map(p => p.index);
  order.sort((i, j) => compareKinks(net.neurons[i], net.neurons[j]) || i - j);
  const joints = [];
  for (const i of order) {
    const last = joints.at(-1);
    if (last && compareKinks(net.neurons[last.neurons[0]], net.neurons[i]) === 0) last.neurons.push(i);
    else joints.push({ x: parts[i].x, exact: parts[i].kink, neurons: [i] });
  }
  for (const j of joints) {
    j.jump = Q.reduce(Q.sum(j.neurons.map(i => parts[i].jump)));
    for (const i of j.neurons) parts[i].joint = j;
  }
  const on = parts.map(p => (p.place === "inside" ? p.side < 0 : p.always));
  let slope = Q.sum(net.neurons.filter((_, i) => on[i]).map(n => product(n.v, n.w)));
  const regions = [];
  let start = { x: goal.a, exact: goal.A };
  for (const end of [...joints, { x: goal.b, exact: goal.B, neurons: [], jump: Q.zero }]) {
    regions.push(regionOf(net, start, end, Q.reduce(slope), on.slice()));
    for (const i of end.neurons) on[i] = !on[i];
    slope = Q.add(slope, end.jump);
    start = end;
  }
  const kinks = joints.filter(j => Q.sign(j.jump));
  return { net, parts, joints, regions, kinks, pieces: kinks.length + 1 };
}

function regionOf(net, start, end, exactSlope, on) {
  const slope = Q.float(exactSlope);
  const at = x => net.neurons.reduce((y, n, i) => (on[i] ? y + n.v * (n.w * x + n.b) : y), net.c);
  return { l: start.x, r: end.x, L: start.exact, R: end.exact, slope, exactSlope, on, yl: at(start.x), yr: at(end.x) };
}

/* The exact offset of a region. */
const offsetOf = (net, region) =>
  region.exactOffset || Q.reduce(Q.sum([Q.of(net.c), ...net.neurons.filter((_, i) => region.on[i]).map(n => product(n.v, n.b))]));

/* f at any x, in doubles. */
function valueAt(net, x) {
  if (net.fixed) { const r = regionAt(net.fixed, x); return r.yl + r.slope * (x - r.l); }
  let y = net.c;
  for (const n of net.neurons) {
    const z = n.w * x + n.b;
    if (z > 0) y += n.v * z;
  }
  return y;
}
const lever = (n, x) => n.w * x + n.b;
const reluAt = (n, x) => n.v * Math.max(lever(n, x), 0);
const regionAt = (d, x) => d.regions.find(r => x <= r.r) || d.regions.at(-1);
