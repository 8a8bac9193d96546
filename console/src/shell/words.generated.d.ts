// Written by `npm run generate` from words.en.yaml.
import type { Text } from '../words/fill.ts'

/** The words, each with its holes. */
export type Words = {
  readonly app: {
    readonly name: string
    readonly skip: string
    readonly tour: string
    readonly demo: string
    readonly other: string
  }
  readonly start: {
    readonly waiting: string
    readonly title: string
    readonly about: string
    readonly signIn: string
    readonly asOther: string
    readonly broken: string
    readonly back: string
    readonly problem: {
      readonly PROVIDER_REFUSED: Text<'detail'>
      readonly NOT_BEGUN_HERE: string
      readonly NOT_REACHED: Text<'detail'>
      readonly NO_MANDATE: string
      readonly TOKEN_REFUSED: Text<'detail'>
      readonly OTHER_OFFICER: string
    }
    readonly chooseTitle: string
    readonly chooseAbout: string
    readonly mandate: Text<'day' | 'taskForce'>
    readonly ofOneCase: string
  }
  readonly bar: {
    readonly label: string
    readonly who: string
    readonly agency: string
    readonly mandate: string
    readonly purpose: string
    readonly case: string
    readonly until: string
    readonly noCase: string
    readonly noPurpose: string
    readonly change: string
    readonly signOut: string
    readonly menu: string
  }
  readonly grounds: {
    readonly title: string
    readonly about: string
    readonly case: string
    readonly caseWrong: string
    readonly caseOther: string
    readonly caseIs: Text<'id'>
    readonly ok: string
    readonly cancel: string
  }
  readonly ended: {
    readonly title: string
    readonly about: string
    readonly renew: string
    readonly soon_one: Text<'count'>
    readonly soon_other: Text<'count'>
  }
  readonly offline: string
  readonly online: string
  readonly line: {
    readonly label: string
    readonly nothing: string
    readonly asking: string
    readonly awaited: string
    readonly standing: {
      readonly answered: string
      readonly partly: string
      readonly denied: string
      readonly 'not-published': string
      readonly 'timed-out': string
      readonly unavailable: string
    }
    readonly domain: {
      readonly cases: string
      readonly persons: string
      readonly legal: string
    }
    readonly details: string
    readonly hidden: string
    readonly hiddenOfMandate: string
    readonly otherErrors: string
    readonly places_one: Text<'count'>
    readonly places_other: Text<'count'>
    readonly hiddenPlaces_one: Text<'count'>
    readonly hiddenPlaces_other: Text<'count'>
    readonly requests: string
    readonly why: string
    readonly again: Text<'countries'>
    readonly whyAbout: string
    readonly whyNothing: string
    readonly whyDenied: Text<'field' | 'rule'>
    readonly rule: {
      readonly AUTHENTICATED: string
      readonly SCOPES: string
      readonly POLICY: string
    }
    readonly ofCountry: Text<'country' | 'text'>
    readonly everywhere: string
  }
  readonly rooms: {
    readonly analyst: string
    readonly audit: string
    readonly national: string
    readonly search: string
    readonly person: string
    readonly case: string
    readonly cases: string
    readonly counts: string
    readonly network: string
    readonly lists: string
    readonly law: string
    readonly notes: string
    readonly later: string
    readonly alerts: string
    readonly requests: string
    readonly decisions: string
  }
}
