import { isRecordId } from '../../contract/record-id.ts'
import { readSdJwt, writeSdJwt } from '../../contract/trust/sd-jwt.ts'
import type { KeptGivenIds } from '../types/question.ts'

/** How many ids are kept for one request. A leg about an id behind them is refused by the node that is asked. */
const MAX_KEPT_IDS = 20_000

/** Who has signed an id, and the disclosure of it. */
interface Signed {
  readonly jwt: string
  readonly disclosure: string
  readonly origin: string
}

/**
 * Makes the place where a request keeps what nodes signed of the ids in their answers. The first node that gives an id counts. It reads a text only
 * when another node than the one that gave it is asked: a question to one country needs none of it, and no question what came with its last answers.
 */
export function createKeptGivenIds(): KeptGivenIds {
  const givers = new Set<string>()
  const unread: { readonly text: string; readonly origin: string }[] = []
  const byId = new Map<string, Signed>()
  // By node: the ids that it has given itself, so that it needs no proof of them.
  const own = new Map<string, Set<string>>()
  const read = (text: string, origin: string): void => {
    const ofNode = own.get(origin) ?? new Set<string>()
    own.set(origin, ofNode)
    for (const { id, ...signed } of readGiven(text)) {
      ofNode.add(id)
      if (!byId.has(id) && byId.size < MAX_KEPT_IDS) byId.set(id, { ...signed, origin })
    }
  }
  return {
    keep(text, origin) {
      givers.add(origin)
      unread.push({ text, origin })
    },
    show(ids, origin) {
      if (givers.size === 0 || (givers.size === 1 && givers.has(origin))) return NOTHING
      for (const each of unread.splice(0)) read(each.text, each.origin)
      const ofNode = own.get(origin)
      const disclosures = new Map<string, string[]>()
      for (const id of ids) {
        const signed = ofNode?.has(id) === true ? undefined : byId.get(id)
        if (signed === undefined) continue
        const shown = disclosures.get(signed.jwt) ?? []
        disclosures.set(signed.jwt, shown)
        shown.push(signed.disclosure)
      }
      return [...disclosures].map(([jwt, shown]) => writeSdJwt({ jwt, disclosures: shown }))
    },
  }
}

const NOTHING: readonly string[] = []

/** Reads the ids of a text. What does not have the form is nothing: the node that is asked would refuse it. */
function readGiven(
  text: string,
): readonly { readonly id: string; readonly jwt: string; readonly disclosure: string }[] {
  try {
    const { jwt, disclosures } = readSdJwt(text)
    return disclosures.flatMap((disclosure) => {
      const [, id]: readonly unknown[] = JSON.parse(Buffer.from(disclosure, 'base64url').toString('utf8'))
      return isRecordId(id) ? [{ id, jwt, disclosure }] : []
    })
  } catch {
    return []
  }
}
