/* Curves of the target, which never change: paths of points, and what the axes have to hold of them. */
function curvesOf(goal) {
  const each = Math.max(Math.ceil(200 / Math.max(goal.cells.length, 1)), 1);
  const curve = (f, straight) => {
    const paths = [];
    let last = null;
    for (const cell of goal.cells) {
      const n = cell.degree <= straight ? 1 : each, points = [];
      for (let k = 0; k <= n; k++) { const x = cell.l + ((cell.r - cell.l) * k) / n; points.push([x, f(cell, x)]); }
      const joined = last && Math.abs(last[1] - points[0][1]) <= 1e-7 * (1 + Math.abs(last[1]));
      if (joined) paths.at(-1).push(...points.slice(1)); else paths.push(points);
      last = points[n];
    }
    return paths;
  };
  const targetPaths = curve(cubic, 1), slopePaths = curve(cubicSlope, 2), values = paths => paths.flatMap(path => path.map(p => p[1]));
  return {
    targetPaths, slopePaths,
    targetValues: goal.points ? goal.points.map(p => p.y) : values(targetPaths),
    targetSlopes: goal.points ? pointSlopes(goal.points) : values(slopePaths),
  };
}
