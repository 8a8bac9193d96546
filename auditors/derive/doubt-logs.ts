import { isCountryPart } from '../../contract/audit-log/country-part.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { parseIfReadable } from '../readable-entries.ts'
import { createExportCheck } from '../reconcile/read-logs.ts'
import type { Side } from '../reconcile/sides.ts'

/** Says why a log at hand may not be the one that others saw, or may lack entries of a request. Sentences for people. */

/**
 * Says if no quorum of witnesses has cosigned what was read of a log: whoever has its key can write another one.
 * @param end the index behind the last entry that was used
 */
export function listUnwitnessed(
  { name, witnessed: { isDemanded, size } }: Pick<Side, 'name' | 'witnessed'>,
  end: number,
): readonly string[] {
  if (!isDemanded || size >= end) return []
  return [`${name}: expected a quorum of witnesses for its first ${end} entries; came one for ${size}`]
}

/** What came before an export is about no request in it. */
const FROM_NOW = { fromMs: Number.POSITIVE_INFINITY }

/** What an export may lack. */
export interface ExportDoubts {
  /** Says why parts of a request may be missing. */
  readonly list: (request: EntryOf<'request'>, parts: readonly EntryOf<'continuation'>[]) => readonly string[]
}

/** Reads which parts of its country an export lacks. Without a part, nobody can see what the country was asked. */
export async function doubtExport(side: Side): Promise<ExportDoubts> {
  const entries: Entry[] = []
  for await (const { bytes } of side.entries()) entries.push(...[parseIfReadable(bytes) ?? []].flat())
  const last = entries.findLast(isCountryPart)
  const check = last === undefined ? null : createExportCheck(side.name, last.country, FROM_NOW)
  for (const entry of entries) check?.add(entry)
  const missing = check?.finish() ?? []
  const gaps = missing.flatMap((each) => (each.class === 'INCOMPLETE' ? [`${side.name}: ${each.what}`] : []))
  const unproven = missing.flatMap((each) => (each.class === 'INCOMPLETE' ? [] : [each.what]))
  return {
    list: (request, parts) => [
      ...(parts.some(isCountryPart)
        ? []
        : [`${side.name}: expected a country’s part of the request; the export has none`]),
      ...gaps,
      // Behind every other part stands the next number, which shows that none is missing in between.
      ...(last?.of === request.id ? unproven : []),
    ],
  }
}
