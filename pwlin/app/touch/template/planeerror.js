/* The error in colours about 0: too high in blue, too low in orange. */
class ErrorMap {
  constructor(app) {
    this.app = app;
    this.canvas = make("canvas", app.root.querySelector(".plane-error"), { role: "img", "aria-label": "map of the error", width: 72, height: 72 });
    this.text = make("p", app.root.querySelector(".plane-error"), { class: "told" });
  }
  draw() {
    const { app, canvas } = this, { a, b, c, d } = app.goal, pen = canvas.getContext("2d"), image = pen.createImageData(72, 72), most = app.errors.sup || 1;
    canvas.style.width = canvas.style.height = `${Math.round(app.map.size * 0.6)}px`;
    for (let j = 0; j < 72; j++) for (let i = 0; i < 72; i++) {
      const x = a + ((i + 0.5) / 72) * (b - a), y = d - ((j + 0.5) / 72) * (d - c), e = (heightAt(app.store.net, x, y) - formAt(app.goal, x, y)) / most;
      image.data.set([...(e > 0 ? [0, 114, 178] : [213, 94, 0]), Math.round(255 * clamp(Math.abs(e), 0, 1))], 4 * (72 * j + i));
    }
    pen.putImageData(image, 0, 0);
    put(this.text, { text: `blue: f is too high, orange: too low, up to ${decimal(most, 4)}` });
  }
}
