// What all moving pictures share: drawing into SVG, axes, words below the picture, and the slider with its play button.
"use strict";
const pwlin = {
  get: (id) => document.getElementById(id),
  film: JSON.parse(document.getElementById("film-data").textContent),
  svg: document.getElementById("film-picture"),

  element(name, attributes, parent, text) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, v] of Object.entries(attributes)) made.setAttribute(key, v);
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  },

  number(v, digits = 4) {
    const rounded = Number(v.toPrecision(digits));
    const text = rounded !== 0 && Math.abs(rounded) < 1e-3 ? rounded.toExponential() : String(rounded);
    return text.replaceAll("-", "−");
  },

  // Round numbers for an axis.
  ticks(low, high, count) {
    const raw = (high - low || 1) / count, power = 10 ** Math.floor(Math.log10(raw));
    const step = power * [1, 2, 2.5, 5, 10].find((m) => m * power >= raw * 0.999);
    const out = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) out.push(k * step);
    return out;
  },

  // An empty picture of this size.
  clear(width, height) {
    pwlin.svg.replaceChildren();
    pwlin.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  },

  // Axes in a box of the picture: their ticks and labels, functions that place points, and a group in which to draw.
  axes(box, [a, b], [low, high], xLabel, yLabel, counts) {
    const { element, svg, number, ticks } = pwlin;
    const px = (x) => box.left + ((x - a) / (b - a || 1)) * (box.right - box.left);
    const py = (y) => Math.max(Math.min(box.bottom - ((y - low) / (high - low || 1)) * (box.bottom - box.top), 1e5), -1e5);
    const [across, up] = counts || [Math.max((box.right - box.left) / 80, 4), 5];
    for (const t of ticks(a, b, across)) element("text", { x: px(t), y: box.bottom + 15, "text-anchor": "middle" }, svg, number(t));
    for (const t of ticks(low, high, up)) {
      element("line", { class: "frame", x1: box.left, x2: box.right, y1: py(t), y2: py(t) }, svg);
      element("text", { x: box.left - 6, y: py(t) + 4, "text-anchor": "end" }, svg, number(t));
    }
    element("rect", { class: "frame", x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top }, svg);
    element("text", { x: (box.left + box.right) / 2, y: box.bottom + 31, "text-anchor": "middle" }, svg, xLabel);
    element("text", { class: "title", x: box.left, y: box.top - 7 }, svg, yLabel);
    const id = `film-clip-${svg.querySelectorAll("clipPath").length}`;
    const reach = { x: box.left - 8, y: box.top - 8, width: box.right - box.left + 16, height: box.bottom - box.top + 16 };
    element("rect", reach, element("clipPath", { id }, svg));
    const group = element("g", { "clip-path": `url(#${id})` }, svg);
    if (low < 0 && high > 0) element("line", { class: "zero", x1: box.left, x2: box.right, y1: py(0), y2: py(0) }, group);
    // A line through points; null leaves a gap.
    const path = (xs, ys) => {
      let text = "", pen = "M";
      xs.forEach((x, i) => {
        if (ys[i] === null) pen = "M";
        else (text += `${pen}${px(x).toFixed(2)},${py(ys[i]).toFixed(2)}`), (pen = "L");
      });
      return text;
    };
    return { box, px, py, path, group };
  },

  // Lines of text below a picture; parts with `exact` are shown as code.
  tell(lines) {
    pwlin.get("film-kink").replaceChildren(
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

  // A few words beside what the pointer or the keyboard has found, inside the picture.
  tip(x, y, lines) {
    pwlin.untip();
    const { element, svg } = pwlin, box = svg.viewBox.baseVal;
    const group = element("g", { class: "tip", "aria-hidden": "true" }, svg);
    const back = element("rect", { rx: 4 }, group);
    const texts = lines.map((line, i) => element("text", { x: 8, y: 16 + 15 * i }, group, line));
    const width = Math.max(...texts.map((text) => text.getComputedTextLength())) + 16, height = 15 * lines.length + 10;
    back.setAttribute("width", width);
    back.setAttribute("height", height);
    const left = x + 12 + width > box.width ? Math.max(x - 12 - width, 0) : x + 12;
    const top = Math.min(Math.max(y - height - 8, 0), box.height - height);
    group.setAttribute("transform", `translate(${left.toFixed(1)} ${top.toFixed(1)})`);
  },

  untip() {
    pwlin.svg.querySelector(".tip")?.remove();
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

  // The slider over moments: calls draw(moment, number) at once, when it moves, and when the page changes its width.
  player(draw, moved) {
    const moments = pwlin.film.moments, last = moments.length - 1;
    const slider = pwlin.get("film-step"), play = pwlin.get("film-play"), label = pwlin.get("film-label");
    let timer = null;
    const now = () => Number(slider.value);
    const show = () => {
      draw(moments[now()], now());
      label.textContent = moments[now()].caption;
      slider.setAttribute("aria-valuetext", moments[now()].caption);
    };
    const follow = () => {
      show();
      moved(moments[now()]);
    };
    const stop = () => {
      clearInterval(timer);
      timer = null;
      play.textContent = "▶ play";
    };
    play.addEventListener("click", () => {
      if (timer !== null) return stop();
      if (now() >= last) slider.value = 0;
      play.textContent = "❚❚ stop";
      timer = setInterval(() => {
        slider.value = now() + 1;
        follow();
        if (now() >= last) stop();
      }, pwlin.film.delay);
      follow();
    });
    slider.addEventListener("input", () => {
      stop();
      follow();
    });
    let width = 0;
    new ResizeObserver(() => {
      const found = pwlin.svg.clientWidth;
      if (found !== width) show();
      width = found;
    }).observe(pwlin.svg.parentNode);
    show();
    return show;
  },
};
