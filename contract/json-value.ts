/** Looks at JSON that came from outside, before anything is known of its form. */

/** Returns whether a value is a JSON object: neither null nor a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Parses a text as JSON. Returns undefined if it is something else, and throws nothing: the parser's message would quote the text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Returns an own member of a value that may not be an object, and undefined if it has none. The members of `Object.prototype` are not data. */
export function memberOf(value: unknown, name: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Readonly<Record<string | number, unknown>>)[name]
}

/** Gives an object a member of its own, whatever its name. */
export function setMember(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') target[name] = value
  else Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
}

/** A value in JSON, and where it is. */
export interface PlacedValue {
  readonly value: unknown
  readonly at: readonly (string | number)[]
}

/** Lists a value, or the items of a list and of the lists in it. */
export function listItems(place: PlacedValue): readonly PlacedValue[] {
  const { value, at } = place
  return Array.isArray(value) ? value.flatMap((item, i) => listItems({ value: item, at: [...at, i] })) : [place]
}
