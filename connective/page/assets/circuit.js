// The picture of all gates: lit where they are 1, ringed where they have just switched.

const MOST_WIRES = 600; // drawn all the time; beyond that, those of the chosen gate alone

function circuitView(canvas, caption, data, network) {
  const { inputs, k, fanin } = network;
  const wires = network.gates * k <= MOST_WIRES;
  const owner = ownersOf(data, inputs + network.gates);
  let place = null, nodes = null, before = null, chosen = -1, group = -1;

  const reads = (gate) => [...new Set(fanin.subarray(gate * k, gate * k + k))];

  function colours() {
    const style = getComputedStyle(canvas);
    const [on, off, ring, soft] = ["--on", "--line", "--second", "--soft"].map((name) =>
      style.getPropertyValue(name).trim());
    return { on, off, ring, soft };
  }

  function fit() {
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (!width) return;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
    place = layoutOf(data.level, owner, width, height);
    draw();
  }

  function wire(context, from, to, colour, width) {
    const middle = place.side * 0.4;
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    const x0 = place.x[from] + 2 * middle, y0 = place.y[from] + middle;
    const x1 = place.x[to], y1 = place.y[to] + middle;
    context.moveTo(x0, y0);
    context.bezierCurveTo((x0 + x1) / 2, y0, (x0 + x1) / 2, y1, x1, y1);
    context.stroke();
  }

  function draw() {
    if (!place || !nodes) return;
    const context = canvas.getContext("2d"), colour = colours();
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (wires) {
      for (const lit of [0, 1]) { // the lit ones above
        context.globalAlpha = lit ? 0.55 : 0.5;
        for (let g = 0; g < network.gates; g++) {
          for (const node of reads(g)) {
            if (nodes[node] === lit) wire(context, node, inputs + g, lit ? colour.on : colour.off, 1);
          }
        }
      }
      context.globalAlpha = 1;
    }
    const side = Math.max(1, place.side * 0.8), round = Math.min(3, side / 4);
    for (let n = 0; n < nodes.length; n++) {
      context.fillStyle = nodes[n] ? colour.on : colour.off;
      context.beginPath();
      context.roundRect(place.x[n], place.y[n], side, side, round);
      context.fill();
      if (before && side >= 5 && before[n] !== nodes[n]) {
        context.strokeStyle = colour.ring;
        context.lineWidth = 1.5;
        context.stroke();
      }
    }
    if (group >= 0) drawGroup(context, colour, side);
    if (chosen >= 0) drawChosen(context, colour, side);
  }

  function drawGroup(context, colour, side) {
    context.strokeStyle = colour.ring;
    context.lineWidth = Math.min(2, side / 4);
    for (const node of data.outputs.slice(data.groups[group], data.groups[group + 1])) {
      context.strokeRect(place.x[node] - 1, place.y[node] - 1, side + 2, side + 2);
    }
  }

  function drawChosen(context, colour, side) {
    if (chosen >= inputs) reads(chosen - inputs).forEach((n) => wire(context, n, chosen, colour.ring, 2));
    for (let g = 0; g < network.gates; g++) {
      if (reads(g).includes(chosen)) wire(context, chosen, inputs + g, colour.soft, 1.5);
    }
    context.strokeStyle = colour.ring;
    context.lineWidth = 2;
    context.strokeRect(place.x[chosen] - 2, place.y[chosen] - 2, side + 4, side + 4);
  }

  function inputName(row) {
    const { feature, op, value } = data.rows, name = data.features[feature[row]].name;
    return [`${name} ≥ ${value[row]}`, `${name} = ${value[row]}`, `bit ${value[row]} of ${name}`][op[row]];
  }

  function nodeName(node) {
    return `${node < inputs ? inputName(node) : `gate ${node - inputs}`} (${nodes[node]})`;
  }

  function describe() {
    if (chosen < 0) {
      caption.textContent = "Left the input bits, then the gates level by level; choose one to see what it reads.";
    } else if (chosen < inputs) {
      caption.textContent = `Input bit ${chosen}: ${inputName(chosen)} is ${nodes[chosen]}.`;
    } else {
      const gate = chosen - inputs, table = network.table[gate];
      const type = data.view.types[table] ?? `a table of ${reads(gate).length} inputs`;
      const read = reads(gate).map((node, j) => `${"abcdef"[j]} is ${nodeName(node)}`);
      caption.textContent = `Gate ${gate}, level ${data.level[chosen] - 1}: ${type} is ${nodes[chosen]}, ` +
        `where ${read.join(", ")}.`;
    }
  }

  function choose(node) {
    chosen = node;
    describe();
    draw();
  }

  function nodeAt(event) {
    const side = place.side;
    for (let n = 0; n < nodes.length; n++) {
      const dx = event.offsetX - place.x[n], dy = event.offsetY - place.y[n];
      if (dx >= 0 && dx < side && dy >= 0 && dy < side) return n;
    }
    return -1;
  }

  canvas.addEventListener("pointerdown", (event) => choose(nodeAt(event)));
  canvas.addEventListener("pointermove", (event) => {
    const node = nodeAt(event);
    if (event.pointerType === "mouse" && node >= 0 && node !== chosen) choose(node);
  });
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") choose(-1);
    if (!step) return;
    event.preventDefault();
    choose((chosen + step + nodes.length) % nodes.length);
  });
  new ResizeObserver(fit).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

  // Show these values of all nodes, and return how many gates switched, null at first.
  function show(values) {
    before = nodes;
    nodes = values;
    describe();
    draw();
    if (!before) return null;
    let switched = 0;
    for (let n = inputs; n < nodes.length; n++) switched += before[n] ^ nodes[n];
    return switched;
  }

  // Ring the nodes that are summed for a class; −1: none.
  function showGroup(number) {
    group = number;
    draw();
  }

  return { show, showGroup };
}

// The class that each node is summed for, the last one if there are several, and −1 if there is none.
function ownersOf(data, count) {
  const owner = new Int32Array(count).fill(-1);
  for (let c = 0; c + 1 < data.groups.length; c++) {
    for (let o = data.groups[c]; o < data.groups[c + 1]; o++) owner[data.outputs[o]] = c;
  }
  return owner;
}
