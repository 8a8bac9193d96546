import type { NodeContext } from './types.ts'

/** Notes once in the answer that the data is not complete for what the leg asks: the country's outcome is then `COVERAGE_PARTIAL`. */
export function noteCoverage({ notes }: Pick<NodeContext, 'notes'>): void {
  if (!notes.some(({ code }) => code === 'COVERAGE_PARTIAL')) notes.push({ code: 'COVERAGE_PARTIAL' })
}
