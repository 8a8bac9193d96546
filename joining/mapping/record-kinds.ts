/**
 * What a mapping can fill: the kinds of records with their tables, and what each key of a section takes. The parser, the JSON Schema for editors and
 * `istmo map` all follow these tables; a test compares them with the migrations and with the contract's enums.
 */
import { CASE_KINDS } from './case-kinds.ts'
import type { KindSpec } from './field-spec.ts'
import { LEGAL_KINDS } from './legal-kinds.ts'
import type { RecordKindName } from './mapping.ts'
import { PERSON_KINDS } from './person-kinds.ts'

/** All kinds, in the order in which their rows are written: what others name comes first. */
export const RECORD_KINDS: readonly KindSpec[] = [...PERSON_KINDS, ...LEGAL_KINDS, ...CASE_KINDS]

/** Returns the kind of a name. */
export function kindOf(name: RecordKindName): KindSpec {
  const found = RECORD_KINDS.find((kind) => kind.name === name)
  if (found === undefined) throw new Error(`expected a kind of records; came ${name}`)
  return found
}

/** Lists the kinds that hang on a kind. */
export function childrenOf(name: RecordKindName): readonly KindSpec[] {
  return RECORD_KINDS.filter(({ parent }) => parent?.kind === name)
}
