/* The page's skeleton, without anything of the user's in it. */
const choices = (name, values) => values.map(value => `<button type="button" data-set="${name}" data-value="${value}" class="${value}-button">${value}</button>`).join("");
const check = (name, title, text) => `<label title="${title}"><input type="checkbox" data-check="${name}"> ${text}</label>`;
const LAYOUT = `
<div class="toolbar" role="toolbar" aria-label="tools">
  <span class="target-name"></span>
  <span class="group" role="group" aria-label="view">
    ${choices("view", ["sum", "parts", "stack", "fold"])}
  </span>
  ${HISTORY_TOOLS}
  ${NEURON_TOOLS(" (A, or double click on free space)", "or double click on its kink")}
  ${check("hold", "moving a kink, keep the arm's end where it is (H, or Shift)", "hold end")}
  ${check("fine", "drag without the grid (Alt)", "fine")}
  ${check("beyond", "a fifth more on each side", "beyond")}
  ${check("ghosts", "marks on the rail, where a kink that comes near stays", "best places")}
  <button type="button" data-act="best" class="best-button" title="glide to the best network of as many ReLUs">show the best</button>
  ${TAKE}
</div>
<div class="strip"><span class="strip-text"></span><span class="bar"><span class="cells"></span><span class="mark" aria-hidden="true">▲</span></span><span class="bar-text"></span></div>
<p class="message"></p>
<div class="main">
  <div class="pictures">
    <section class="fit picture" aria-label="fit"></section>
    <div class="tabs" role="group" aria-label="below the fit">
      ${choices("tab", ["slopes", "error", "table", "train"])}
    </div>
    <section class="slopes picture" aria-label="staircase of slopes"><h2>slopes</h2></section>
    <section class="error picture" aria-label="error"><h2>error</h2></section>
    <section class="train" aria-label="training"></section>
  </div>
  <div class="side">
    <section class="numbers" aria-label="numbers">
      <span class="group norm" role="group" aria-label="error"><button type="button" data-set="norm" data-value="sup">largest error</button><button type="button" data-set="norm" data-value="mse">mean square</button></span>
      <p class="headline"></p>
      <div class="bar"><span class="cells"></span><span class="mark" aria-hidden="true">▲</span></div>
      <p class="bar-text"></p><p class="bar-note"></p><p class="exact"></p><p class="counts"></p>
    </section>
    ${neuronList(["neuron", "on", "kink", "jump", "state"])}
    ${cardOf(["w", "b", "v"], `<p class="same"><button type="button" data-act="double" title="(2w, 2b, v/2): the same function, another gradient">×2</button><button type="button" data-act="halve" title="(w/2, b/2, 2v): the same function, another gradient">÷2</button> same function, other weights</p>
      <p class="card-text"></p><p class="card-exact"></p>`)}
    <p class="notes"></p>
  </div>
  <section class="who-is-on" aria-label="who is on where"><h2>on and off: v·w by piece, adding up to the slope</h2><div class="scroll" tabindex="0"><table class="onoff"></table></div></section>
</div>
${SPOKEN}`;
