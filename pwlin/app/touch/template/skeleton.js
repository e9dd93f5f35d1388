/* What the pages of one input and of two have alike in their layout. */
const tool = (act, title, sign, name) => `<button type="button" data-act="${act}" title="${title}" aria-label="${name}">${sign}</button>`;
const HISTORY_TOOLS = `<span class="group">${tool("undo", "undo (Ctrl Z)", "↶", "undo")}${tool("redo", "redo (Shift Ctrl Z)", "↷", "redo")}</span>`;
const NEURON_TOOLS = (adds, flips) => `<span class="group">${tool("add", `add a neuron${adds}`, "+", "add a neuron")}${tool("remove", "remove the selected neuron (Delete)", "⌫", "remove the neuron")}${tool("flip", `turn the neuron round (F, ${flips})`, "◁▷", "flip the side")}</span>`;
const TAKE = '<button type="button" class="take" title="download the exact network: pwlin.Network.from_json reads it">take it along</button>';
const neuronList = heads => `<section class="neuron-list" aria-label="neurons"><div class="scroll"><table class="neurons"><thead><tr>${heads.map(head => `<th>${head}</th>`).join("")}</tr></thead><tbody></tbody></table></div></section>`;
const cardOf = (names, more) => `<section class="card" aria-label="the selected neuron"><h2 class="card-title"></h2>${names.map(name => `<label class="field" data-field="${name}"><b>${name}</b><input type="range" aria-label="${name}"><input type="text" aria-label="${name}, a number or a fraction" autocomplete="off" spellcheck="false"><span class="note"></span></label>`).join("")}${more}</section>`;
const SPOKEN = '<p class="spoken sr" role="status" aria-live="polite"></p>';
