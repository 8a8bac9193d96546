// Written by `npm run generate` from words.en.yaml.
import type { Text } from '../words/fill.ts'

/** The words, each with its holes. */
export type Words = {
  readonly room: string
  readonly lead: {
    readonly search: string
    readonly counts: string
    readonly patterns: string
    readonly record: string
    readonly logs: string
    readonly report: string
  }
  readonly reading: string
  readonly viewer: {
    readonly country: Text<'name'>
    readonly regional: string
  }
  readonly filter: {
    readonly text: string
    readonly log: string
    readonly kind: string
    readonly country: string
    readonly actorCountry: string
    readonly agency: string
    readonly role: string
    readonly actorRef: string
    readonly client: string
    readonly tokenId: string
    readonly taskForce: string
    readonly purpose: string
    readonly caseRef: string
    readonly operation: string
    readonly domain: string
    readonly coordinate: string
    readonly denied: string
    readonly outcome: string
    readonly code: string
    readonly from: string
    readonly until: string
  }
  readonly filterProblems: {
    readonly TEXT_LENGTH: string
    readonly DAY_WRONG: string
    readonly DAYS_REVERSED: string
    readonly TOO_LONG: string
  }
  readonly any: string
  readonly search: string
  readonly moreFilters: string
  readonly clear: string
  readonly more: string
  readonly loading: string
  readonly found_one: string
  readonly found_other: Text<'count'>
  readonly foundMore: Text<'count'>
  readonly nothing: string
  readonly nothingHint: string
  readonly columns: {
    readonly time: string
    readonly kind: string
    readonly who: string
    readonly purpose: string
    readonly countries: string
    readonly outcome: string
  }
  readonly outcomes: {
    readonly ANSWERED: string
    readonly PARTIAL: string
    readonly DENIED: string
    readonly REFUSED: string
    readonly FAILED: string
    readonly NOTED: string
  }
  readonly back: string
  readonly verdicts: {
    readonly PROVEN: string
    readonly PROVEN_BY_OWNER: string
    readonly UNWITNESSED: string
    readonly NOT_PROVEN: string
  }
  readonly checkedHere: string
  readonly faults: {
    readonly NO_POLICY: string
    readonly NO_PROOF: string
    readonly LOG_AWAY: string
    readonly LOG_DAMAGED: string
    readonly MALFORMED: string
    readonly ENTRY_CHANGED: string
    readonly OTHER_LOG: string
    readonly OTHER_PLACE: string
    readonly SIGNATURE_WRONG: string
    readonly NOT_IN_LOG: string
    readonly WITNESS_MISSING: string
    readonly SHOWN_DIFFERS: string
    readonly PART_WRONG: string
  }
  readonly expected: string
  readonly came: string
  readonly place: Text<'index' | 'origin' | 'size'>
  readonly witnesses: string
  readonly witness: string
  readonly witnessedAt: string
  readonly notWitnessed: string
  readonly noWitnesses: string
  readonly words: string
  readonly wordsOfOversight: string
  readonly raw: string
  readonly saveProof: string
  readonly savePartProof: Text<'part'>
  readonly approval: {
    readonly title: string
    readonly intro: string
    readonly none: string
    readonly noLog: Text<'authority'>
    readonly states: {
      readonly IN_FORCE: string
      readonly NOT_APPROVED: string
      readonly REVOKED: string
    }
    readonly acts: {
      readonly 'mandate-draft': string
      readonly mandate: string
      readonly 'mandate-revocation': string
    }
    readonly mandate: string
    readonly person: string
    readonly key: string
    readonly unproven: Text<'count'>
  }
  readonly allowed: {
    readonly title: string
    readonly intro: string
    readonly nothingDenied: string
    readonly noCommand: string
  }
  readonly trust: {
    readonly title: string
    readonly intro: string
    readonly ofCountry: string
    readonly choose: string
    readonly none: string
    readonly unread: string
    readonly logs: string
  }
  readonly counts: {
    readonly by: string
    readonly overTime: string
    readonly dimensions: {
      readonly purpose: string
      readonly outcome: string
      readonly actorCountry: string
      readonly agency: string
      readonly role: string
      readonly taskForce: string
      readonly country: string
      readonly kind: string
      readonly coordinate: string
      readonly denied: string
      readonly code: string
      readonly client: string
      readonly month: string
    }
    readonly units: {
      readonly hour: string
      readonly day: string
      readonly month: string
    }
    readonly count: string
    readonly withoutKey: string
    readonly total: string
    readonly severalKeys: string
    readonly cut: string
    readonly chart: Text<'name'>
  }
  readonly patterns: {
    readonly pattern: string
    readonly names: {
      readonly NIGHT_HOURS: string
      readonly MANY_PERSONS: string
      readonly MANY_DENIALS: string
      readonly PROBING_BY_HITS: string
    }
    readonly meanings: {
      readonly NIGHT_HOURS: string
      readonly MANY_PERSONS: string
      readonly MANY_DENIALS: string
      readonly PROBING_BY_HITS: string
    }
    readonly threshold: string
    readonly byDefault: Text<'count'>
    readonly amount: string
    readonly since: string
    readonly nothing: string
    readonly see: string
  }
  readonly record: {
    readonly id: string
    readonly idHint: string
    readonly keyFile: string
    readonly keyHint: string
    readonly find: string
    readonly problems: {
      readonly RECORD_WRONG: string
      readonly KEY_WRONG: string
      readonly OTHER_COUNTRY: string
    }
    readonly sent_one: Text<'first'>
    readonly sent_other: Text<'count' | 'first' | 'last'>
    readonly leftOut: Text<'count'>
    readonly nobody: string
    readonly hitsOnly: string
  }
  readonly logs: {
    readonly origin: string
    readonly size: string
    readonly witnessed: string
    readonly yes: string
    readonly no: string
    readonly notDemanded: string
    readonly trusted: string
    readonly named: string
    readonly notNamed: string
    readonly state: string
    readonly well: string
    readonly problems: {
      readonly BEHIND: string
      readonly NOT_REACHED: string
      readonly NOT_TRUSTED: string
      readonly NOT_VERIFIED: string
      readonly SET_BACK: string
      readonly FAILED: string
    }
    readonly unreadable: Text<'count'>
  }
  readonly report: {
    readonly from: string
    readonly until: string
    readonly threshold: string
    readonly make: string
    readonly title: string
    readonly period: Text<'from' | 'until'>
    readonly whoseAll: string
    readonly whose: Text<'country'>
    readonly withheld: string
    readonly allWithheld: string
    readonly withheldWhy: Text<'most'>
    readonly only: string
    readonly root: string
    readonly verify: string
    readonly verifyHow: string
    readonly policyFile: string
    readonly logFolder: string
    readonly notOver: string
    readonly save: string
    readonly print: string
    readonly made: Text<'time'>
    readonly cut: string
    readonly threshHint: string
  }
  readonly errors: {
    readonly NOT_REACHED: string
    readonly KEYS_UNAVAILABLE: string
    readonly NOT_UNDERSTOOD: string
  }
  readonly retry: string
  readonly copy: string
  readonly copied: string
}
