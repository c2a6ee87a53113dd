/** A small project that trains in a moment: two clouds of points in the plane, told apart by name. */
export const pointsSource = `/// Points in the plane, left or right.
model Side(point: [N, 2]) -> [N, 2] = point |> dense(4) |> relu |> dense(2)

train Side as plain { data: points  loss: cross_entropy  optimizer: sgd(lr: 0.1)   batch: 8  epochs: 4  metrics: [accuracy]  seed: 3 }
train Side as quick { data: points  loss: cross_entropy  optimizer: adam(lr: 0.01) batch: 8  epochs: 4  metrics: [accuracy]  seed: 3 }

data points = csv("points.csv", target: "side", standardize: true, holdout: 25%)
`;

/** Two networks told the same, each by a step of its own. */
export const stepsSource = `model Side(point: [N, 2]) -> [N, 2] = point |> dense(4) |> relu |> dense(2)
model Left(point: [N, 2]) -> [N, 1] = point |> dense(1)

metric widest(output: [N, K], target: i32[N]) -> [1, 1, 1] = reshape(max(output) - min(output) + 0 * mean(f32(target)), [1, 1, 1])

train Both(point: [N, 2], target: i32[N]) {
  data: csv("points.csv", target: "side", standardize: true, holdout: 25%)
  batch: 8  epochs: 3  seed: 3
  metrics: [accuracy(Side(point), target) as "clean", recall(Side(point), target, average: "none"), confusion(Side(point), target),
    widest(Side(point), target)]
  step classify { minimize: cross_entropy(Side(point), target)  update: Side  optimizer: sgd(lr: 0.1) }
  step judge { minimize: binary_cross_entropy(Left(point), f32(target)[:, newaxis])  update: Left  optimizer: adam(lr: 0.01) }
}
`;

/** Forty rows, the same in every run. */
export const pointsCsv = [
  "x,y,side",
  ...Array.from({ length: 40 }, (_, row) => {
    const left = row % 2 === 0;
    const spread = ((row * 7) % 11) / 10;
    return `${((left ? -1 : 1) + spread - 0.5).toFixed(2)},${(((row * 5) % 13) / 6 - 1).toFixed(2)},${left ? "left" : "right"}`;
  }),
  "",
].join("\n");

export const pointsProject = { "points.nn": pointsSource, "points.csv": pointsCsv, "package.json": "{}" } as const;
