import { iccsParent } from '../../contract/iccs.ts'
import type { IccsCode } from './classification.ts'
import { LEXICON } from './suggest-codes.ts'

/** The codes that the lexicon has terms for, with those above them, and made-up titles: for tests without the publisher's list. */
export function lexiconCodes(): readonly IccsCode[] {
  const codes = new Set(Object.keys(LEXICON.terms))
  for (const code of [...codes]) {
    for (let above = iccsParent(code); above !== null; above = iccsParent(above)) codes.add(above)
  }
  return [...codes].sort().map((code) => ({ code, titleEn: `Qx ${code}`, titleEs: `Qz ${code}` }))
}
