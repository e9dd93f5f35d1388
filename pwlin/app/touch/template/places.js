/* The handles of each picture, from what is drawn. */
function placeHandles(app) {
  if (app.data.start.fixed) return;
  const { derived: d, store } = app, { fit, slopes } = app.views, i = store.focus, chosen = store.ui.selected;
  const name = part => part.place === "none" ? "no kink" : `at ${kinkText(part, 7 + app.goal.finer)}, on to the ${part.side > 0 ? "right" : "left"}, slope jumps by ${label(part.jump)}`;
  const places = [];
  d.parts.forEach((part, k) => {
    const inside = part.place === "inside", [fx, fy] = fit.flagPlace(d, k);
    const [x, y] = inside ? fit.dotPlace(d, k) : [fx, fit.railY];
    places.push({
      kind: "dot", index: k, x, y,
      named: { "aria-label": `kink of neuron ${k + 1}`, "aria-valuenow": Number.isFinite(part.x) ? part.x : 0, "aria-valuemin": app.goal.a, "aria-valuemax": app.goal.b, "aria-valuetext": name(part), tabindex: k === chosen || (chosen === null && !k) ? 0 : -1 },
    });
    if (inside) places.push({ kind: "flag", index: k, x: fx, y: fit.railY + fy });
  });
  const arm = fit.armPlace(d, i);
  if (arm) places.push({
    kind: "arm", index: i, x: arm.x, y: arm.y,
    named: { "aria-label": `jump of neuron ${i + 1}`, "aria-orientation": "vertical", "aria-valuenow": Q.float(d.parts[i].jump), "aria-valuetext": label(d.parts[i].jump), tabindex: 0 },
  });
  places.push({ kind: "c", index: 0, x: LEFT - 12, y: clamp(fit.Y(d.net.c), fit.top, fit.bottom), named: { "aria-label": "c, the height without neurons", "aria-orientation": "vertical", "aria-valuenow": d.net.c, "aria-valuetext": label(Q.of(d.net.c)), tabindex: 0 } });
  fit.handles.put(places);
  const steps = [];
  d.joints.forEach((joint, k) => {
    const [low, high] = [d.regions[k].slope, d.regions[k + 1].slope].map(s => clamp(slopes.Y(s), slopes.top, slopes.bottom));
    for (const index of joint.neurons) steps.push({ kind: "riser", index, x: slopes.X(joint.x), y: (low + high) / 2, tall: Math.abs(low - high) });
  });
  if (i !== null && d.net.neurons[i].w) d.regions.forEach((region, k) => {
    if (region.on[i]) steps.push({ kind: "tread", index: k, neuron: i, region, x: slopes.X((region.l + region.r) / 2), width: Math.max(slopes.X(region.r) - slopes.X(region.l), 1), y: clamp(slopes.Y(region.slope), slopes.top, slopes.bottom) });
  });
  slopes.handles.put(steps);
}
