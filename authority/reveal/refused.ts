import type { RevealRefusal } from '../../contract/audit-log/reveal-entries.ts'
import { RefusedError } from '../refused.ts'

/** How old a request may be, in seconds. */
export const MAX_REQUEST_AGE_S = 30 * 86_400

const ASK_AGAIN = 'Ask the auditor for the whole file again, or to make it again'

/** What was expected, what came, and what helps, for each refusal. */
const SENTENCES: Readonly<Record<RevealRefusal, string>> = {
  REQUEST_INVALID: `expected a request as \`istmo audit reveal request\` makes it; came another. ${ASK_AGAIN}`,
  KEY_NOT_PINNED:
    'expected a request that a key of reveal.auditors signed, and that asks to seal the answer to a key of the same auditor; it names another key. ' +
    'Compare the thumbprints with the auditor by telephone, and add the file to the settings',
  KEY_SUSPENDED: 'expected keys that are not suspended; one of this auditor is. The auditor needs new keys',
  NOT_OF_THIS_AUTHORITY:
    'expected a request to this authority; it names another. Ask the auditor to make it with your issuer',
  NOT_ALLOWED:
    'expected a person whose agency and role may approve; the token names another. See `reveal.approvers` in the authority’s settings',
  APPROVER_IS_OFFICER:
    'expected an approver whom the request is not about; it is about the same person. Somebody else must approve it',
  REQUEST_STALE: `expected a request of the last ${MAX_REQUEST_AGE_S / 86_400} days; it is older, or from the future. Set the clock, and make it again`,
  OFFICER_UNKNOWN:
    'expected a ref, token or subject that stands in this authority’s log; this one does not. Compare it with the entry, and for a token also the time',
  NOT_SEALED:
    'expected an officer who was put under seal for a key of this auditor; under this ref there is no such seal. The tokens are from before ' +
    '`reveal` was set, or from before this auditor was added. Another auditor may have a share',
  SEAL_ERASED: 'expected the salt of the seal; it was erased. Nobody can reveal this officer any more',
}

/** A request to reveal was refused. */
export class RevealRefusedError extends RefusedError<RevealRefusal> {
  override readonly name = 'RevealRefusedError'

  /** @param fault what is wrong with a request that cannot be read, without a remedy. */
  constructor(reason: RevealRefusal, fault?: string) {
    super(reason, fault === undefined ? SENTENCES[reason] : `${fault}. ${ASK_AGAIN}`)
  }
}
