import { iccsParent } from '../../contract/iccs.ts'
import { PERSONS } from './lexicon/persons.ts'
import { PROPERTY } from './lexicon/property.ts'
import { SAFETY } from './lexicon/safety.ts'
import { STATE } from './lexicon/state.ts'
import type { IccsCode } from './read-classification.ts'

/** The codes that the lexicon has terms for, with those above them, and made-up titles: for tests without the publisher's list. */
export function lexiconCodes(): readonly IccsCode[] {
  const codes = new Set([PERSONS, PROPERTY, STATE, SAFETY].flatMap((lexicon) => Object.keys(lexicon)))
  for (const code of [...codes]) {
    for (let above = iccsParent(code); above !== null; above = iccsParent(above)) codes.add(above)
  }
  return [...codes].sort().map((code) => ({ code, titleEn: `Qx ${code}`, titleEs: `Qz ${code}` }))
}
