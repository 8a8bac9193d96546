/** Parses a size or an index: ASCII decimal digits without leading zeroes, up to 2^53 - 1. Returns undefined for anything else. */
export function parseDecimal(text: string): number | undefined {
  const number = Number(text)
  return /^(0|[1-9]\d{0,15})$/.test(text) && Number.isSafeInteger(number) ? number : undefined
}
