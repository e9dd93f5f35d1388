/* Errors against the target's cells (cubics in t = x - x0) or against points: in doubles at once, exactly when idle. */
const GAUSS = [[0.8611363115940526, 0.34785484513745385], [0.3399810435848563, 0.6521451548625461]]
  .flatMap(([t, w]) => [[t, w], [-t, w]]);

/* The target from what Python wrote. */
function readGoal(data) {
  const goal = { ...data, A: Q.parse(data.domain[0]), B: Q.parse(data.domain[1]), epsilon: data.epsilon || 0 };
  goal.a = Q.float(goal.A);
  goal.b = Q.float(goal.B);
  goal.finer = Math.max(Math.ceil(Math.log10(Math.max(Math.abs(goal.a), Math.abs(goal.b)) / (goal.b - goal.a))), 0); // digits that all places share
  const number = x => (typeof x === "number" ? Q.of(x) : Q.parse(x));
  goal.cells = (data.cells || []).map(([l, r, x0, ...c]) => {
    const cell = { L: number(l), R: number(r), X: number(x0), C: c.map(number) };
    while (cell.C.length < 4) cell.C.push(Q.zero);
    [cell.l, cell.r, cell.x0] = [cell.L, cell.R, cell.X].map(Q.float);
    cell.c = cell.C.map(Q.float);
    cell.degree = cell.C.reduce((n, x, k) => (Q.sign(x) ? k : n), 0);
    return cell;
  });
  goal.inputs = ["w"];
  goal.sample = (random, x) => lineSample(goal, random, x);
  if (data.points) {
    const [xs, ys] = data.points;
    goal.points = xs.map((x, i) => ({ X: number(x), Y: number(ys[i]) }));
    for (const p of goal.points) { p.x = Q.float(p.X); p.y = Q.float(p.Y); }
  }
  return goal;
}
const cubic = ({ x0, c }, x) => { const t = x - x0; return ((c[3] * t + c[2]) * t + c[1]) * t + c[0]; };
const cubicSlope = ({ x0, c }, x) => { const t = x - x0; return (3 * c[3] * t + 2 * c[2]) * t + c[1]; };
function cellAt(goal, x) {
  let low = 0, high = goal.cells.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x <= goal.cells[middle].r) high = middle; else low = middle + 1;
  }
  return goal.cells[low];
}

/* The target at a random place, which is left in x. */
function lineSample({ a, b, cells, points }, random, x) {
  const u = random.unit();
  if (points) { const p = points[Math.floor(u * points.length)]; x[0] = p.x; return p.y; }
  x[0] = a * (1 - u) + b * u;
  return cubic(cells.length === 1 ? cells[0] : cellAt({ cells }, x[0]), x[0]);
}

/* Where a region and a cell overlap, left to right. */
function* overlaps(regions, cells) {
  let j = 0;
  for (const region of regions) {
    while (j && cells[j].l > region.l) j--;
    for (; j < cells.length; j++) {
      const l = Math.max(region.l, cells[j].l), r = Math.min(region.r, cells[j].r);
      if (l < r) yield { region, cell: cells[j], l, r };
      if (cells[j].r >= region.r) break;
    }
  }
}

/* The same by exact ends: kinks of one double may be different places. */
function* exactOverlaps(regions, cells) {
  const later = (x, y) => (Q.cmp(x, y) > 0 ? x : y), sooner = (x, y) => (Q.cmp(x, y) < 0 ? x : y);
  let j = 0;
  for (const region of regions) {
    for (;; j++) {
      const cell = cells[j], l = later(region.L, cell.L), r = sooner(region.R, cell.R);
      if (Q.cmp(l, r) < 0) yield { region, cell, l, r };
      if (Q.cmp(cell.R, region.R) >= 0) break;
    }
  }
}

/* Places between l and r where the slope of the cell is s. */
function turns({ x0, c }, s, l, r) {
  const [, c1, c2, c3] = c;
  let found;
  if (!c3) found = c2 ? [(s - c1) / (2 * c2)] : [];
  else {
    const root = c2 * c2 - 3 * c3 * (c1 - s);
    const u = -(c2 + (c2 < 0 ? -1 : 1) * Math.sqrt(root));
    found = root >= 0 ? [u / (3 * c3), u ? (c1 - s) / u : NaN] : [];
  }
  return found.map(t => x0 + t).filter(x => l < x && x < r);
}

