// What connective.network.Network computes, with the same integers. All numbers are below 2^53.

const GREATER_OR_EQUAL = 0, EQUAL = 1; // of a row's op; 2 is bit number `value` of the word

// A network as connective/page/circuit.py writes it, as a function from words to answers.
function networkOf(data) {
  const { feature, op, value } = data.rows;
  const inputs = feature.length, gates = data.table.length, k = data.k;
  const fanin = Uint32Array.from(data.fanin);
  const table = Uint32Array.from(data.table), tableHigh = Uint32Array.from(data.tableHigh);

  function check(words) {
    if (words.length !== data.features.length) {
      throw new RangeError(`a sample has ${data.features.length} words, not ${words.length}`);
    }
    data.features.forEach(({ name, low, high }, i) => {
      if (!Number.isInteger(words[i]) || words[i] < low || words[i] > high) {
        throw new RangeError(`${name} takes ${low} to ${high}, not ${words[i]}`);
      }
    });
  }

  // The value of each node, input bits first.
  function evaluate(words) {
    check(words);
    const nodes = new Uint8Array(inputs + gates);
    for (let i = 0; i < inputs; i++) {
      const word = words[feature[i]];
      if (op[i] === GREATER_OR_EQUAL) nodes[i] = word >= value[i] ? 1 : 0;
      else if (op[i] === EQUAL) nodes[i] = word === value[i] ? 1 : 0;
      else nodes[i] = (word >>> value[i]) & 1; // in two's complement
    }
    for (let g = 0; g < gates; g++) {
      let minterm = 0;
      for (let j = 0; j < k; j++) minterm |= nodes[fanin[g * k + j]] << j;
      const half = minterm < 32 ? table[g] : tableHigh[g];
      nodes[inputs + g] = (half >>> (minterm & 31)) & 1;
    }
    return nodes;
  }

  // Scores by class, the label, of equals the lowest, and the output bits.
  function answer(nodes) {
    const bits = data.outputs.map((node) => nodes[node]);
    const scores = data.bias.map((bias, c) => {
      let score = bias;
      for (let o = data.groups[c]; o < data.groups[c + 1]; o++) score += data.weights[o] * bits[o];
      return score;
    });
    const label = scores.length ? scores.indexOf(scores.reduce((a, b) => Math.max(a, b))) : null;
    return { label, scores, bits };
  }

  return { inputs, gates, k, fanin, table, evaluate, answer };
}
