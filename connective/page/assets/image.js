// A square to draw in, whose pixels are the words. The brush is as soft as ink on paper.

const BRUSH = 1.35; // pixels around the pen's place that it fills

function imageInput(parent, data, changed) {
  const count = data.features.length, side = Math.round(Math.sqrt(count));
  const words = new Array(count).fill(0);
  const canvas = document.createElement("canvas");
  canvas.className = "sketch";
  canvas.width = canvas.height = side;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `A square of ${side} by ${side} pixels to draw in`);
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "clear";
  parent.append(canvas, button);

  function paint() {
    const context = canvas.getContext("2d"), picture = context.createImageData(side, side);
    words.forEach((word, i) => {
      const grey = Math.round((255 * word) / data.features[i].high);
      picture.data.set([grey, grey, grey, 255], 4 * i);
    });
    context.putImageData(picture, 0, 0);
  }

  function set(values) {
    values.forEach((word, i) => { words[i] = word; });
    paint();
    changed(words);
  }

  // Fill around a place in pixels: wholly near it, less at the brush's edge.
  function dab(x, y) {
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++) {
        const distance = Math.hypot(column + 0.5 - x, row + 0.5 - y);
        const ink = Math.min(1, Math.max(0, BRUSH + 0.5 - distance));
        const i = row * side + column;
        words[i] = Math.max(words[i], Math.round(ink * data.features[i].high));
      }
    }
  }

  let last = null;
  function stroke(event) {
    const x = (event.offsetX / canvas.clientWidth) * side, y = (event.offsetY / canvas.clientHeight) * side;
    const [x0, y0] = last ?? [x, y];
    const steps = Math.ceil(2 * Math.hypot(x - x0, y - y0)) || 1;
    for (let s = 1; s <= steps; s++) dab(x0 + ((x - x0) * s) / steps, y0 + ((y - y0) * s) / steps);
    last = [x, y];
    paint();
    changed(words);
  }

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    last = null;
    stroke(event);
  });
  canvas.addEventListener("pointermove", (event) => { if (event.buttons) stroke(event); });
  button.addEventListener("click", () => set(new Array(count).fill(0)));
  return set;
}
