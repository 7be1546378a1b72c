// Input, gates and scores of the page as one machine; `window.connective.answer` is for tests.

const element = (id) => document.getElementById(id);
const data = JSON.parse(element("data").textContent);
const network = networkOf(data);
element("machine").hidden = false;
const view = circuitView(element("gates"), element("gate"), data, network);

// What stands beside a score or an output bit.
const rows = (data.bias.length ? data.view.classNames : data.outputs.map((_, o) => `bit ${o}`)).map((name, i) => {
  const item = document.createElement("li");
  const [label, figure, track, part] = ["span", "span", "div", "div"].map((tag) => document.createElement(tag));
  label.textContent = name;
  track.className = "track";
  part.className = "part";
  track.append(part);
  item.append(label, figure, track);
  element("scores").append(item);
  if (data.bias.length) {
    item.tabIndex = 0;
    for (const start of ["pointerenter", "focus"]) item.addEventListener(start, () => view.showGroup(i));
    for (const end of ["pointerleave", "blur"]) item.addEventListener(end, () => view.showGroup(-1));
  }
  return { item, figure, part };
});

function showScores({ label, scores, bits }) {
  const values = scores.length ? scores : bits;
  rows.forEach(({ item, figure, part }, i) => {
    const least = data.least[i] ?? 0, greatest = data.greatest[i] ?? 1;
    figure.textContent = String(values[i]);
    part.style.width = `${(100 * (values[i] - least)) / Math.max(1, greatest - least)}%`;
    item.classList.toggle("winner", i === label);
    if (i === label) item.setAttribute("aria-current", "true");
    else item.removeAttribute("aria-current");
  });
}

// At most once a frame, however fast a pen moves.
let waiting = null;
function changed(words) {
  const first = waiting === null;
  waiting = [...words];
  if (first) requestAnimationFrame(update);
}

function update() {
  const nodes = network.evaluate(waiting), switched = view.show(nodes);
  waiting = null;
  showScores(network.answer(nodes));
  element("switched").textContent = switched === null ? "" :
    `${switched.toLocaleString("en")} of ${network.gates.toLocaleString("en")} gates switched.`;
}

const makers = { image: imageInput, plane: planeInput, sliders: slidersInput };
const set = makers[data.view.kind](element("input"), data, changed);
data.view.examples.forEach((example) => {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = example.class;
  button.title = "a test sample of this class";
  button.addEventListener("click", () => set(example.words));
  element("examples").append(button);
});
const middle = data.features.map(({ low, high }) => Math.round((low + high) / 2));
set(data.view.examples[0]?.words ?? middle);

window.connective = Object.freeze({ answer: (words) => network.answer(network.evaluate(words)) });
