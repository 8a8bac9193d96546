/** What issue 13 demands of Istmo by itself: how a figure is judged. */

/** A figure that has a bound. */
export interface Judged {
  readonly what: string
  readonly value: number
  /** The most that it may be. */
  readonly most: number
  readonly unit: string
  /** What helps to understand the figure, such as that of a control. */
  readonly beside?: string
}

/** Whether a figure is within its bound. What is no number is not. */
export function isWithin({ value, most }: Pick<Judged, 'value' | 'most'>): boolean {
  return value <= most
}

/** Writes a figure with its bound, and what helps to understand it. A miss is named as one. */
export function writeVerdict(judged: Judged): string {
  const { what, value, most, unit, beside = '' } = judged
  const verdict = `${isWithin(judged) ? 'holds' : 'MISSED'}${beside === '' ? '' : ` (${beside})`}`
  return `- ${what}: ${write(value)} ${unit}, at most ${write(most)}: ${verdict}\n`
}

/** Writes a number with three digits or all before the point. */
export function write(value: number): string {
  if (Number.isNaN(value)) return 'not measured'
  const places = Math.max(0, 2 - Math.floor(Math.log10(Math.max(1, Math.abs(value)))))
  return value.toLocaleString('en', { minimumFractionDigits: 0, maximumFractionDigits: places })
}

/** A point of a line: how much there was, and what it cost. */
export interface Point {
  readonly amount: number
  readonly cost: number
}

/** Returns what one more costs between two points. */
export function slopeOf(from: Point, to: Point): number {
  return (to.cost - from.cost) / (to.amount - from.amount)
}

/**
 * Returns what each costs at each point, without what nothing costs.
 * @param points the first one is of the amount 0.
 */
export function costEach([empty, ...points]: readonly Point[]): readonly Point[] {
  if (empty?.amount !== 0) throw new Error('expected the cost of the amount 0 first')
  return points.map(({ amount, cost }) => ({ amount, cost: (cost - empty.cost) / amount }))
}

/**
 * Returns by how much a cost grows: the largest ratio of a point's cost to that of a point of a smaller amount. A cost that falls has not grown.
 * @param points in the order of their amounts.
 */
export function growthOf(points: readonly Point[]): number {
  const ratios = points.flatMap(({ cost }, at) => points.slice(at + 1).map((later) => later.cost / cost))
  return Math.max(...ratios)
}

/** Returns the mean of the last tenth of values ÷ that of the second tenth. */
export function tenthsRatio(values: readonly number[]): number {
  const size = Math.floor(values.length / 10)
  if (size === 0) return Number.NaN
  const mean = (part: readonly number[]): number => part.reduce((sum, one) => sum + one, 0) / part.length
  return mean(values.slice(-size)) / mean(values.slice(size, 2 * size))
}
