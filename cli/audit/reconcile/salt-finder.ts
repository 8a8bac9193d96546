import { findSalt } from '../../../audit/salts/salts.ts'

/** Makes the function that finds the salt of a leg in a country's store. */
export function saltFinder(folder: string): (legId: string) => Promise<Uint8Array | undefined> {
  return async (legId) => {
    const found = await findSalt(folder, legId)
    return found.kind === 'KEPT' ? found.salt : undefined
  }
}
