/**
 * Returns the value of a key in a map or a cache, which is made and put there if the key has none yet.
 * @param make is called only if there is none. A key with `undefined` counts as one without a value.
 */
export function getOrAdd<Key, Value>(
  map: { get(key: Key): Value | undefined; set(key: Key, value: NoInfer<Value>): unknown },
  key: Key,
  make: () => Value,
): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
