// Gradient descent on the weights of a kernel. `arrays` in cnncourse/widgets/learning_explorer.py says the same in
// Python; a test compares them.

// `moments` holds the mean product of each two pixels of a window: all that learning takes from a picture.
export function learnWeights(target, moments, rate, steps) {
  const wanted = target.flat();
  let apart = wanted.map((weight) => -weight);
  const [kernels, losses] = [[], []];
  for (let step = 0; step <= steps; step += 1) {
    const slope = moments.map((row) => row.reduce((sum, value, at) => sum + value * apart[at], 0));
    kernels.push(wanted.map((weight, at) => weight + apart[at]));
    losses.push(slope.reduce((sum, value, at) => sum + value * apart[at], 0));
    apart = apart.map((value, at) => value - rate * 2 * slope[at]);
  }
  return { kernels, losses };
}

export function farthestWeight(weights, target) {
  return target.flat().reduce((most, wanted, at) => Math.max(most, Math.abs(wanted - weights[at])), 0);
}
