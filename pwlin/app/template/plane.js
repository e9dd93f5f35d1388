// The moving picture of a run with two inputs: regions tell their affine map, kinks their neuron and jump.
"use strict";
(() => {
  const { film, svg, element, number } = pwlin;
  const [X, Y] = film.names;
  let chosen = null, region = null; // the neurons of a kink, or the number of a region
  const near = (element, lines) => {
    const box = element.getBBox();
    pwlin.tip(box.x + box.width / 2, box.y + box.height / 2, lines);
  };

  const neurons = (keys) => keys.map((key) => `(${key.replace(":", ", ")})`).join(", ");
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
    const [a, b, keys, jump] = moment.kinks[i], exact = moment.exact;
    const point = (k) => `(${number(moment.points[2 * k], 6)}, ${number(moment.points[2 * k + 1], 6)})`;
    const lines = [
      pwlin.strong(`Kink of neuron${keys.length > 1 ? "s" : ""} ${neurons(keys)}`),
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
    const left = 46 + (width - 62 - side) / 2, top = 22;
    pwlin.clear(width, height + top + 36);
    const { px, py, group } = pwlin.axes({ left, right: left + side, top, bottom: top + height }, film.x, film.y, X, Y, [5, 5]);
    const at = (k) => `${px(moment.points[2 * k]).toFixed(2)},${py(moment.points[2 * k + 1]).toFixed(2)}`;
    moment.regions.forEach(([corners, colour], i) => {
      const cell = element("polygon", { class: "cell", points: corners.map(at).join(" "), fill: colour, "aria-label": `region ${i + 1}` }, group);
      const told = () => near(cell, [`region ${i + 1}`, `gradient (${moment.regions[i][2].join(", ")})`]);
      pwlin.choosable(cell, () => (tellRegion(moment, i), told()), () => {
        [chosen, region] = [null, region === i ? null : i];
        show();
        tellRegion(moment, i);
      });
    });
    moment.kinks.forEach(([from, to, keys, jump], i) => {
      const crease = element("g", { class: keys.join(" ") === chosen ? "crease chosen" : "crease", "aria-label": `kink of neuron ${neurons(keys)}` }, group);
      const d = `M${at(from)}L${at(to)}`;
      element("path", { class: "wide", d }, crease);
      element("path", { class: "mark", d }, crease);
      const told = () => near(crease, [`neuron ${neurons(keys)}`, `jump (${jump.join(", ")})`]);
      pwlin.choosable(crease, () => (tellKink(moment, i), told()), () => {
        const key = keys.join(" ");
        [chosen, region] = [chosen === key ? null : key, null];
        show();
        tellKink(moment, i);
      });
    });
    if (region !== null && moment.regions[region]) {
      element("polygon", { class: "outline", points: moment.regions[region][0].map(at).join(" ") }, group);
    }
  };
  svg.addEventListener("pointerleave", () => pwlin.untip());

  const show = pwlin.player(draw, (moment) => {
    region = null; // a region of one moment is not one of another
    const found = moment.kinks.findIndex((k) => k[2].join(" ") === chosen);
    if (found >= 0) tellKink(moment, found);
    else hint();
  });
  hint();
})();
