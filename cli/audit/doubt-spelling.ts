import { Kind, parse } from 'graphql'
import type { EntryFilter } from '../../audit/index/filter.ts'
import { TOKEN_REFUSALS } from '../../contract/audit-log/authority-token-entries.ts'
import { DOMAINS } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { ERRORS } from '../../contract/errors.ts'
import { MISUSES } from '../../contract/misuse.ts'
import type { Answer } from './command.ts'

/** The codes that entries have: those of errors and outcomes, of misuses, and of refusals of a mandate authority. */
const CODES: ReadonlySet<string> = new Set([...Object.keys(ERRORS), ...MISUSES, ...TOKEN_REFUSALS])

/**
 * Turns «there is none» into «could not tell» if a code or a field of the filter is not one that this version knows: a spelling mistake finds nothing
 * either. An entry of another version may have such a code or field, so what was found is shown.
 */
export function doubtSpelling({ code, coordinate, denied }: EntryFilter, answer: Answer): Answer {
  if (answer.verdict !== 'FAILS') return answer
  const unknown = [
    ...(code === undefined || CODES.has(code)
      ? []
      : [`--code: expected a code that docs/operating.md lists; came ${code}`]),
    ...doubtField('--field', coordinate),
    ...doubtField('--denied', denied),
  ]
  if (unknown.length === 0) return answer
  const reason = `${unknown.join('; ')}. No entry has it, and it may be misspelt`
  return { verdict: 'UNTOLD', text: '', json: { ...answer.json, reason } }
}

function doubtField(flag: string, coordinate: string | undefined): readonly string[] {
  // Every schema has the fields of introspection.
  if (coordinate === undefined || coordinate.includes('__') || listCoordinates().has(coordinate)) return []
  return [`${flag}: expected a field or argument of the contract's schema; came ${coordinate}`]
}

/** Lists the members of all types of the contract's domains, and the arguments of their fields. */
function listCoordinates(): ReadonlySet<string> {
  const coordinates = new Set<string>()
  for (const domain of DOMAINS) {
    for (const definition of parse(domainSdl(domain), { noLocation: true }).definitions) {
      if (definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.OBJECT_TYPE_EXTENSION) {
        for (const { name, arguments: taken = [] } of definition.fields ?? []) {
          const field = `${definition.name.value}.${name.value}`
          coordinates.add(field)
          for (const argument of taken) coordinates.add(`${field}(${argument.name.value}:)`)
        }
      } else if (definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION) {
        for (const { name } of definition.fields ?? []) coordinates.add(`${definition.name.value}.${name.value}`)
      } else if (definition.kind === Kind.ENUM_TYPE_DEFINITION) {
        for (const { name } of definition.values ?? []) coordinates.add(`${definition.name.value}.${name.value}`)
      }
    }
  }
  return coordinates
}
