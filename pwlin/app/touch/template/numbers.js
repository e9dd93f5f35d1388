/* The headline: how far off, the bar of pieces with the mark of the best network, and the exact line. */
class NumbersView {
  constructor(app) {
    this.app = app;
    const find = name => app.root.querySelector(`.${name}`);
    this.headline = find("headline");
    this.bars = [...app.root.querySelectorAll(".bar")].map(node => ({ node, cells: pool(() => make("i", node.querySelector(".cells"))), mark: node.querySelector(".mark") }));
    this.texts = [...app.root.querySelectorAll(".bar-text")];
    this.exact = find("exact");
    this.note = find("bar-note");
    this.strip = find("strip-text");
    this.shapes = find("counts");
  }
  draw(d, errors) {
    const { app } = this, { goal, store, numbers } = app, { norm } = store.ui, sup = norm === "sup";
    const value = numbers.value, exact = app.exact && app.exact[norm];
    const shown = exact ? label(exact, 12) : `≈ ${numbers.digits(value)}`;
    put(this.headline, { text: `${sup ? "largest error" : "mean square error"} ${shown}`, title: exact ? minus(Q.text(exact)) : "" });
    put(this.strip, { text: `${sup ? "off by" : "mse"} ${numbers.digits(value, 4)}` });
    const where = sup ? ` at ${exact ? label(app.exact.at, 9, 7 + goal.finer) : `≈ ${decimal(errors.at, 5 + goal.finer)}`}` : "";
    const best = numbers.least, about = best && `${best.guess || "≈"} ${decimal(best.value, 4)}${best.guess || best.proved ? "" : " (best found)"}`;
    const can = best ? ` ${plural(d.pieces, "piece")} can ${best.value ? `do ${best.exact ? label(best.exact) : about}` : this.perfect}.` : "";
    put(this.exact, { text: `${exact && !value ? "Nowhere off." : sup ? `Off by ${shown}${where}.` : `Mean of the squares ${shown}.`}${can}${goal.epsilon ? ` All ± ${decimal(goal.epsilon, 2)}.` : ""}` });
    put(this.shapes, { text: `${plural(d.regions.length, "region")} (patterns of on and off), ${plural(d.pieces, "piece")}, ${plural(d.kinks.length, "kink")}` });
    const n = store.net.neurons.length, top = numbers.top, eff = numbers.effective;
    const full = value === 0 ? d.pieces : Math.min(eff ?? 0, d.pieces);
    const mark = top === null ? null : Math.min(top, d.pieces);
    for (const bar of this.bars) {
      const cells = bar.cells(d.pieces);
      cells.forEach((cell, k) => { const share = `${fixed(100 * clamp(full - k, 0, 1))}%`; if (cell.style.getPropertyValue("--share") !== share) cell.style.setProperty("--share", share); });
      visible(bar.node, Boolean(goal.best));
      visible(bar.mark, mark !== null);
      if (mark !== null) bar.mark.style.left = `${fixed((100 * mark) / d.pieces)}%`;
    }
    for (const node of this.texts) put(node, { text: this.worth(d, eff, value) });
    const known = bestNetwork(goal, norm, n);
    const any = bestWith(goal, norm, n + 1), short = known && any && !any.guess && known.error > any.value * (1 + 1e-9);
    const told = [value > 0 && eff !== null ? this.between(goal, norm, eff) : ""];
    if (numbers.met || (known && !known.error)) told.push(`▲ ${plural(n, "ReLU")} can ${this.perfect}`);
    else if (known) told.push(`▲ the best of ${plural(n, "ReLU")} ${sup ? "is off by" : "has mean square error"} ${decimal(known.error, 4)}${known.proved ? "" : " (best found)"}`);
    else if (n && goal.best) told.push(`The best of ${plural(n, "ReLU")} is not known here${bestNetwork(goal, "mse", n) ? " for the largest error; for the mean square it is" : ""}`);
    if (short) told.push(`${plural(n, "ReLU")} alone cannot make every ${n + 1} pieces: left of all kinks only those that face left are on`);
    if (eff !== null) told.push(this.exactly());
    put(this.note, { text: told.filter(Boolean).map(sentence => `${sentence}.`).join(" ") });
  }
  /* What so many effective pieces are: between which best errors this one is. */
  between(goal, norm, eff) {
    const off = k => { const { value, guess } = bestWith(goal, norm, k); return `, ${norm === "sup" ? "off by" : "mean square error"}${guess ? ` ${guess}` : ""} ${decimal(value, 4)}`; };
    const best = k => (k === 1 ? "the best straight line" : `the best ${k} pieces`), k = Math.round(eff * 1e9) / 1e9, m = Math.ceil(k);
    if (k < 1) return `Not yet worth one piece: worse than ${best(1)}${off(1)}`;
    return k === m && bestWith(goal, norm, k).value ? `As good as ${best(k)}` : `Between ${best(m - 1)}${off(m - 1)}, and ${best(m)}${off(m)}`;
  }
  get perfect() { return this.app.goal.points ? "go through all points" : "do it exactly"; }
  /* From how many pieces on nothing is left. */
  exactly() {
    const { enough } = this.app.numbers;
    return enough === null ? "" : `${plural(enough, "piece")} can ${this.perfect}`;
  }
  worth(d, eff, value) {
    if (!this.app.goal.best) return "";
    if (value === 0) return this.app.exact ? "exact" : "≈ exact";
    return eff === null ? this.exactly() : `${decimal(eff, 4)} of ${plural(d.pieces, "piece")}`;
  }
}

/* All numbers about errors at a moment. */
function numbersOf(app, d, errors) {
  const { goal, store } = app, { norm } = store.ui, n = store.net.neurons.length;
  const settled = app.exact && app.exact[norm], value = settled ? Q.float(settled) : errors[norm], least = bestWith(goal, norm, d.pieces), known = bestNetwork(goal, norm, n);
  const eps = goal.epsilon, sure = eps ? Math.max(1, Math.min(7, Math.floor(Math.log10(Math.max(value, eps) / eps)))) : 7;
  const band = bestWith(goal, "sup", d.pieces), most = enough(goal, norm), met = goal.best && settled && !value, eff = effective(goal, norm, value);
  return {
    value, met, enough: met ? Math.min(d.pieces, most || 1e9) : most,
    least: met ? { value: 0 } : least?.value > value * (1 + 1e-9) ? null : least, // what was searched may be worse than what is here
    best: band && { sup: band.value },
    effective: eff && Math.min(eff, d.pieces),
    top: known ? (known.error > 0 ? effective(goal, norm, known.error) : d.pieces) : null,
    digits: (x, most = 7) => decimal(x, Math.min(most, sure)),
  };
}
