import type { IndexDatabase } from '../audit/index/database.ts'
import { ALL, type EntryFilter } from '../audit/index/entry-row.ts'
import { readKeyFile } from '../audit/pseudonym/key-file.ts'
import { type PseudonymKeys, pseudonymsOf } from '../audit/pseudonym/pseudonym.ts'
import { isRecordId } from '../contract/record-id.ts'
import type { CommandLine } from '../service/command-spec.ts'
import type { FILTER_OPTIONS, REF_OPTIONS } from './options.ts'
import { say } from './words.ts'

/** Finds the refs of a case or a caller, for somebody who has the keys of the log's owner. */

/** The values of {@link REF_OPTIONS}, and the option for the case. */
export type RefLine = Pick<
  CommandLine<{ readonly options: typeof REF_OPTIONS & typeof FILTER_OPTIONS }>,
  'keys' | 'caller' | 'caseRef'
>

/** The refs that a search looks for. */
export interface SoughtRefs {
  readonly filter: Pick<EntryFilter, 'actorRef' | 'caseRef'>
  /** The epochs of the keys; undefined if the search makes no ref itself. Other epochs of the log cannot be searched. */
  readonly epochs: ReadonlySet<string> | undefined
}

/**
 * Makes the refs of the case and the caller that a command line names.
 * @throws {TypeError} if it names one of them and no keys.
 */
export async function findRefs({ keys: file, caller, caseRef }: RefLine): Promise<SoughtRefs> {
  const caseId = caseRef !== undefined && isRecordId(caseRef) ? caseRef : undefined
  if (caller === undefined && caseId === undefined) return { filter: {}, epochs: undefined }
  if (file === undefined) {
    const what = caseId === undefined ? '--caller' : 'the id of a case'
    throw new TypeError(
      `${what}: expected --keys with the keys of refs of the log’s owner, because logs hold only refs`,
    )
  }
  const keys: PseudonymKeys = await readKeyFile(file)
  return {
    filter: {
      ...(caller !== undefined && { actorRef: pseudonymsOf('actor', caller, keys) }),
      ...(caseId !== undefined && { caseRef: pseudonymsOf('case', caseId, keys) }),
    },
    epochs: new Set(keys.epochs.map(({ epoch }) => String(epoch))),
  }
}

/** The refs of one epoch that a log has: how many, and the times of the first and the last entry with one. */
export interface EpochUse {
  readonly epoch: string
  readonly refs: number
  readonly since: string
  readonly until: string
}

/** Creates a counter of epochs. */
export function createEpochCounter() {
  const uses = new Map<string, EpochUse>()
  return {
    add(ref: string | null, time: string) {
      if (ref === null) return
      const epoch = ref.slice(0, ref.indexOf('.'))
      const before = uses.get(epoch)
      const times = [before?.since ?? time, time, before?.until ?? time].sort() as [string, string, string]
      uses.set(epoch, { epoch, refs: (before?.refs ?? 0) + 1, since: times[0], until: times[2] })
    },
    /** Returns the epochs that are not among these, in their order. */
    without: (epochs: ReadonlySet<string>) =>
      [...uses.values()]
        .filter(({ epoch }) => !epochs.has(epoch))
        .sort((one, other) => Number(one.epoch) - Number(other.epoch)),
  }
}

/** Says which epochs a search could not look into, and when they were in use. */
export function describeEpochs(uses: readonly EpochUse[]): string {
  return uses.map(({ epoch, refs, since, until }) => say('epochs', { epoch, refs, since, until })).join('; ')
}

/**
 * Finds the epochs of an index that are not among those of the keys.
 * @throws {TypeError} if the index has several logs with refs, because each owner has keys of its own.
 */
export async function findForeignEpochs(
  { query }: IndexDatabase,
  { filter, epochs }: SoughtRefs,
  log: string | undefined,
): Promise<readonly EpochUse[]> {
  if (epochs === undefined) return []
  const column = filter.actorRef === undefined ? 'case_ref' : 'actor_ref'
  const rows = await query<Omit<EpochUse, 'epoch'> & { readonly epoch: string; readonly log: string }>(
    `select log, split_part(${column}, '.', 1) as epoch, count(*)::int as refs, min(at) as since, max(at) as until
     from entries where ${column} is not null and viewer = $1 group by 1, 2 order by 2::int`,
    [ALL],
  )
  const own = rows.filter((row) => log === undefined || row.log === log)
  const logs = [...new Set(own.map((row) => row.log))]
  if (logs.length > 1) {
    const names = logs.join(', ')
    throw new TypeError(`--keys: expected --origin, because each owner has keys of its own; the index has ${names}`)
  }
  return own.filter(({ epoch }) => !epochs.has(epoch)).map(({ log: _, ...use }) => use)
}
