import { hash } from 'node:crypto'
import { deriveLegSalt, saltedHash } from '../../../contract/leg-salt.ts'
import { LEG_EXTENSION } from '../../../contract/trust/leg-extensions.ts'
import { showQuestion, type VerifiedQuestion } from '../../../contract/trust/question-statement.ts'
import { mergeLegs } from '../../../gateway/merged-legs.ts'
import { canonical, type DerivedLeg, type RecordedLeg } from './legs.ts'
import { findMergedTexts } from './merged-legs.ts'

/** Of how many variables each choice of shown ones is tried. More would take seconds. */
const MAX_CHOSEN = 6

/** How many ways to merge legs are tried for one leg. */
const MOST_MERGED = 32

/** How many messages more than legs a request may have had: some legs are sent twice. */
const SENT_AGAIN = 8

/**
 * Opens recorded legs without evidence by the salt of their request: tries the bodies that an honest gateway would have sent for the derived legs. A
 * body with ids that other countries gave, or with the proof of a mandate, cannot be made again, and such a leg stays closed.
 */
export function openWithSalt(
  recorded: readonly RecordedLeg[],
  derived: readonly DerivedLeg[],
  question: { readonly statement: VerifiedQuestion; readonly document: string },
  requestSalt: Uint8Array,
): readonly RecordedLeg[] {
  const salts = Array.from({ length: recorded.length + SENT_AGAIN }, (_, at) => deriveLegSalt(requestSalt, at + 1))
  return recorded.map((leg) => {
    if (leg.opened !== null || leg.requestHash === null) return leg
    const ofPlace = derived.filter(({ country, domain }) => country === leg.country && domain === leg.domain)
    const alone = ofPlace.filter(({ query }) => hash('sha256', query) === leg.operationHash)
    const same = alone.length > 0 ? alone : listMerged(ofPlace, leg.operationHash)
    const opened = same.find((each) =>
      bodiesOf(each, question).some((body) => salts.some((salt) => saltedHash(salt, body) === leg.requestHash)),
    )
    return opened === undefined ? leg : { ...leg, opened }
  })
}

/** Lists the legs that a gateway may have made of several derived legs, if their texts together have this hash. */
function listMerged(derived: readonly DerivedLeg[], operationHash: string | null): readonly DerivedLeg[] {
  const texts = findMergedTexts([...new Set(derived.map(({ query }) => query))], operationHash)
  const [first] = derived
  if (texts === null || first === undefined) return []
  let choices: (readonly DerivedLeg[])[] = [[]]
  for (const text of texts) {
    const ofText = unite(derived.filter(({ query }) => query === text))
    choices = choices.flatMap((chosen) => ofText.map((leg) => [...chosen, leg])).slice(0, MOST_MERGED)
  }
  return choices.flatMap((legs) => {
    const merged = mergeLegs(legs)
    return merged === null ? [] : [{ ...first, ...merged }]
  })
}

/** Adds to legs of one text the leg about all their records, each once: legs of one text that are ready together are one leg. */
function unite(legs: readonly DerivedLeg[]): readonly DerivedLeg[] {
  const [first] = legs
  if (first === undefined || legs.length === 1) return legs
  const records = legs.flatMap(({ variables }) => variables.representations as readonly unknown[])
  const representations = [...new Map(records.map((record) => [canonical(record), record])).values()]
  return [{ ...first, variables: { ...first.variables, representations } }, ...legs]
}

/** Lists the bodies that a leg may have had: without a statement, and with each choice of what the statement shows. */
function bodiesOf(
  { country, query, variables }: DerivedLeg,
  { statement, document }: { readonly statement: VerifiedQuestion; readonly document: string },
): readonly string[] {
  const bodies = [JSON.stringify({ query, variables })]
  if (country === null) return bodies
  const names = [...statement.variables.keys()]
  const chosen = names.slice(0, MAX_CHOSEN)
  for (let choice = 0; choice < 2 ** chosen.length; choice++) {
    const keeps = (name: string): boolean => {
      const at = chosen.indexOf(name)
      return at < 0 || ((choice >> at) & 1) === 1
    }
    for (const withCase of statement.case === null ? [false] : [false, true]) {
      const shown = showQuestion(statement, { country, withCase, keeps })
      for (const carried of [{ question: shown }, { question: shown, document }]) {
        bodies.push(JSON.stringify({ query, variables, extensions: { [LEG_EXTENSION]: carried } }))
      }
    }
  }
  return bodies
}
