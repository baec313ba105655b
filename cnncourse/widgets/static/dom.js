// A few lines over the DOM: the explorers build their page once and afterwards only change values.

let nextId = 0;

// Ids must be unique in a page that may show the same explorer many times.
export function uniqueId(word) {
  nextId += 1;
  return `cnn-${word}-${nextId}-${Math.random().toString(36).slice(2, 7)}`;
}

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

// Changing text that is already right would make some screen readers say it again.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
