// Colour maps whose equal steps look equal. Colours are mixed in the OKLab space (B. Ottosson, 2020), where distance
// follows what people see; the two arms of the signed map, blue and orange, stay apart for all common colour blindness.

const LEVELS = 256;

// OKLab to the 0..255 of a screen; the numbers are those of the definition.
function screenColour([lightness, a, b]) {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return linear.map((x) => {
    const clipped = Math.min(1, Math.max(0, x));
    return Math.round(255 * (clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055));
  });
}

function ramp(...stops) {
  const table = new Uint8ClampedArray(LEVELS * 3);
  for (let level = 0; level < LEVELS; level += 1) {
    const place = (level / (LEVELS - 1)) * (stops.length - 1);
    const left = Math.min(stops.length - 2, Math.floor(place));
    const mixed = stops[left].map((x, i) => x + (place - left) * (stops[left + 1][i] - x));
    table.set(screenColour(mixed), level * 3);
  }
  return table;
}

function greys() {
  return Uint8ClampedArray.from({ length: LEVELS * 3 }, (_, at) => Math.floor(at / 3));
}

const PAPER = [0.985, 0, 0];
export const MAPS = {
  grey: greys(), // photographs: what the file holds
  slate: ramp([0.27, -0.008, -0.028], [0.985, 0, 0]), // small matrices: dark to light, calmer than pure black
  signed: ramp([0.6, 0.09, 0.12], PAPER, [0.5, -0.035, -0.14]), // orange − · white 0 · blue +
  heat: ramp([0.2, 0.02, -0.08], [0.45, 0.1, -0.1], [0.65, 0.13, 0.06], [0.85, 0.02, 0.16], [0.97, -0.02, 0.1]),
};

// The values at the two ends of a map. A picture in 0..1 keeps these ends, so that a dark picture looks dark; signed
// values are centred on zero, so that white always means zero.
export function rangeOf(data, kind) {
  let [low, high] = [Infinity, -Infinity];
  for (let at = 0; at < data.length; at += 1) {
    const value = data[at];
    if (value < low && value > -Infinity) low = value;
    if (value > high && value < Infinity) high = value;
  }
  if (low > high) return [0, 1];
  if (kind === "signed") {
    const most = Math.max(Math.abs(low), Math.abs(high)) || 1;
    return [-most, most];
  }
  if (low >= 0 && high <= 1) return [0, 1];
  return low === high ? [Math.min(0, low), Math.max(1, high)] : [Math.min(0, low), high];
}

export function levelOf(value, low, high) {
  const level = Math.round(((value - low) / (high - low)) * (LEVELS - 1));
  return Math.min(LEVELS - 1, Math.max(0, level));
}

// Black or white, whichever is easier to read on a colour: one of the two always has a contrast above 4.5 to 1.
export function inkOn(red, green, blue) {
  const [r, g, b] = [red, green, blue].map((x) => (x / 255 <= 0.04045 ? x / 3294.6 : ((x / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#10151c" : "#ffffff";
}
