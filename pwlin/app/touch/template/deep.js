/* A network of several layers, which is shown and not changed: its pieces are given exactly, its kinks are marked by layer. */
function fixedNet({ ends, maps, layers }) {
  const net = { c: 0, neurons: [] }, places = ends.map(Q.parse);
  const regions = maps.map(([s, o], k) => {
    const exactSlope = Q.parse(s), exactOffset = Q.parse(o), [L, R] = [places[k], places[k + 1]];
    const [yl, yr] = [L, R].map(x => Q.float(Q.add(Q.mul(exactSlope, x), exactOffset)));
    return { l: Q.float(L), r: Q.float(R), L, R, exactSlope, exactOffset, slope: Q.float(exactSlope), on: [], yl, yr };
  });
  const joints = layers.map((found, k) => ({
    x: regions[k].r, exact: places[k + 1], neurons: [], layers: found, height: regions[k].yr,
    jump: Q.reduce(Q.sub(regions[k + 1].exactSlope, regions[k].exactSlope)),
  }));
  const kinks = joints.filter(j => Q.sign(j.jump));
  Object.defineProperty(net, "fixed", { value: { net, parts: [], joints, regions, kinks, pieces: kinks.length + 1 } }); // no part of what is compared
  return net;
}
const LAYER_MARKS = ["M-6 0A6 6 0 1 1 6 0A6 6 0 1 1-6 0Z", "M-5.5-5.5H5.5V5.5H-5.5Z", "M0-7 7 6H-7Z", "M0-7.5 7 0 0 7.5-7 0Z"];
const LAYER_NAMES = ["●", "■", "▲", "◆"];

class DeepView {
  constructor(app) {
    this.app = app;
    const { fixed } = app.data.start;
    if (!fixed) return;
    app.root.querySelector(".app").classList.add("fixed");
    const kinks = app.store.net.fixed.kinks, own = k => kinks.filter(j => j.layers.includes(k)).length;
    const counted = [...new Set(kinks.flatMap(j => j.layers))].sort((x, y) => x - y).map(k => `${LAYER_NAMES[k % 4]} layer ${k}: ${own(k)}`);
    put(app.root.querySelector(".notes"), { text: `Network ${fixed.shape}: ${plural(kinks.length, "kink")} (${counted.join(", ")}). It is shown and not changed: only the kinks of one layer can be moved here.` });
    this.marks = pool(() => draw("path", app.views.fit.marks, { class: "layer-mark" }));
  }
  draw(d) {
    if (!this.marks) return;
    const { fit } = this.app.views;
    this.marks(d.kinks.length).forEach((node, i) => {
      const { x, height, layers: [k] } = d.kinks[i];
      put(node, { d: LAYER_MARKS[k % 4], ...to(fit.X(x), clamp(fit.Y(height), fit.top, fit.bottom)), style: `--own:var(--n${(k % 8) + 1})` });
    });
  }
}
PARTS.push(DeepView);
