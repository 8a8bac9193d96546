/**
 * Makes a function remember what it returned for an object, as long as the object lives. Only for objects that nobody changes, and for functions that
 * depend on them and on nothing that can change.
 */
export function rememberByObject<Key extends object, Value extends NonNullable<unknown> | null>(
  compute: (key: Key) => Value,
): (key: Key) => Value {
  const known = new WeakMap<Key, Value>()
  return (key) => {
    const found = known.get(key)
    if (found !== undefined) return found
    const value = compute(key)
    known.set(key, value)
    return value
  }
}
