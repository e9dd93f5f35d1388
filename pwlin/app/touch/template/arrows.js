/* Arrows of the gradient of one input: where kinks and arms would go. */

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

function lineArrows(app, d, shown) {
  const { fit } = app.views, arrows = [];
  if (shown) {
    const gradient = fullGradient(d, app.goal);
    d.parts.forEach((part, i) => {
      const n = d.net.neurons[i], g = gradient[i];
      if (part.place !== "inside") return;
      const dk = (g.b + part.x * g.w) / n.w, dj = -(g.v * Math.abs(n.w) + n.v * part.side * g.w);
      const [x, dy] = fit.flagPlace(d, i), arm = fit.armPlace(d, i);
      arrows.push([i, x, fit.railY + dy - 14, arrowLength(fit.X(dk) - fit.X(0)), 0]);
      if (arm) arrows.push([i, arm.x - 12 * part.side, arm.y, 0, arrowLength(fit.Y(dj * Math.abs(arm.e - part.x)) - fit.Y(0))]);
    });
  }
  fit.arrows(arrows.length).forEach((node, k) => {
    const [i, ...place] = arrows[k];
    put(node, { d: arrowPath(...place), ...own(app, i) });
  });
}
