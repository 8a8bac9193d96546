import { opensTo } from '../../audit/salts/commitment.ts'
import { createSaltFinder } from '../../audit/salts/salt-finder.ts'
import type { Prunings } from '../../audit/verify/prunings.ts'
import type { PlacedEntry } from '../../audit/verify/read-entries.ts'
import { type Entry, parseEntry } from '../../contract/audit-log/entry.ts'
import { readText } from './inputs.ts'

/** Tries values against the commitments of entries, for an auditor who may use the salts: who searched for this name, even without a result? */

/** The options of a search by what was asked. */
export const OPENS_OPTIONS = {
  opens: {
    flag: 'opens',
    value: 'file',
    expected: 'the path of a file',
    meaning:
      'with --no-index: only entries that commit to one of these values. The file has a JSON value a line: the variables of a question, or {"literals":[…],"variables":{…}}',
  },
  salts: {
    flag: 'salts',
    value: 'folder',
    expected: 'the path of a folder',
    meaning: 'with --opens: the store of salts; whoever has it can confirm guesses, so it is given on order only',
  },
} as const

/** Tells whether an entry commits to one of the values that somebody tries. */
export interface CommitmentTrial {
  readonly opens: (placed: PlacedEntry) => Promise<boolean>
  /** Tells how many commitments could not be tried, because their salt was erased or is not in the store, of those that `opens` saw. */
  readonly untried: () => Untried
}

/** `unexplained`: how many of `all` have no entry of an erasure behind them, and are of a time whose salts no pruning deleted. */
export interface Untried {
  readonly all: number
  readonly unexplained: number
}

/**
 * Reads the values to try.
 * @param prunings the prunings of the log, which delete salts too
 * @throws {TypeError} if the file has no value or a line that is not JSON. The message does not repeat the line.
 */
export async function readTrial(
  file: string,
  salts: string,
  prunings: () => Pick<Prunings, 'all'>,
): Promise<CommitmentTrial> {
  const lines = (await readText(file)).split('\n').filter((line) => line.trim() !== '')
  const candidates = lines.flatMap((line, at) => readCandidates(line, `${file}: line ${at + 1}`))
  if (candidates.length === 0) throw new TypeError(`${file}: expected a JSON value a line; came none`)
  const findSalt = createSaltFinder(salts)
  const erased = new Set<string>()
  const untried = new Map<string, string>()
  return {
    async opens({ bytes }) {
      const entry = parseEntry(bytes)
      if (entry.kind === 'salt-erasure') erased.add(entry.erased)
      const { id, time } = entry
      const commitment = commitmentOf(entry)
      if (commitment === null) return false
      const found = await findSalt(id)
      if (found.kind !== 'KEPT') untried.set(id, time)
      return found.kind === 'KEPT' && candidates.some((value) => opensTo(commitment, value, found.salt))
    },
    untried() {
      const { all } = prunings()
      const isPruned = (time: string): boolean => all.some(({ before }) => Date.parse(time) < Date.parse(before))
      const unexplained = [...untried].filter(([id, time]) => !erased.has(id) && !isPruned(time))
      return { all: untried.size, unexplained: unexplained.length }
    },
  }
}

/** Reads one line. The gateway commits to the variables together with the values that stood in the document itself. */
function readCandidates(line: string, where: string): readonly unknown[] {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new TypeError(`${where}: expected one JSON value`)
  }
  const isWhole = typeof value === 'object' && value !== null && 'literals' in value && 'variables' in value
  return isWhole ? [value] : [{ literals: [], variables: value }, value]
}

function commitmentOf(entry: Entry): string | null {
  if (entry.kind === 'request') return entry.operation?.variables ?? null
  if (entry.kind !== 'oversight') return null
  return entry.sought?.values ?? entry.operation?.variables ?? null
}
