// What the dream explorer says: what is shown, how far it is, and what made it.

import { mapName, strengthName } from "./dream_controls.js";
import { formatNumber } from "./numbers.js";

export const STEP_OF = /, step .*/;

export function dreamTitle(shown, array) {
  const { kind, octave, of, step, steps } = shown;
  const size = `${array.height} × ${array.width} pixels`;
  if (kind === "preview") return `Preview, ${size}`;
  if (kind === "dreaming") return octave ? `Octave ${octave} of ${of}, step ${step} of ${steps}${timeLeft(shown)}` : "Dream, about to begin";
  if (kind === "fault") return "No dream";
  return `${{ cancelled: "Cancelled dream", failed: "Broken-off dream" }[kind] ?? "Dream"}, ${size}`;
}

function timeLeft({ left }) {
  return left === null || left === undefined ? "" : `, about ${Math.ceil(left)} s left`;
}

// What is shown was made with these settings, which are not those of the sliders while an answer is under way.
export function dreamWords({ layers, network }, { kind, settings, first, last, seconds, recipe, notes }) {
  const layer = layers.find(({ name }) => name === settings.layer) ?? layers[0];
  const what = settings.channel < 0 ? `all ${layer.count} ${layer.kind}` : layer.names.length ? `“${mapName(layer, settings.channel)}”` : `${layer.kind.slice(0, -1)} ${settings.channel}`;
  const how = `${settings.octaves} ${settings.octaves === 1 ? "octave" : "octaves"}, strength ${strengthName(settings.strength)}`;
  const grown = kind === "done" && first > 0 ? ` What grows went from ${formatNumber(first)} to ${formatNumber(last)} in ${seconds} s.` : "";
  const kept = kind === "cancelled" || kind === "failed" ? ` ${keptWords(recipe["octaves done"])}` : "";
  return `${network}: more of ${what} of ${layer.name}; ${how}.${grown}${kept}${notes ? ` ${notes}` : ""}`;
}

function keptWords(done) {
  if (!done) return "No octave was whole, so this is the photograph.";
  return done === 1 ? "The octave that was whole is kept." : `The ${done} octaves that were whole are kept.`;
}
