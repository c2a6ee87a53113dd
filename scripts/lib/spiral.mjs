/** Points of a plane that fall into the origin on a spiral, dy/dt = A y³, as in Chen et al. 2018; sums and products only, the same on every machine. */

/** Steps of the integration from one place to the next. */
const steps = 10;

/** Where a point moves to. */
function velocity([x, y]) {
  return [-0.1 * x * x * x + 2 * y * y * y, -2 * x * x * x - 0.1 * y * y * y];
}

/** A step of the classical method of Runge and Kutta. */
function step(point, time) {
  const moved = (slope, share) => point.map((value, axis) => value + share * time * slope[axis]);
  const a = velocity(point);
  const b = velocity(moved(a, 0.5));
  const c = velocity(moved(b, 0.5));
  const d = velocity(moved(c, 1));
  return point.map((value, axis) => value + (time / 6) * (a[axis] + 2 * b[axis] + 2 * c[axis] + d[axis]));
}

/** So many places on the way from a point, this far apart in time. */
export function spiralFrom(start, places, apart) {
  const seen = [];
  for (let point = start; seen.length < places;) {
    for (let count = 0; count < steps; count += 1) point = step(point, apart / steps);
    seen.push(point);
  }
  return seen;
}
