/* A square cut by lines into convex regions with exact corners, and errors against quadratics. */
const TRIANGLE = [[0.445948490915965, 0.223381589678011], [0.091576213509771, 0.109951743655322]]; // Dunavant, degree 4

/* On which side of a neuron's line a corner is; in rationals where floats may be wrong. */
function exactSide(n, p) { return Q.sum([Q.mul(Q.of(n.x), p.X), Q.mul(Q.of(n.y), p.Y), Q.of(n.b)]); }
function sideOf(n, p) {
  const value = n.x * p.x + n.y * p.y + n.b, scale = Math.abs(n.x * p.x) + Math.abs(n.y * p.y) + Math.abs(n.b);
  return Math.abs(value) > 1e-12 * scale && scale > TINY ? Math.sign(value) : Q.sign(exactSide(n, p));
}
const corner = (X, Y) => ({ X, Y, x: Q.float(X), y: Q.float(Y) });

/* Where a line meets an edge between corners on different sides. */
function meeting(n, p, q) {
  const s = exactSide(n, p), t = exactSide(n, q), size = Q.sub(t, s);
  const mix = (u, w) => Q.reduce(Q.div(Q.sub(Q.mul(u, t), Q.mul(w, s)), size));
  return corner(mix(p.X, q.X), mix(p.Y, q.Y));
}

function cutPlane(net, goal) {
  const [[A, B], [C, D]] = goal.sides;
  let regions = [{ corners: [corner(A, C), corner(B, C), corner(B, D), corner(A, D)], on: [] }];
  for (const n of net.neurons) {
    const next = [];
    for (const { corners, on } of regions) {
      const signs = corners.map(p => sideOf(n, p)), up = signs.includes(1), down = signs.includes(-1);
      if (!up || !down) { next.push({ corners, on: [...on, up] }); continue; }
      const parts = { 1: [], [-1]: [] };
      corners.forEach((p, i) => {
        const j = (i + 1) % corners.length, s = signs[i];
        if (s) parts[s].push(p); else { parts[1].push(p); parts[-1].push(p); }
        if (s * signs[j] < 0) { const m = meeting(n, p, corners[j]); parts[1].push(m); parts[-1].push(m); }
      });
      next.push({ corners: parts[1], on: [...on, true] }, { corners: parts[-1], on: [...on, false] });
    }
    regions = next;
  }
  for (const r of regions) {
    r.gx = r.gy = 0;
    r.c = net.c;
    net.neurons.forEach((n, i) => { if (r.on[i]) { r.gx += n.v * n.x; r.gy += n.v * n.y; r.c += n.v * n.b; } });
  }
  return regions;
}
const heightAt = (net, x, y) => net.neurons.reduce((z, n) => z + n.v * Math.max(n.x * x + n.y * y + n.b, 0), net.c);
const formAt = ({ form: [c, x1, y1, xx, xy, yy] }, x, y) => c + x1 * x + y1 * y + xx * x * x + xy * x * y + yy * y * y;

/* Places and weights that integrate polynomials of degree 4 over a region exactly. */
function* nodesOf(corners) {
  for (let i = 1; i + 1 < corners.length; i++) {
    const [p, q, s] = [corners[0], corners[i], corners[i + 1]], size = Math.abs((q.x - p.x) * (s.y - p.y) - (q.y - p.y) * (s.x - p.x)) / 2;
    for (const [t, weight] of TRIANGLE) for (const [k, l, m] of [[1 - 2 * t, t, t], [t, 1 - 2 * t, t], [t, t, 1 - 2 * t]])
      yield [k * p.x + l * q.x + m * s.x, k * p.y + l * q.y + m * s.y, size * weight];
  }
}
/* The gradient of the mean square error over the whole domain: for each neuron {x, y, b, v}. */
function planeGradient(net, regions, goal) {
  const found = net.neurons.map(() => ({ x: 0, y: 0, b: 0, v: 0 })), area = (goal.b - goal.a) * (goal.d - goal.c);
  for (const r of regions) for (const [x, y, weight] of nodesOf(r.corners)) {
    const pull = (2 * weight * (r.c + r.gx * x + r.gy * y - formAt(goal, x, y))) / area;
    net.neurons.forEach((n, i) => {
      if (!r.on[i]) return;
      found[i].v += pull * (n.x * x + n.y * y + n.b);
      found[i].x += pull * n.v * x;
      found[i].y += pull * n.v * y;
      found[i].b += pull * n.v;
    });
  }
  return found;
}
/* The target at a random place, which is left in `at`. */
function planeSample(goal, random, at) {
  const u = random.unit(), v = random.unit();
  at[0] = goal.a * (1 - u) + goal.b * u;
  at[1] = goal.c * (1 - v) + goal.d * v;
  return formAt(goal, at[0], at[1]);
}

