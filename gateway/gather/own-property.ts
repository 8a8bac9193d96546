/** Returns an own property of a value that may not be an object. */
export function ownPropertyOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? ownProperty(value as Record<string, unknown>, key) : undefined
}

/** Returns an own property of an object from JSON. The members of `Object.prototype` are not data. */
export function ownProperty(object: Readonly<Record<string, unknown>>, key: string): unknown {
  const value = object[key]
  // JSON has no functions, and all other members of `Object.prototype` are functions. A look at a value takes less time than one at whose it is.
  if (typeof value !== 'function' && key !== '__proto__') return value
  return Object.hasOwn(object, key) ? value : undefined
}
