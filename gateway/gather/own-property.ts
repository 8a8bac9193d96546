/** Returns an own property of a value that may not be an object. */
export function ownPropertyOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? ownProperty(value as Record<string, unknown>, key) : undefined
}

/** Returns an own property. The members of `Object.prototype` are not data. */
export function ownProperty(object: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}
