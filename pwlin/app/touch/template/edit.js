/* What each gesture makes of a network: pure functions. One gesture moves one neuron, and only what it names. */
const snapTo = (x, grid) => (grid ? Math.round(x / grid) * grid : x);
const plain = x => (x === 0 ? 0 : x); // no minus zero
const changed = (net, i, more) => ({ ...net, neurons: net.neurons.map((n, j) => (j === i ? { ...n, ...more } : n)) });
const LARGEST = 1e140; // squares of errors are doubles as well
const finite = net => Math.abs(net.c) < LARGEST && net.neurons.every(({ v, ...rest }) =>
  [v, ...Object.values(rest)].every(Number.isFinite) && Math.abs(v) * Object.values(rest).reduce((s, x) => s + Math.abs(x), 0) < LARGEST);

/* The grids of places and of slopes: powers of two. */
function gridsOf(goal) {
  const slopes = goal.points ? pointSlopes(goal.points) : goal.cells.flatMap(c => [cubicSlope(c, c.l), cubicSlope(c, c.r)]);
  const power = x => (x > 0 && Number.isFinite(x) ? 2 ** Math.floor(Math.log2(x)) : 2 ** -7);
  const span = Math.max(...slopes) - Math.min(...slopes);
  return { places: power((goal.b - goal.a) / 64), slopes: power((span || 2 * Math.abs(slopes[0]) || 1) / 128) };
}
function pointSlopes(points) {
  const ys = points.map(p => p.y), xs = points.map(p => p.x);
  const slope = (Math.max(...ys) - Math.min(...ys)) / (Math.max(...xs) - Math.min(...xs) || 1);
  return [-slope, slope];
}

const edit = {
  kink: (net, i, q) => changed(net, i, { b: plain(-(net.neurons[i].w * q)) }),

  /* Sideways, while the arm's end stays: v follows, as long as the arm is not too short. */
  kinkHeld(net, i, q, goal) {
    const n = net.neurons[i], e = n.w > 0 ? goal.b : goal.a, moved = { ...n, b: plain(-(n.w * q)) };
    const short = lever(moved, e) / Math.abs(n.w) < (goal.b - goal.a) / 20;
    if (!short && lever(n, e) > 0) moved.v = (n.v * lever(n, e)) / lever(moved, e);
    return changed(net, i, moved);
  },

  /* The arm's end to height y. */
  arm(net, i, y, goal, grid) {
    const n = net.neurons[i], e = n.w > 0 ? goal.b : goal.a;
    return edit.jump(net, i, ((y - (valueAt(net, e) - n.v * lever(n, e))) / lever(n, e)) * Math.abs(n.w), grid);
  },

  /* A piece where the neuron is on to slope y. */
  tread(net, i, y, region, grid) {
    const n = net.neurons[i];
    const others = net.neurons.reduce((s, m, j) => (j !== i && region.on[j] ? s + m.v * m.w : s), 0);
    return edit.jump(net, i, (y - others) * Math.sign(n.w), grid);
  },
  jump: (net, i, j, grid) => changed(net, i, { v: plain(snapTo(j, grid) / Math.abs(net.neurons[i].w)) }),
  flip: (net, i) => changed(net, i, { w: plain(-net.neurons[i].w), b: plain(-net.neurons[i].b) }),
  offset: (net, y, grid) => ({ ...net, c: plain(snapTo(y, grid)) }),
  set: (net, i, name, value) => (name === "c" ? { ...net, c: plain(value) } : changed(net, i, { [name]: plain(value) })),

  /* The same function with other weights: exact. */
  scale(net, i, factor) {
    const n = net.neurons[i];
    return changed(net, i, { w: n.w * factor, b: n.b * factor, v: n.v / factor });
  },
  add(net, q, goal) {
    if (net.neurons.length >= MOST) return net;
    const w = q >= (goal.a + goal.b) / 2 ? 1 : -1;
    return { ...net, neurons: [...net.neurons, { w, b: plain(-(w * q)), v: 0 }] };
  },
  remove: (net, i) => ({ ...net, neurons: net.neurons.filter((_, j) => j !== i) }),
  place: (net, i, q) => changed(net, i, { w: 1, b: plain(-q) }), // of a neuron that had no kink

  /* Whichever fits, to q or as far beside the domain as a kink may go. */
  toKink(net, i, q, goal, held) {
    const reach = (goal.b - goal.a) / 10, at = clamp(q, goal.a - reach, goal.b + reach);
    return !net.neurons[i].w ? edit.place(net, i, at) : held ? edit.kinkHeld(net, i, at, goal) : edit.kink(net, i, at);
  },
};

/* A network from kinks, jumps and c, w = ±1. */
const fromKinks = ({ c, neurons }) => ({ c, neurons: neurons.map(({ w, k, j }) => ({ w, b: plain(-(w * k)), v: j })) });

/* How to get from one network to another of as many neurons: matched by side and order, then in between. */
function glide(from, to) {
  const key = n => [n.w > 0 ? 1 : 0, -n.b / n.w];
  const order = net => net.neurons.map((n, i) => i).sort((i, j) => {
    const [s, x] = key(net.neurons[i]), [t, y] = key(net.neurons[j]);
    return s - t || x - y;
  });
  const starts = order(from), ends = order(to), target = [];
  starts.forEach((i, k) => { target[i] = to.neurons[ends[k]]; });
  const end = { c: to.c, neurons: target };
  return t => (t >= 1 ? end : {
    c: from.c + (end.c - from.c) * t,
    neurons: from.neurons.map((n, i) => {
      const m = end.neurons[i], k = -n.b / n.w, q = -m.b / m.w, j = n.v * Math.abs(n.w);
      if (!n.w) return m;
      return { w: m.w, b: -(m.w * (k + (q - k) * t)), v: j + (m.v * Math.abs(m.w) - j) * t };
    }),
  });
}
/* Of several networks that are equally good, that with the fewest flips from here. */
function nearest(from, choices) {
  const right = net => net.neurons.filter(n => n.w > 0).length;
  return choices.reduce((p, q) => (Math.abs(right(q) - right(from)) < Math.abs(right(p) - right(from)) ? q : p));
}
