/** A line of the last rates. */

export function Spark({ values, width = 60, height = 14 }: { values: readonly number[]; width?: number; height?: number }) {
  if (values.length < 2) return null;
  const most = values.reduce((one, other) => Math.max(one, other), 1e-9);
  const points = values.map((value, index) => `${((index * width) / (values.length - 1)).toFixed(1)},${(height - 1 - (value / most) * (height - 2)).toFixed(1)}`);
  return (
    <svg className="cw-sparkline" viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      <polyline points={points.join(" ")} fill="none" stroke="currentColor" strokeWidth="1.2" />
    </svg>
  );
}
