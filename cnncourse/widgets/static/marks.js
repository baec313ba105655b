// What is drawn over the cells of a view: lines between them, the hatching of a padded frame, outlines.

const WINDOW = "#c2185b";
const TRACE = "#6a3d9a";
const DASHES = { trace: [5, 3], wrong: [2, 2] };
const LEAST = 7; // CSS pixels; the window on a photograph must not vanish

export function drawLines(ctx, view, numbersFrom) {
  const side = Math.round(view.cell) - 1;
  ctx.strokeStyle = view.cell < numbersFrom ? "rgba(128, 140, 155, 0.25)" : "rgba(128, 140, 155, 0.55)";
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (const [row, col] of view.visibleCells()) {
    const [x, y] = view.place(row, col);
    ctx.rect(Math.round(x) + 0.5, Math.round(y) + 0.5, side, side);
  }
  ctx.stroke();
}

// The frame is hatched, so that a padded zero is never taken for a black pixel of the picture.
export function drawPadding(ctx, view) {
  const { canvas, cell, inner } = view;
  const [x, y] = view.place(inner.row, inner.col);
  const [wide, high] = [inner.width * cell, inner.height * cell];
  ctx.save();
  ctx.beginPath();
  ctx.rect(0, 0, canvas.clientWidth, canvas.clientHeight);
  ctx.rect(x, y, wide, high);
  ctx.clip("evenodd");
  ctx.fillStyle = "rgba(146, 160, 178, 0.5)";
  ctx.fillRect(0, 0, canvas.clientWidth, canvas.clientHeight);
  ctx.strokeStyle = "rgba(255, 255, 255, 0.3)";
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  for (let at = 0; at < canvas.clientWidth + canvas.clientHeight; at += 7) {
    ctx.moveTo(at, 0);
    ctx.lineTo(0, at);
  }
  ctx.stroke();
  ctx.restore();
  ctx.strokeStyle = "#5b6a7c";
  ctx.lineWidth = 1.5;
  ctx.strokeRect(x, y, wide, high);
}

// A light ground under a padded number keeps it readable over the hatching.
export function drawChip(ctx, x, y, cell) {
  const ink = ctx.fillStyle;
  ctx.fillStyle = "rgba(236, 240, 245, 0.82)";
  ctx.fillRect(x + 2, y + 2, cell - 4, cell - 4);
  ctx.fillStyle = ink;
}

// Every outline has a light rim, so that it stands out on dark and on light cells alike.
export function drawMark(ctx, view, { row, col, height, width, look = "window" }) {
  let [x, y] = view.place(row, col);
  let [wide, high] = [width * view.cell, height * view.cell];
  if (wide < LEAST) [x, wide] = [x + (wide - LEAST) / 2, LEAST];
  if (high < LEAST) [y, high] = [y + (high - LEAST) / 2, LEAST];
  ctx.setLineDash(DASHES[look] ?? []);
  for (const [style, line] of [["rgba(255, 255, 255, 0.92)", 5], [look === "window" ? WINDOW : TRACE, 2.5]]) {
    ctx.strokeStyle = style;
    ctx.lineWidth = line;
    ctx.strokeRect(x + 1.5, y + 1.5, wide - 3, high - 3);
  }
  ctx.setLineDash([]);
}
