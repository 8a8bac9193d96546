/**
 * Checks whether a token's authentication was strong enough. Levels that are whole numbers (1 a password, 2 two factors, 3 a hardware
 * key) are compared as numbers. Any other value of `acr` meets only a demand for exactly that value.
 * @param assurance the token's `acr`; undefined if the token has none, which meets no demand.
 * @param least the least level that is demanded.
 */
export function meetsAssurance(assurance: string | undefined, least: string): boolean {
  if (assurance === undefined) return false
  if (isLevel(assurance) && isLevel(least)) return Number(assurance) >= Number(least)
  return assurance === least
}

function isLevel(text: string): boolean {
  return /^\d{1,3}$/.test(text)
}
