import { parse } from 'graphql'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { commitTo, opensTo } from '../../audit/salts/commitment.ts'
import { listSalts } from '../../audit/salts/list-salts.ts'
import { createSaltFinder } from '../../audit/salts/salt-finder.ts'
import { hourOf, parseId } from '../../audit/salts/slot.ts'
import type { Prunings } from '../../audit/verify/prunings.ts'
import type { PlacedEntry } from '../../audit/verify/read-entries.ts'
import { type NormalisedDocument, normaliseDocument } from '../../contract/audit-log/document.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { FILE } from '../../service/command-spec.ts'
import { readText } from './inputs.ts'
import { parseIfReadable } from './readable-entries.ts'

/** Tries values against the commitments of entries, for an auditor who may use the salts: who searched for this name, even without a result? */

/** The options of a search by what was asked. */
export const OPENS_OPTIONS = {
  opens: {
    flag: 'opens',
    ...FILE,
    meaning:
      'with --no-index: only entries that commit to one of these questions. The file has one a line, as it was sent: {"query":"…","variables":{…}}. Variables without their query leave most requests open (exit code 2)',
  },
  salts: {
    flag: 'salts',
    value: 'folder',
    expected: 'the path of a folder',
    meaning: 'with --opens: the store of salts; whoever has it can confirm guesses, so it is given on order only',
  },
} as const

/** Tries values against the commitments of the entries of a log. */
export interface CommitmentTrial {
  /** Takes the next entry of the log. One that cannot be read commits to nothing that could be tried; who reads the rows says that there are such. */
  readonly add: (placed: PlacedEntry) => Promise<void>
  /** Says what came out, when all entries were added. */
  readonly end: () => Promise<TriedCommitments>
}

/** What a trial found. Nothing in a log says that a salt of the store is the right one: whoever keeps the store can have put others there. */
export interface TriedCommitments {
  /** The ids of the entries that commit to one of the values. */
  readonly opened: ReadonlySet<string>
  /** How many commitments could not be tried, because their salt was erased or is not in the store. */
  readonly untried: Untried
  /** How many requests were not opened and may be one of the questions: a line without its text cannot tell what names and values the document had. */
  readonly undecided: number
  /** The ids of those of `opened` that another entry's salt of the same hour opens: somebody exchanged salts. */
  readonly moved: readonly string[]
  /** The ids whose salts the log says were erased, and which the store has again. Their commitments are not tried. */
  readonly returned: readonly string[]
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
  const read = lines.map((line, at) => readCandidates(line, `${file}: line ${at + 1}`))
  const candidates = read.flatMap(({ values }) => values.map(withCanonicalForm))
  const isDecisive = read.every(({ isWhole }) => isWhole)
  if (candidates.length === 0) throw new TypeError(`${file}: expected a JSON value a line; came none`)
  const findSalt = createSaltFinder(salts)
  const commitmentsOf = createHourFinder(salts, candidates)
  const erased = new Set<string>()
  const untried = new Map<string, string>()
  const undecided = new Set<string>()
  const opened = new Set<string>()
  const moved = new Set<string>()

  const end = async (): Promise<TriedCommitments> => {
    const returned: string[] = []
    for (const id of erased) {
      if ((await findSalt(id)).kind !== 'KEPT') continue
      returned.push(id)
      opened.delete(id)
      moved.delete(id)
    }
    const { all } = prunings()
    const isPruned = (time: string): boolean => all.some(({ before }) => Date.parse(time) < Date.parse(before))
    const unexplained = [...untried].filter(([id, time]) => !erased.has(id) && !isPruned(time))
    const counted = { all: untried.size, unexplained: unexplained.length }
    return { opened, untried: counted, undecided: undecided.size, moved: [...moved], returned }
  }

  return {
    end,
    async add({ bytes }) {
      const entry = parseIfReadable(bytes)
      if (entry === null) return
      if (entry.kind === 'salt-erasure') erased.add(entry.erased)
      const { id, time } = entry
      const commitment = commitmentOf(entry)
      if (commitment === null) return
      const found = await findSalt(id)
      if (found.kind === 'KEPT' && candidates.some((value) => opensTo(commitment, value, found.salt))) opened.add(id)
      // A commitment proves the value with whatever salt opens it, wherever the salt stands.
      else if ((await commitmentsOf(id)).has(commitment)) {
        opened.add(id)
        moved.add(id)
      } else if (found.kind !== 'KEPT') untried.set(id, time)
      else if (!isDecisive && entry.kind === 'request') undecided.add(id)
    },
  }
}

/** Creates a look-up of the commitments to the values under all salts that the store has of the hour of an id. It keeps one hour, because ids come in the order of time. */
function createHourFinder(salts: string, candidates: readonly unknown[]): (id: string) => Promise<ReadonlySet<string>> {
  let last: { readonly hour: number; readonly commitments: ReadonlySet<string> } | undefined
  return async (id) => {
    const hour = hourOf(parseId(id))
    if (last?.hour !== hour) {
      const kept = await listSalts(salts, hour)
      last = { hour, commitments: new Set(kept.flatMap((salt) => candidates.map((value) => commitTo(value, salt)))) }
    }
    return last.commitments
  }
}

/** The values that one line stands for. `isWhole`: a request that commits to none of them is surely not the question of the line. */
interface Candidates {
  readonly values: readonly unknown[]
  readonly isWhole: boolean
}

/** Reads one line. The gateway commits to the variables together with the values and names that stood in the document (request-entry.ts). */
function readCandidates(line: string, where: string): Candidates {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new TypeError(`${where}: expected one JSON value`)
  }
  const { query, variables, ...rest } = Object(value) as Readonly<Record<string, unknown>>
  if (typeof query === 'string') {
    const { literals, names } = parseDocument(query, where)
    const asked = { literals, names, variables: variables ?? {} }
    // Earlier versions left out the names.
    return { values: [asked, { literals, variables: asked.variables }], isWhole: true }
  }
  if ('literals' in rest) return { values: [value], isWhole: 'names' in rest }
  // The names of variables are names of the document too. The line does not have the others.
  const bare = { literals: [], variables: value }
  return { values: [{ ...bare, names: Object.keys(Object(value) as object) }, bare, value], isWhole: false }
}

function parseDocument(text: string, where: string): NormalisedDocument {
  try {
    return normaliseDocument(parse(text))
  } catch {
    throw new TypeError(`${where}: expected a GraphQL document in "query"`)
  }
}

/** Returns the value, or its JSON as a text if it has a lone surrogate: RFC 8785 cannot write one, and a gateway commits to the text then. */
function withCanonicalForm(value: unknown): unknown {
  try {
    canonicalBytes(value)
    return value
  } catch {
    return JSON.stringify(value)
  }
}

function commitmentOf(entry: Entry): string | null {
  if (entry.kind === 'request') return entry.operation?.variables ?? null
  if (entry.kind !== 'oversight') return null
  return entry.sought?.values ?? entry.operation?.variables ?? null
}
