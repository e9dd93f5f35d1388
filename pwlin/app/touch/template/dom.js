/* Elements that are made once and changed in place. */
const SVG = "http://www.w3.org/2000/svg";

const PARTS = []; // views that join the page: training, tally, fold, tour

function put(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    const text = String(value);
    if (name === "text") { if (node.textContent !== text) node.textContent = text; }
    else if (node.getAttribute(name) !== text) node.setAttribute(name, text);
  }
  return node;
}
function placed(node, parent, attributes) {
  if (parent) parent.appendChild(node);
  return put(node, attributes);
}
const make = (tag, parent, attributes = {}) => placed(document.createElement(tag), parent, attributes);
const draw = (tag, parent, attributes = {}) => placed(document.createElementNS(SVG, tag), parent, attributes);
function visible(node, yes) { if ((node.style.display === "none") === yes) node.style.display = yes ? "" : "none"; }

/* As many nodes as are asked for; what is left over is hidden, never removed. */
function pool(build) {
  const nodes = [];
  return count => {
    while (nodes.length < count) nodes.push(build(nodes.length));
    nodes.forEach((node, i) => visible(node.node || node, i < count));
    return nodes.slice(0, count);
  };
}

const word = (parent, kind, anchor = "middle") => draw("text", parent, { class: kind, "text-anchor": anchor });
const to = (x, y) => ({ transform: `translate(${fixed(x)},${fixed(y)})` });
const own = (app, i) => ({ style: i === null ? "" : `--own:${app.colour(i)}` });
const reduced = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const fixed = x => clamp(Math.round(x * 100) / 100, -1e5, 1e5) || 0; // drawing knows no infinities
const clamp = (x, low, high) => Math.min(Math.max(x, low), high);
const deadOf = d => d.parts.filter(p => p.state === "dead").map(p => p.index + 1);
const plural = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;

const arrowOf = part => (part.side > 0 ? "▷" : part.side < 0 ? "◁" : "◇");
const kinkText = (part, digits) => (part.kink ? label(part.kink, 9, digits) : "none");
