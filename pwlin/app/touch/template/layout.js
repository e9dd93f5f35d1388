/* The page's skeleton, without anything of the user's in it. */
const choices = (name, values) => values.map(value => `<button type="button" data-set="${name}" data-value="${value}" class="${value}-button">${value}</button>`).join("");
const LAYOUT = `
<div class="toolbar" role="toolbar" aria-label="tools">
  <span class="target-name"></span>
  <span class="group" role="group" aria-label="view">
    ${choices("view", ["sum", "parts", "stack", "fold"])}
  </span>
  <span class="group"><button type="button" data-act="undo" title="undo (Ctrl Z)" aria-label="undo">↶</button><button type="button" data-act="redo" title="redo (Shift Ctrl Z)" aria-label="redo">↷</button></span>
  <span class="group"><button type="button" data-act="add" title="add a neuron (A, or double click on free space)" aria-label="add a neuron">+</button><button type="button" data-act="remove" title="remove the selected neuron (Delete)" aria-label="remove the neuron">⌫</button><button type="button" data-act="flip" title="turn the neuron round (F, or double click on its kink)" aria-label="flip the side">◁▷</button></span>
  <label title="moving a kink, keep the arm's end where it is (H, or Shift)"><input type="checkbox" data-check="hold"> hold end</label>
  <label title="drag without the grid (Alt)"><input type="checkbox" data-check="fine"> fine</label>
  <label title="a fifth more on each side"><input type="checkbox" data-check="beyond"> beyond</label>
  <label title="marks on the rail, where a kink that comes near stays"><input type="checkbox" data-check="ghosts"> best places</label>
  <button type="button" data-act="best" class="best-button" title="glide to the best network of as many ReLUs">show the best</button>
  <button type="button" class="take" title="download the exact network: pwlin.Network.from_json reads it">take it along</button>
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
    <section class="neuron-list" aria-label="neurons">
      <div class="scroll"><table class="neurons"><thead><tr><th>neuron</th><th>on</th><th>kink</th><th>jump</th><th>state</th></tr></thead><tbody></tbody></table></div>
    </section>
    <section class="card" aria-label="the selected neuron">
      <h2 class="card-title"></h2>
      ${["w", "b", "v"].map(name => `<label class="field" data-field="${name}"><b>${name}</b><input type="range" aria-label="${name}"><input type="text" aria-label="${name}, a number or a fraction" inputmode="text" autocomplete="off" spellcheck="false"><span class="note"></span></label>`).join("")}
      <p class="same"><button type="button" data-act="double" title="(2w, 2b, v/2): the same function, another gradient">×2</button><button type="button" data-act="halve" title="(w/2, b/2, 2v): the same function, another gradient">÷2</button> same function, other weights</p>
      <p class="card-text"></p><p class="card-exact"></p>
    </section>
    <p class="notes"></p>
  </div>
  <section class="who-is-on" aria-label="who is on where"><h2>on and off: v·w by piece, adding up to the slope</h2><div class="scroll" tabindex="0"><table class="onoff"></table></div></section>
</div>
<p class="spoken sr" role="status" aria-live="polite"></p>`;
