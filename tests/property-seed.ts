/**
 * Returns the seed of all random cases, a 32-bit integer; null if this run has cases of its own.
 * @throws {Error} if ISTMO_PROPERTY_SEED is not such a number.
 */
export function propertySeed(): number | null {
  const text = process.env.ISTMO_PROPERTY_SEED
  if (text === undefined) return null
  const seed = Number(text)
  if (text === '' || seed !== (seed | 0)) {
    throw new Error(`ISTMO_PROPERTY_SEED: expected an integer of 32 bits with a sign; came ${JSON.stringify(text)}`)
  }
  return seed
}