const inside = (corners, x, y) => corners.every((p, i) => { const q = corners[(i + 1) % corners.length]; return (q.x - p.x) * (y - p.y) - (q.y - p.y) * (x - p.x) >= 0; });

/* Largest error and its place, and the mean of the squares; both in closed form, in doubles. */
function planeErrors(regions, goal) {
  const worst = { sup: -1, x: 0, y: 0, signed: 0 }, [, x1, y1, xx, xy, yy] = goal.form, bend = 4 * xx * yy - xy * xy;
  let total = 0, area = 0;
  for (const r of regions) {
    const e = (x, y) => r.c + r.gx * x + r.gy * y - formAt(goal, x, y), { corners } = r;
    const meet = (x, y) => { const v = e(x, y); if (Math.abs(v) > worst.sup) Object.assign(worst, { sup: Math.abs(v), x, y, signed: v }); };
    corners.forEach((p, i) => {
      const q = corners[(i + 1) % corners.length];
      meet(p.x, p.y);
      const [e0, e1, em] = [e(p.x, p.y), e(q.x, q.y), e((p.x + q.x) / 2, (p.y + q.y) / 2)];
      const a = 2 * (e0 + e1 - 2 * em), t = -(e1 - e0 - a) / (2 * a);
      if (t > 0 && t < 1) meet(p.x + t * (q.x - p.x), p.y + t * (q.y - p.y));
    });
    const u = r.gx - x1, v = r.gy - y1, [x, y] = [(2 * yy * u - xy * v) / bend, (2 * xx * v - xy * u) / bend];
    if (bend && inside(corners, x, y)) meet(x, y);
    for (const [x, y, weight] of nodesOf(corners)) { area += weight; total += weight * e(x, y) ** 2; }
  }
  return { ...worst, mse: total / area };
}

/* The visible part of a line, or null. */
function segmentOf(n, { a, b, c, d }) {
  const ends = [];
  const meet = (x, y) => { if (x >= a - 1e-9 && x <= b + 1e-9 && y >= c - 1e-9 && y <= d + 1e-9 && !ends.some(p => Math.hypot(p[0] - x, p[1] - y) < 1e-9)) ends.push([x, y]); };
  if (n.y) for (const x of [a, b]) meet(x, -(n.b + n.x * x) / n.y);
  if (n.x) for (const y of [c, d]) meet(-(n.b + n.y * y) / n.x, y);
  return ends.length > 1 ? ends.slice(0, 2) : null;
}

const planeEdit = {
  /* A parallel shift, so that the line goes through a point. */
  through: (net, i, x, y) => changed(net, i, { b: plain(-(net.neurons[i].x * x + net.neurons[i].y * y)) }),
  /* Turned about a point: the length of w stays, the side as well. */
  turn(net, i, angle, x, y) {
    const n = net.neurons[i], c = Math.cos(angle), s = Math.sin(angle), nx = plain(c * n.x - s * n.y), ny = plain(s * n.x + c * n.y);
    return changed(net, i, { x: nx, y: ny, b: plain(-(nx * x + ny * y)) });
  },
  flip: (net, i) => { const n = net.neurons[i]; return changed(net, i, { x: plain(-n.x), y: plain(-n.y), b: plain(-n.b) }); },
  pull: (net, i, v) => changed(net, i, { v: plain(v) }),
  add: net => (net.neurons.length >= 12 ? net : { ...net, neurons: [...net.neurons, { x: 1, y: 0, b: 0, v: 0 }] }),
};
