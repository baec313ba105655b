// Numbers as people write them: no needless decimals, a true minus sign, simple fractions where a kernel has them.

const MINUS = "−";

export function formatNumber(value, decimals = 2) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  const rounded = Number(value.toFixed(decimals));
  const text = Math.abs(rounded) >= 1e6 ? rounded.toExponential(1) : String(Math.abs(rounded));
  return rounded < 0 ? MINUS + text.replace("-", "") : text;
}

// One number of decimals for a whole array, so that its cells line up.
export function decimalsFor(data) {
  for (let at = 0; at < data.length; at += 1) {
    if (Number.isFinite(data[at]) && Math.abs(data[at] - Math.round(data[at])) > 1e-6) return 2;
  }
  return 0;
}

const DENOMINATORS = [2, 3, 4, 8, 9, 16, 25, 36, 49];

// 0.1111… is easier to recognise as 1/9.
export function formatWeight(value) {
  if (!Number.isFinite(value) || Math.abs(value - Number(value.toFixed(2))) < 1e-9) return formatNumber(value);
  for (const below of DENOMINATORS) {
    const above = Math.round(value * below);
    if (above !== 0 && Math.abs(above) < below && Math.abs(value * below - above) < 1e-6) {
      return `${above < 0 ? MINUS : ""}${Math.abs(above)}/${below}`;
    }
  }
  return formatNumber(value, 3);
}

// Reads what a learner types: 2, -1.5, 0,5, 1/9. NaN when it is no number.
export function readWeight(text) {
  const plain = text.trim().replaceAll(MINUS, "-").replace(",", ".");
  if (plain === "") return NaN;
  const [above, below, ...rest] = plain.split("/");
  if (rest.length || (below !== undefined && below.trim() === "")) return NaN;
  const value = below === undefined ? Number(above) : Number(above) / Number(below);
  return Number.isFinite(value) ? value : NaN;
}

const factor = (text) => (text.startsWith(MINUS) || text.includes("/") ? `(${text})` : text);

// "0·1 + 3·2 + … = 19". Many terms are cut in the middle: the whole list is in the three matrices above.
export function writtenSum(under, kernel, sum, most = 25) {
  const decimals = decimalsFor(under.data);
  const terms = Array.from(
    under.data,
    (value, at) => `${factor(formatNumber(value, decimals))}·${factor(formatWeight(kernel.data[at]))}`,
  );
  const shown = terms.length > most ? [...terms.slice(0, most - 8), "…", ...terms.slice(-3)] : terms;
  return { terms: shown, total: formatNumber(sum) };
}
