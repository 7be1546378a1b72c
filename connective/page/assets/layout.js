// Where each node stands: a column of small squares for the input bits and for each level.

const LARGEST = 22, SMALLEST = 2, GAP = 26, MARGIN = 8;

// The place and side of the nodes' squares in a picture of this size: nodes by level, in a level
// those together that are summed for the same class.
function layoutOf(level, owner, width, height) {
  const columns = [];
  level.forEach((number, node) => (columns[number] ??= []).push(node));
  columns.forEach((nodes) => nodes.sort((a, b) => owner[a] - owner[b] || a - b));
  const usable = height - 2 * MARGIN;
  const across = (side) => {
    const rows = Math.max(1, Math.floor(usable / side));
    return columns.map((nodes) => Math.ceil(nodes.length / rows));
  };
  let side = LARGEST;
  const needed = () => {
    const squares = across(side).reduce((a, b) => a + b, 0) * side;
    return squares + GAP * (columns.length - 1) + 2 * MARGIN;
  };
  while (side > SMALLEST && needed() > width) side -= 0.5;
  const spare = Math.max(0, width - needed());
  const gap = GAP + (columns.length > 1 ? spare / (columns.length - 1) : 0);
  const x = new Float32Array(level.length), y = new Float32Array(level.length);
  let left = columns.length > 1 ? MARGIN : (width - needed()) / 2 + MARGIN;
  columns.forEach((nodes, c) => {
    const wide = across(side)[c];
    const rows = Math.ceil(nodes.length / wide);
    const step = Math.min(usable / rows, side * 1.6);
    const top = MARGIN + (usable - step * rows) / 2;
    nodes.forEach((node, i) => {
      x[node] = left + (i % wide) * side;
      y[node] = top + Math.floor(i / wide) * step;
    });
    left += wide * side + gap;
  });
  return { x, y, side };
}
