// A slider a feature, or a list for one that is a category.

function slidersInput(parent, data, changed) {
  const list = document.createElement("div");
  list.className = "sliders";
  parent.append(list);
  const words = data.features.map(({ low }) => low);
  const controls = data.features.map((feature, i) => {
    const label = document.createElement("label"), name = document.createElement("span");
    name.textContent = feature.name;
    const choices = data.view.choices[i];
    const control = document.createElement(choices ? "select" : "input");
    const shown = document.createElement("output");
    if (choices) {
      choices.forEach((text, word) => control.append(new Option(text, String(word))));
    } else {
      control.type = "range";
      control.step = "1";
      control.min = String(feature.low);
      control.max = String(feature.high);
    }
    label.append(name, shown, control);
    list.append(label);
    control.addEventListener("input", () => {
      words[i] = Number(control.value);
      update(i);
      changed(words);
    });
    return { control, shown };
  });

  function update(i) {
    const { scale, zero } = data.features[i];
    controls[i].control.value = String(words[i]);
    controls[i].shown.textContent = data.view.choices[i] ? "" : String(Number(((words[i] - zero) * scale).toPrecision(6)));
  }

  return function set(values) {
    values.forEach((word, i) => {
      words[i] = word;
      update(i);
    });
    changed(words);
  };
}
