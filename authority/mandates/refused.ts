import type { MandateRefusal } from '../../contract/audit-log/authority-entries.ts'
import { RefusedError } from '../refused.ts'
import { MAX_OPEN_DRAFTS } from './rules.ts'

/** What was expected, what came, and what helps, for each refusal of an act on mandates. */
const SENTENCES: Readonly<Record<MandateRefusal, string>> = {
  DOCUMENT_INVALID: 'expected a document as `istmo mandates` makes it; came another. Make it again',
  NOT_OF_THIS_AUTHORITY:
    'expected a mandate that names this authority and its country; it names another. Draft it with this authority’s --issuer and --country',
  NOT_ALLOWED:
    'expected a person whose agency and role may do this; the token names another. See `mandates` in the authority’s settings',
  NOT_THE_PERSON_NAMED:
    'expected the person whom the document names for this act; the token is another person’s. Draft it again with the right persons, or sign as the right one',
  NAMED_IN_MANDATE:
    'expected an approver whom the mandate does not name; it names the approver, or an agency and role that the approver holds. Somebody else must approve it',
  SAME_PERSON: 'expected another person as approver than as drafter; both are the same. Somebody else must approve it',
  KEY_OF_OTHER:
    'expected a key that only this person has used; another person has. Make a key with `istmo mandates key`, and let partners pin it',
  KEY_SUSPENDED:
    'expected a key that is not suspended; this one is. Make a key with `istmo mandates key`, and let partners pin it',
  PERSON_UNKNOWN:
    'expected persons who have a salted hash of this authority; at least one has none. `istmo mandates draft` asks for them',
  ID_TAKEN: 'expected an id that no other mandate has; it is taken. Draft the mandate again',
  MANDATE_UNKNOWN:
    'expected a mandate of this authority; it knows none with this hash. `istmo mandates list` shows them',
  NOT_DRAFTED:
    'expected the draft that this authority took; it has none with this drafter’s signature. Hand in the draft first',
  REVOKED: 'expected a mandate that was not revoked; it was, and that is for ever. Draft a new one',
  OVER: 'expected a mandate whose last day is not over and which has begun; came another. Draft a new one',
  ISSUED_AT_OTHER_TIME:
    'expected a document of the last seven days; it is older, or from the future. Set the clock, and make it again',
  TOO_MANY_DRAFTS: `expected at most ${MAX_OPEN_DRAFTS} drafts of one person that wait; came one more. Have some approved, or revoke them`,
}

/** An act on mandates was refused. */
export class MandateRefusedError extends RefusedError<MandateRefusal> {
  override readonly name = 'MandateRefusedError'

  /** @param detail what is wrong with a document that cannot be read. */
  constructor(reason: MandateRefusal, detail: string = SENTENCES[reason]) {
    super(reason, detail)
  }
}
