import type { Command } from 'commander'
import { ENTRY_OUTCOMES, type EntryOutcome } from '../../audit/index/entry-row.ts'
import type { EntryFilter } from '../../audit/index/filter.ts'
import type { AuditRequest } from './command.ts'

const FLAGS = {
  country: ['--country <code>', 'a country that was asked'],
  actorCountry: ['--from-country <code>', 'the country of who asked'],
  agency: ['--agency <name>', 'the agency of who asked'],
  role: ['--role <name>', 'the role of who asked'],
  actorRef: ['--actor <ref>', 'the pseudonym of who asked'],
  purpose: ['--purpose <name>', 'as INVESTIGATION'],
  taskForce: ['--task-force <id>', 'the mandate’s task force'],
  caseRef: ['--case <ref>', 'the pseudonym of the case'],
  coordinate: ['--field <coordinate>', 'a field or argument that was asked, as Person.birthDate'],
  denied: ['--denied <coordinate>', 'a field or argument that was denied'],
  outcome: ['--outcome <name>', ENTRY_OUTCOMES.join(', ')],
  code: ['--code <name>', 'a code of the answer or of a country'],
  kind: ['--kind <name>', 'the kind of entry, as request'],
  from: ['--from <time>', 'the first time that counts, RFC 3339'],
  until: ['--until <time>', 'the first time that counts no more'],
} as const satisfies Partial<Record<keyof EntryFilter, readonly [string, string]>>

/** Adds the options that say which entries are looked for. */
export function filterOptions(command: Command): Command {
  return Object.values(FLAGS).reduce((each, [flag, meaning]) => each.option(flag, meaning), command)
}

/** The filter that the options say. Throws a TypeError for a value that can match nothing. */
export function filterOf({ options }: AuditRequest): EntryFilter {
  const entries = Object.entries(FLAGS).flatMap(([key, [flag]]): [string, string][] => {
    const name = flag.slice(2, flag.indexOf(' ')).replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
    const value = options[name]
    return typeof value === 'string' ? [[key, checked(key, value)]] : []
  })
  return Object.fromEntries(entries)
}

function checked(key: string, value: string): string {
  if (key === 'outcome' && !ENTRY_OUTCOMES.includes(value as EntryOutcome)) {
    throw new TypeError(`--outcome: expected one of ${ENTRY_OUTCOMES.join(', ')}; came ${value}`)
  }
  if (key !== 'from' && key !== 'until') return value
  const time = Date.parse(value)
  if (Number.isNaN(time)) throw new TypeError(`--${key}: expected a time as 2026-11-24T00:00:00Z; came ${value}`)
  return new Date(time).toISOString()
}
