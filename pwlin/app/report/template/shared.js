// What the moving pictures share: drawing into SVG, axes, and the slider with its play button.
"use strict";
const pwlin = {
  get: (id) => document.getElementById(id),

  element(name, attributes, parent, text) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, v] of Object.entries(attributes)) made.setAttribute(key, v);
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  },

  number(v, digits = 6) {
    const rounded = Number(v.toPrecision(digits));
    const text = rounded !== 0 && Math.abs(rounded) < 1e-3 ? rounded.toExponential() : String(rounded);
    return text.replaceAll("-", "−");
  },

  neurons: (keys) => keys.map((key) => `(${key.replace(":", ", ")})`).join(", "),

  // Round numbers for an axis.
  ticks(low, high, count) {
    const raw = (high - low) / count, power = 10 ** Math.floor(Math.log10(raw));
    const step = power * [1, 2, 2.5, 5, 10].find((m) => m * power >= raw);
    const out = [];
    for (let k = Math.ceil(low / step); k * step <= high + step * 1e-9; k++) out.push(k * step);
    return out;
  },

  // Lines of text below a picture; strings in arrays are shown as code.
  tell(lines) {
    const details = pwlin.get("film-kink");
    details.replaceChildren(
      ...lines.map((line) => {
        const p = document.createElement("p");
        for (const part of [line].flat()) {
          if (part.exact === undefined) p.append(part);
          else p.append(Object.assign(document.createElement("code"), { textContent: part.exact }));
        }
        return p;
      }),
    );
  },

  strong: (text) => Object.assign(document.createElement("b"), { textContent: text }),

  swatch(colour) {
    const made = Object.assign(document.createElement("span"), { className: "swatch" });
    made.style.background = colour;
    return made;
  },

  // Something in the picture that the keyboard can reach and press.
  focusable(element, show, choose) {
    element.setAttribute("tabindex", 0);
    element.setAttribute("role", "button");
    element.addEventListener("focus", show);
    element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        choose();
      }
    });
  },

  // Something that the pointer can reach and press, too.
  choosable(element, show, choose) {
    pwlin.focusable(element, show, choose);
    element.addEventListener("pointerenter", show);
    element.addEventListener("click", choose);
  },

  // The slider over moments: calls draw(moment) at once, when it moves, and when the page changes its width.
  player(moments, draw, moved) {
    const slider = pwlin.get("film-step"), play = pwlin.get("film-play"), label = pwlin.get("film-label");
    let timer = null;
    const show = () => {
      const moment = moments[Number(slider.value)];
      draw(moment);
      label.textContent = moment.label;
      slider.setAttribute("aria-valuetext", moment.label);
    };
    const follow = () => {
      show();
      moved(moments[Number(slider.value)]);
    };
    const stop = () => {
      clearInterval(timer);
      timer = null;
      play.textContent = "▶ play";
    };
    play.addEventListener("click", () => {
      if (timer !== null) return stop();
      if (Number(slider.value) >= moments.length - 1) slider.value = 0;
      play.textContent = "❚❚ stop";
      timer = setInterval(() => {
        slider.value = Number(slider.value) + 1;
        follow();
        if (Number(slider.value) >= moments.length - 1) stop();
      }, 7500 / moments.length);
      follow();
    });
    slider.addEventListener("input", () => {
      stop();
      follow();
    });
    let width = 0;
    new ResizeObserver(() => {
      const now = pwlin.get("film-picture").clientWidth;
      if (now !== width) show();
      width = now;
    }).observe(pwlin.get("film-picture").parentNode);
    show();
    return show;
  },
};
