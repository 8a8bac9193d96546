/**
 * Returns the value of a key in a map of maps or lists, which is made and put there if the key has none yet.
 * @param make is called only if there is none. A key with `undefined` counts as one without a value.
 */
export function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
