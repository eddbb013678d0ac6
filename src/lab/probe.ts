// A linear probe: what can be read off a vector by one matrix. Ridge regression on one-hot labels,
// closed form, in float64. Plain numbers only; knows no model. What a probe does not find may
// still be there: a lower bound.

/** Rows × columns, row after row. */
export interface Table {
  rows: number;
  columns: number;
  values: ArrayLike<number>;
}

/** L of A = L·Lᵀ, lower, for a symmetric positive definite n × n matrix (Cholesky–Banachiewicz). */
export function decompose(a: ArrayLike<number>, n: number): Float64Array {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
      if (i === j && !(sum > 0)) throw new RangeError('the matrix is not positive definite');
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / l[j * n + j]!;
    }
  return l;
}

/** X of A·X = B, B n × m, A by its L: forward, then back. */
export function solve(l: Float64Array, b: ArrayLike<number>, n: number, m: number): Float64Array {
  const x = Float64Array.from(b);
  for (let c = 0; c < m; c++) {
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < i; k++) x[i * m + c]! -= l[i * n + k]! * x[k * m + c]!;
      x[i * m + c]! /= l[i * n + i]!;
    }
    for (let i = n - 1; i >= 0; i--) {
      for (let k = i + 1; k < n; k++) x[i * m + c]! -= l[k * n + i]! * x[k * m + c]!;
      x[i * m + c]! /= l[i * n + i]!;
    }
  }
  return x;
}

/** A fitted probe: the class of each row. */
export type Probe = (features: Table) => Int32Array;

/**
 * W = (C + λ·tr(C)/D·I)⁻¹ · Xᵀ(Y − Ȳ)/n, with X centred, C = XᵀX/n, and Y one-hot; answers with the
 * greatest score (Hoerl and Kennard 1970, doi 10.1080/00401706.1970.10488634). Fit on some facts, test on others.
 */
export function fitProbe({ rows: n, columns: D, values: x }: Table, labels: ArrayLike<number>, classes: number, lambda = 0.01): Probe {
  if (labels.length !== n) throw new RangeError(`${labels.length} labels for ${n} rows`);
  const centre = new Float64Array(D);
  for (let r = 0; r < n; r++) for (let i = 0; i < D; i++) centre[i]! += x[r * D + i]! / n;
  const share = new Float64Array(classes); // Ȳ
  const c = new Float64Array(D * D);
  const xy = new Float64Array(D * classes); // as X is centred, Xᵀ(Y − Ȳ) = XᵀY
  const row = new Float64Array(D);
  for (let r = 0; r < n; r++) {
    const label = labels[r]!;
    if (label < 0 || label >= classes) throw new RangeError(`${label} is not one of ${classes} classes`);
    share[label]! += 1 / n;
    for (let i = 0; i < D; i++) row[i] = x[r * D + i]! - centre[i]!;
    for (let i = 0; i < D; i++) {
      xy[i * classes + label]! += row[i]! / n;
      for (let j = 0; j < D; j++) c[i * D + j]! += (row[i]! * row[j]!) / n;
    }
  }
  let trace = 0;
  for (let i = 0; i < D; i++) trace += c[i * D + i]!;
  for (let i = 0; i < D; i++) c[i * D + i]! += (lambda * trace) / D;
  const w = solve(decompose(c, D), xy, D, classes);

  return ({ rows, columns, values }) => {
    if (columns !== D) throw new RangeError(`${columns} features for a probe of ${D}`);
    const score = new Float64Array(classes);
    return Int32Array.from({ length: rows }, (_, r) => {
      score.set(share);
      for (let i = 0; i < D; i++) {
        const v = values[r * D + i]! - centre[i]!;
        for (let k = 0; k < classes; k++) score[k]! += v * w[i * classes + k]!;
      }
      return score.indexOf(Math.max(...score));
    });
  };
}
