import type { EntryOf } from '../../../contract/audit-log/entry.ts'
import type { ReadExport } from './read-exported-file.ts'

/** One thing that a file has otherwise than its entry, or than itself. */
export interface FileFinding {
  readonly where: string
  readonly expected: string
  readonly came: string
}

/** Formats a finding as one line for people. */
export function formatFileFinding({ where, expected, came }: FileFinding): string {
  return `${where}: expected ${expected}, came ${came}`
}

/**
 * Compares a file with the entries of its export. Without entries, the file is compared with itself.
 * @returns what does not agree; nothing if all does.
 */
export function compareExport(file: ReadExport, entries: readonly EntryOf<'export'>[]): readonly FileFinding[] {
  const { digest, named, differs } = file
  const findings: FileFinding[] = []
  const compare = (where: string, expected: string | null, came: string | null): void => {
    if (expected !== came) findings.push({ where, expected: expected ?? 'none', came: came ?? 'none' })
  }
  if (differs !== null) findings.push({ where: 'the pages', expected: 'the attached table', came: differs })
  if (digest === null) findings.push({ where: 'the salt', expected: 'one of 22 characters', came: 'none' })
  compare('the digest that the file names', digest, named)
  for (const entry of entries) {
    compare(`the digest of entry ${entry.id}`, digest, entry.digest)
    compare(`the form in entry ${entry.id}`, file.format, entry.format)
    compare(`the records in entry ${entry.id}`, String(file.rows), String(entry.rows))
  }
  if (entries.length > 0) {
    const noted = [...new Set(entries.flatMap(({ requests }) => requests))].sort()
    compare('the entries that the file names', list(entries.map(({ id }) => id)), list(file.entries))
    compare('the requests that the file names', list(noted), list(file.requests))
  }
  return findings
}

function list(ids: readonly string[]): string {
  return [...new Set(ids)].sort().join(' ') || 'none'
}
