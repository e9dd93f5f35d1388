/* A network of few neurons in the page's address, so that a link to it can be passed on; where a page holds one playground. */
const LINKED = 8;
const linkable = () => document.querySelectorAll(".playground").length === 1 && location.protocol !== "about:";

const toHash = net => `#net=${[[net.c], ...net.neurons.map(n => [n.w, n.b, n.v])].map(row => row.join(",")).join(";")}`;
/* The network of an address, or null: numbers as JavaScript writes them, which are doubles again when they are read. */
function fromHash(hash) {
  if (!hash.startsWith("#net=")) return null;
  const rows = hash.slice(5).split(";").map(row => row.split(",").map(x => (x.trim() ? Number(x) : NaN)));
  const [[c, ...more], ...neurons] = rows, net = { c, neurons: neurons.map(([w, b, v]) => ({ w, b, v })) };
  return !more.length && neurons.length <= LINKED && neurons.every(n => n.length === 3) && finite(net) ? net : null;
}
function writeLink(app) {
  if (!linkable()) return;
  const { net } = app.store, hash = sameNet(net, app.start) || net.neurons.length > LINKED ? "" : toHash(net);
  if (hash !== location.hash) history.replaceState(null, "", hash || location.pathname + location.search);
}
