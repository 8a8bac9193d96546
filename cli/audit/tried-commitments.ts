import type { Answer } from './command.ts'
import type { TriedCommitments } from './open-commitments.ts'

/** Says what a search by what was asked cannot know, because whoever keeps the store of salts can change it. */

/** What holds of each such search that finds nothing. */
const LIMIT =
  'this is as sure as the store of salts is: an entry opens only with its own salt, and nothing in a log shows that somebody changed a salt'

/**
 * Adds to an answer what is wrong with the salts, and which commitments could not be tried. What was found still holds. Where something is wrong, that
 * nobody asked cannot be said, and becomes «could not tell».
 * @param tried what came out; undefined if the search tried no commitments
 */
export function addTried(tried: TriedCommitments | undefined, answer: Answer): Answer {
  if (tried === undefined) return answer
  const { untried, undecided, moved, returned } = tried
  const unknown = [...describeUntried(untried), ...describeUndecided(undecided)]
  const changed = [...describeMoved(moved), ...describeReturned(returned)]
  const json = { ...answer.json, untried: untried.all, unexplained: untried.unexplained, moved, returned }
  const lines = [
    ...unknown.map((reason) => `Could not tell ${reason}.`),
    ...[...changed, ...(answer.verdict === 'FAILS' ? [LIMIT] : [])].map((note) => `Note: ${note}.`),
  ]
  if (answer.verdict === 'HOLDS' || unknown.length + changed.length === 0) {
    return { ...answer, text: [answer.text, ...lines].join('\n'), json }
  }
  return { verdict: 'UNTOLD', text: '', json: { ...json, reason: [...unknown, ...changed].join('; ') } }
}

function describeUntried({ all, unexplained }: TriedCommitments['untried']): readonly string[] {
  if (all === 0) return []
  const past = `; of ${unexplained} of them no entry of the log says so: somebody took the salts away past the log, or this is not its store`
  return [
    `for ${all} entries: their salts were erased or are not in the store, so their commitments cannot be opened${unexplained === 0 ? '' : past}`,
  ]
}

function describeUndecided(count: number): readonly string[] {
  if (count === 0) return []
  return [
    `for ${count} requests: an entry commits to the variables together with the names and values in the document, and a line of --opens has no "query". Expected {"query":"…","variables":{…}}, as the tool sent it`,
  ]
}

function describeMoved(moved: readonly string[]): readonly string[] {
  if (moved.length === 0) return []
  return [
    `${countEntries(moved)} not with the salt that the store has for it, and with the salt of another entry: somebody exchanged salts (${nameFirst(moved)})`,
  ]
}

function countEntries({ length }: readonly string[]): string {
  return length === 1 ? 'one entry opens' : `${length} entries open, each`
}

function describeReturned(returned: readonly string[]): readonly string[] {
  if (returned.length === 0) return []
  const whose = returned.length === 1 ? 'the salt of one entry was' : `the salts of ${returned.length} entries were`
  return [
    `the log says that ${whose} erased, and the store has it: somebody put it back, or it was never erased. It was not tried (${nameFirst(returned)})`,
  ]
}

/** How many entries a sentence names. */
const NAMED = 3

function nameFirst(ids: readonly string[]): string {
  return [...ids.slice(0, NAMED), ...(ids.length > NAMED ? ['…'] : [])].join(', ')
}
