/** How much a memory of texts holds. */
export interface TextMemory {
  /** How many texts. The oldest one makes room for a new one. Default: 256. */
  readonly maxTexts?: number
  /** The longest text that is remembered, in characters. Default: 256. */
  readonly maxLength?: number
}

/**
 * Makes a function remember what it returned for a text. Only for functions that depend on the text and on nothing else: not on the time, and not on
 * anything that can be changed or revoked.
 * @param compute returns a value that nobody changes.
 */
export function rememberByText<Value extends NonNullable<unknown> | null>(
  compute: (text: string) => Value,
  { maxTexts = 256, maxLength = 256 }: TextMemory = {},
): (text: string) => Value {
  const known = new Map<string, Value>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const value = compute(text)
    if (text.length > maxLength) return value
    if (known.size >= maxTexts) known.delete(known.keys().next().value ?? '')
    known.set(text, value)
    return value
  }
}
