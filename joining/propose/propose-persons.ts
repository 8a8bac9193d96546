/** Proposes persons from the rows of a single file of cases, which may name a person in each row. */
import { kindOf } from '../../contract/records/records.ts'
import { TODO } from '../mapping/yaml-report.ts'
import { matchColumns } from './match-columns.ts'
import { proposeAddress, proposeIdentifiers, proposeNames } from './propose-inline.ts'
import { proposeField, proposeProtection } from './propose-rule.ts'
import { type ProposeWorld, take, takenOf } from './propose-world.ts'
import type { Line } from './yaml-lines.ts'

/**
 * Adds `persons:` to the sections, and who takes part to the section of cases. The sections stay as they are if the source has several tables, or no
 * column with a name.
 */
export function proposePersonsOfCases(world: ProposeWorld, sections: readonly Line[]): readonly Line[] {
  const [only] = world.matches
  const [cases] = sections
  if (only?.kind !== 'cases' || cases === undefined || world.matches.length > 1) return sections
  const { table } = only
  const names = proposeNames(table, world)
  const matches = matchColumns('persons', table, takenOf(world, table)).filter(({ field }) => field.type.kind !== 'id')
  const identifiers = proposeIdentifiers(table, world)
  // A column called «nombre» in a list of cases may be anything; with a day of birth or a document it is a person's.
  if (names.length === 0 || (identifiers.length === 0 && !matches.some(({ field }) => field.key === 'birthDate')))
    return sections
  take(
    world,
    table,
    matches.map(({ column }) => column.name),
  )
  const role = matchColumns('cases.participants', table, takenOf(world, table)).find(
    ({ field }) => field.key === 'role',
  )
  take(world, table, role === undefined ? [] : [role.column.name])
  const document = /value: ([^}]+) \}$/.exec(identifiers[0]?.below?.[0]?.text ?? '')?.[1] ?? TODO
  const part: Line = {
    text: 'participants:',
    below: [
      role === undefined
        ? { text: `role: ${TODO}`, comment: world.words.roleTodo }
        : proposeField('cases.participants', role.field, role.column, world.words),
      { text: `person: ${document}` },
    ],
  }
  return [
    { ...cases, below: [...(cases.below ?? []), part] },
    {
      text: `${kindOf('persons').key}:`,
      below: [
        { text: `id: ${document}`, ...(document === TODO && { comment: world.words.personId }) },
        { text: 'repeats: same', comment: world.words.repeated },
        ...matches.map(({ field, column }) => proposeField('persons', field, column, world.words)),
        ...proposeProtection('persons', matches, world.words),
        { text: 'names:', below: names },
        ...identifiers,
        ...proposeAddress(table, world),
      ],
    },
  ]
}