function errorsOf(d, goal) {
  const worst = { value: -1, at: goal.a, signed: 0 };
  const meet = (x, e, where) => {
    if (where && Math.abs(e) > where.sup) where.sup = Math.abs(e);
    if (Math.abs(e) > worst.value) Object.assign(worst, { value: Math.abs(e), at: x, signed: e });
  };
  if (goal.points) {
    let total = 0;
    for (const p of goal.points) {
      const e = valueAt(d.net, p.x) - p.y;
      total += e * e;
      meet(p.x, e);
    }
    return { sup: worst.value, at: worst.at, signed: worst.signed, mse: total / goal.points.length };
  }
  let total = 0;
  for (const region of d.regions) region.sup = 0;
  for (const { region, cell, l, r } of overlaps(d.regions, goal.cells)) {
    const e = x => region.slope * (x - region.l) + region.yl - cubic(cell, x);
    for (const x of [l, r, ...turns(cell, region.slope, l, r)]) meet(x, e(x), region);
    const middle = (l + r) / 2, half = (r - l) / 2;
    for (const [t, weight] of GAUSS) total += weight * half * e(middle + half * t) ** 2;
  }
  return { sup: worst.value, at: worst.at, signed: worst.signed, mse: total / (goal.b - goal.a) };
}

/* The same in rationals, a part at a time, so that the page stays quick. The largest error is null where it is no rational. */
function* exactErrors(d, goal) {
  let total = Q.zero, sup = Q.zero, most = 0, turned = 0, at = goal.A;
  const meet = (x, e) => {
    const value = Math.abs(Q.float(e)); // rounded, so never in another order
    if (value >= most && Q.cmp(Q.abs(e), sup) > 0) { sup = Q.reduce(Q.abs(e)); at = x; most = value; }
  };
  if (goal.points) {
    if (goal.points.length > 2000) return null;
    const exact = p => {
      if (d.net.fixed) { const r = d.regions.find(r => Q.cmp(p.X, r.R) <= 0); return Q.reduce(Q.sub(Q.add(Q.mul(r.exactSlope, p.X), r.exactOffset), p.Y)); }
      let y = Q.of(d.net.c);
      for (const n of d.net.neurons) {
        const z = Q.add(Q.mul(Q.of(n.w), p.X), Q.of(n.b));
        if (Q.sign(z) > 0) y = Q.add(y, Q.mul(Q.of(n.v), z));
      }
      return Q.reduce(Q.sub(y, p.Y));
    };
    for (const p of goal.points) {
      const e = exact(p);
      total = Q.add(total, Q.mul(e, e));
      meet(p.X, e);
      yield;
    }
    return { mse: Q.reduce(Q.div(total, Q.int(goal.points.length))), sup, at };
  }
  for (const { region, cell, l, r } of exactOverlaps(d.regions, goal.cells)) {
    const two = Q.int(2), middle = Q.reduce(Q.div(Q.add(l, r), two)), half = Q.reduce(Q.div(Q.sub(r, l), two));
    const t = Q.sub(middle, cell.X), [c0, c1, c2, c3] = cell.C, s = region.exactSlope;
    const line = Q.add(Q.mul(s, middle), offsetOf(d.net, region));
    const a0 = Q.reduce(Q.sub(line, Q.add(c0, Q.mul(t, Q.add(c1, Q.mul(t, Q.add(c2, Q.mul(t, c3))))))));
    const a1 = Q.reduce(Q.sub(s, Q.add(c1, Q.mul(t, Q.add(Q.mul(two, c2), Q.mul(Q.int(3), Q.mul(t, c3)))))));
    const a2 = Q.reduce(Q.neg(Q.add(c2, Q.mul(Q.int(3), Q.mul(t, c3))))), a3 = Q.neg(c3);
    const h2 = Q.mul(half, half), share = (x, k) => Q.div(x, Q.int(k));
    let sum = Q.add(share(Q.add(Q.mul(a2, a2), Q.mul(two, Q.mul(a1, a3))), 5), share(Q.mul(Q.mul(a3, a3), h2), 7));
    sum = Q.add(share(Q.add(Q.mul(a1, a1), Q.mul(two, Q.mul(a0, a2))), 3), Q.mul(h2, sum));
    sum = Q.mul(Q.mul(two, half), Q.add(Q.mul(a0, a0), Q.mul(h2, sum)));
    total = Q.add(total, Q.reduce(sum));
    const e = u => Q.add(a0, Q.mul(u, Q.add(a1, Q.mul(u, Q.add(a2, Q.mul(u, a3))))));
    for (const u of [Q.neg(half), half]) meet(Q.add(middle, u), e(u));
    if (Q.sign(a3)) {
      const inside = turns(cell, region.slope, Math.max(region.l, cell.l), Math.min(region.r, cell.r));
      for (const x of inside) turned = Math.max(turned, Math.abs(Q.float(e(Q.sub(Q.of(x), middle)))) * (1 + 1e-9));
    } else if (Q.sign(a2)) {
      const u = Q.div(Q.neg(a1), Q.mul(two, a2));
      if (Q.cmp(Q.abs(u), half) < 0) meet(Q.add(middle, u), Q.sub(a0, Q.div(Q.mul(a1, a1), Q.mul(Q.int(4), a2))));
    }
    yield;
  }
  return { mse: Q.reduce(Q.div(total, Q.sub(goal.B, goal.A))), sup: turned < most || turned === 0 ? sup : null, at: Q.reduce(at) };
}
