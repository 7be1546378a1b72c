// A point in the plane of the first two features; others, if there are any, mirror these.

const CHOSEN_STEP = 64; // an arrow key moves the point by this part of the range

function planeInput(parent, data, changed) {
  const { mirrors, background } = data.view, features = data.features;
  const words = features.map(({ low, high }) => Math.round((low + high) / 2));
  const canvas = document.createElement("canvas");
  canvas.className = "place";
  canvas.width = canvas.height = 320;
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  const text = document.createElement("p");
  text.className = "small";
  parent.append(canvas, text);
  const picture = new Image();
  picture.addEventListener("load", paint);
  if (background) picture.src = background;

  const share = (i) => (words[i] - features[i].low) / (features[i].high - features[i].low);
  const real = (i) => (words[i] - features[i].zero) * features[i].scale;

  function paint() {
    const context = canvas.getContext("2d"), size = canvas.width;
    context.clearRect(0, 0, size, size);
    if (picture.complete && background) context.drawImage(picture, 0, 0, size, size);
    context.beginPath();
    context.arc(share(0) * size, (1 - share(1)) * size, 7, 0, 7);
    context.fillStyle = "#ffffff";
    context.strokeStyle = "#14171b";
    context.lineWidth = 3;
    context.fill();
    context.stroke();
  }

  function set(values) {
    values.forEach((word, i) => { words[i] = word; });
    const place = [0, 1].map((i) => `${features[i].name} ${Number(real(i).toPrecision(4))} (word ${words[i]})`);
    text.textContent = place.join(", ");
    canvas.setAttribute("aria-label", `A point in the plane: ${place.join(", ")}; arrow keys move it`);
    paint();
    changed(words);
  }

  function move(first, second) {
    const held = (word, i) => Math.min(features[i].high, Math.max(features[i].low, Math.round(word)));
    const point = [held(first, 0), held(second, 1)];
    set([...point, ...mirrors.map((mirror, i) => held(mirror - point[i], 2 + i))]);
  }

  function follow(event) {
    const at = (i, fraction) => features[i].low + fraction * (features[i].high - features[i].low);
    move(at(0, event.offsetX / canvas.clientWidth), at(1, 1 - event.offsetY / canvas.clientHeight));
  }

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    follow(event);
  });
  canvas.addEventListener("pointermove", (event) => { if (event.buttons) follow(event); });
  canvas.addEventListener("keydown", (event) => {
    const direction = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!direction) return;
    event.preventDefault();
    const step = (i) => Math.max(1, (features[i].high - features[i].low) / CHOSEN_STEP) * direction[i];
    move(words[0] + step(0), words[1] + step(1));
  });
  return set;
}
