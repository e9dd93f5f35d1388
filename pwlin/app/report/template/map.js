// The moving picture of a run with two inputs: regions tell their affine map, kinks their neuron and jump.
"use strict";
(() => {
  const film = JSON.parse(pwlin.get("film-data").textContent);
  const { element, number, ticks } = pwlin, svg = pwlin.get("film-picture");
  const [X, Y] = film.names;
  let chosen = null;

  const exactly = (values) => (values ? [", exactly ", { exact: `(${values.join(", ")})` }] : []);
  const tellRegion = (moment, i) => {
    const [, colour, gradient, offset, pattern] = moment.regions[i], exact = moment.exact;
    const lines = [
      [pwlin.swatch(colour), pwlin.strong(`Region ${i + 1} of ${moment.regions.length}`), `, active neurons ${pattern}`],
      [`F = gradient · (${X}, ${Y}) + offset, with gradient (${gradient.join(", ")})`, ...exactly(exact && exact.gradients[i])],
      [`offset ${offset}`, ...(exact ? [", exactly ", { exact: exact.offsets[i] }] : [])],
    ];
    if (exact && exact.errors) lines.push(`largest error ${exact.errors[i]}`);
    pwlin.tell(lines);
  };
  const tellKink = (moment, i) => {
    const [a, b, neurons, jump] = moment.kinks[i], exact = moment.exact;
    const point = (k) => `(${number(moment.points[2 * k], 6)}, ${number(moment.points[2 * k + 1], 6)})`;
    const lines = [
      pwlin.strong(`Kink of neuron${neurons.length > 1 ? "s" : ""} ${pwlin.neurons(neurons)}`),
      [`the gradient jumps by (${jump.join(", ")})`, ...exactly(exact && exact.jumps[i])],
      [`from ${point(a)} to ${point(b)}`],
    ];
    if (exact) lines[2].push(", exactly ", { exact: `(${exact.points[a].join(", ")})` }, " and ", { exact: `(${exact.points[b].join(", ")})` });
    pwlin.tell(lines);
  };
  const hint = () =>
    pwlin.tell([`Point at a region or at a kink between two. Press a kink to see all of its neuron's${film.moments.length > 1 ? ", through training" : ""}.`]);

  const draw = (moment) => {
    const width = Math.max(svg.clientWidth, 280);
    const [a, b] = film.x, [c, d] = film.y;
    const side = Math.min(width - 62, 520), height = Math.min(Math.max((side * (d - c)) / (b - a), side / 3), side * 1.5);
    const left = 46 + (width - 62 - side) / 2, top = 8;
    const px = (x) => left + ((x - a) / (b - a)) * side, py = (y) => top + height - ((y - c) / (d - c)) * height;
    const at = (k) => `${px(moment.points[2 * k]).toFixed(2)},${py(moment.points[2 * k + 1]).toFixed(2)}`;

    svg.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${width} ${height + 44}`);
    for (const t of ticks(a, b, 5)) element("text", { x: px(t), y: top + height + 16, "text-anchor": "middle" }, svg, number(t, 4));
    for (const t of ticks(c, d, 5)) element("text", { x: left - 6, y: py(t) + 4, "text-anchor": "end" }, svg, number(t, 4));
    element("text", { x: left + side / 2, y: top + height + 34, "text-anchor": "middle" }, svg, X);
    element("text", { x: left - 40, y: top + height / 2 }, svg, Y);
    moment.regions.forEach(([corners, colour], i) => {
      const cell = element("polygon", { class: "cell", points: corners.map(at).join(" "), fill: colour, "aria-label": `region ${i + 1}` }, svg);
      pwlin.choosable(cell, () => tellRegion(moment, i), () => {
        chosen = null;
        show();
        tellRegion(moment, i);
      });
    });
    moment.kinks.forEach(([from, to, neurons], i) => {
      const follows = chosen !== null && neurons.join(" ") === chosen;
      const group = element("g", { class: follows ? "crease chosen" : "crease", "aria-label": `kink of neuron ${pwlin.neurons(neurons)}` }, svg);
      const d = `M${at(from)}L${at(to)}`;
      element("path", { class: "wide", d }, group);
      element("path", { class: "line", d }, group);
      pwlin.choosable(group, () => tellKink(moment, i), () => {
        const key = neurons.join(" ");
        chosen = chosen === key ? null : key;
        show();
        tellKink(moment, i);
      });
    });
    element("rect", { class: "frame", x: left, y: top, width: side, height }, svg);
  };

  const show = pwlin.player(film.moments, draw, (moment) => {
    const found = moment.kinks.findIndex((k) => k[2].join(" ") === chosen);
    if (found >= 0) tellKink(moment, found);
    else hint();
  });
  hint();
})();
