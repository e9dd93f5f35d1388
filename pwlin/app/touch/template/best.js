/* What the best possible is: with N pieces, with n ReLUs; and how many best pieces an error is worth. */

/* The least error with so many pieces: its double, and its fraction where there is a closed form. */
function bestWith(goal, norm, pieces) {
  const best = goal.best;
  if (!best || pieces < 1) return null;
  if (best.kind === "quadratic") {
    const a = Q.abs(Q.parse(best.leading)), length = Q.sub(goal.B, goal.A), h = Q.div(length, Q.int(pieces));
    const h2 = Q.mul(h, h);
    const exact = norm === "sup" ? Q.div(Q.mul(a, h2), Q.int(8)) : Q.div(Q.mul(Q.mul(a, a), Q.mul(h2, h2)), Q.int(180));
    return { value: Q.float(exact), exact: Q.reduce(exact) };
  }
  const table = best[norm], k = table.findIndex(([n]) => n >= pieces), proved = (best.proved || []).includes(norm);
  if (k < 0) { const [n, e] = table.at(-1); return { value: e * (n / pieces) ** power(norm), guess: "about" }; }
  const [n, e, text] = table[k];
  if (n === pieces || !k) return { value: e, exact: text && proved ? Q.parse(text) : null, proved };
  const [m, before] = table[k - 1];
  if (!e) return { value: before, guess: "≤" };
  return { value: before * (e / before) ** (Math.log(pieces / m) / Math.log(n / m)), guess: "about" };
}
const power = norm => (norm === "sup" ? 2 : 4);

/* The number of pieces from which on nothing is left, or null. */
function enough(goal, norm) {
  const best = goal.best;
  if (!best) return null;
  if (best.kind === "quadratic") return Q.sign(Q.parse(best.leading)) ? null : 1;
  const found = best[norm].find(([, e]) => e === 0);
  return found ? found[0] : null;
}

/* How many best pieces an error is worth; null where no ratio makes sense: where one or two pieces do it exactly. */
function effective(goal, norm, value) {
  if (!goal.best) return null;
  const most = enough(goal, norm), law = (n, e) => Math.min(n * (e / value) ** (1 / power(norm)), most ?? Infinity);
  if (goal.best.kind === "quadratic") return most !== null ? null : value <= 0 ? Infinity : law(1, bestWith(goal, norm, 1).value);
  const table = goal.best[norm].filter(([, e]) => e > 0);
  if (most !== null && table.length < 2) return null;
  if (value <= 0) return most ?? Infinity;
  if (value >= table[0][1]) return law(table[0][0], table[0][1]);
  for (let k = 1; k < table.length; k++) {
    const [m, before] = table[k - 1], [n, e] = table[k];
    if (value >= e) return m * (n / m) ** (Math.log(before / value) / Math.log(before / e));
  }
  return law(...table.at(-1));
}

/* Where the best network of as many ReLUs has its kinks, if they are to be shown. */
function ghostsOf({ goal, store: { ui, net } }) {
  const known = ui.ghosts && bestNetwork(goal, ui.norm, net.neurons.length);
  return known ? known.net.neurons.map(n => n.k).filter(k => k > goal.a && k < goal.b) : [];
}

const read = x => (typeof x === "number" ? x : Q.float(Q.parse(x)));

/* A network, and its mirror image where that is as good: for parabolas about the middle. */
function alike({ a, b, best, cells: [cell] }, { c, neurons }) {
  const even = best.kind === "quadratic" && cell.c[1] + cell.c[2] * (a + b) === 0;
  return [neurons, ...(even ? [neurons.map(n => ({ ...n, w: -n.w, k: a + b - n.k }))] : [])].map(ns => ({ c, neurons: ns }));
}

/* The best network of n ReLUs that is known: {error, proved, net}, or null. */
function bestNetwork(goal, norm, n) {
  const all = goal.networks || {}, of = name => all[name] && all[name][n], exactly = of("mse");
  const found = of(norm) || (exactly && exactly[1] && read(exactly[0]) === 0 ? exactly : null); // what is the target is the best in each norm
  if (!found) return null;
  const [error, proved, c, neurons] = found;
  return { error: read(error), proved, net: { c: read(c), neurons: neurons.map(([w, k, j]) => ({ w, k: read(k), j: read(j) })) } };
}
