// Written by `npm run generate` from words.en.yaml.
import type { Text } from '../words/fill.ts'

/** The words, each with its holes. */
export type Words = {
  readonly search: {
    readonly title: string
    readonly what: string
    readonly byName: string
    readonly byIdentifier: string
    readonly byCase: string
    readonly byOffence: string
    readonly name: string
    readonly birthDate: string
    readonly category: string
    readonly jurisdiction: string
    readonly value: string
    readonly caseNumber: string
    readonly caseHelp: string
    readonly nothing: string
    readonly caseWrong: string
    readonly offence: string
    readonly offenceHelp: string
    readonly otherWord: Text<'words'>
    readonly toCases: Text<'title'>
    readonly teachIdentifier: string
    readonly teach: string
    readonly teachMore: string
    readonly tooWide: string
  }
  readonly category: {
    readonly NATIONAL_ID: string
    readonly PASSPORT: string
    readonly DRIVER_LICENCE: string
    readonly TAX_ID: string
    readonly RESIDENCE_PERMIT: string
    readonly OTHER: string
  }
  readonly person: {
    readonly title: Text<'name'>
    readonly identities: string
    readonly identitiesAbout: string
    readonly saidBy: Text<'countries'>
    readonly asked: string
    readonly cases: string
    readonly warrants: string
    readonly identifiers: string
    readonly addresses: string
    readonly groups: string
    readonly associates: string
    readonly timeline: string
    readonly born: Text<'place'>
    readonly nationalities: string
    readonly sex: string
    readonly recorded: Text<'agency' | 'day'>
    readonly warrantActive: Text<'category' | 'country' | 'day'>
    readonly warrantEnds: Text<'day'>
    readonly extradition: string
    readonly warrantsNone: Text<'countries'>
    readonly warrantsUnknown: Text<'countries'>
    readonly offices: string
    readonly officesAbout: string
    readonly officesNone: string
    readonly network: string
    readonly notFound: string
    readonly nameUnknown: string
    readonly event: {
      readonly case: Text<'id'>
      readonly warrant: Text<'category'>
      readonly born: string
      readonly closed: Text<'id'>
    }
  }
  readonly case: {
    readonly title: Text<'id'>
    readonly tracking: string
    readonly filed: string
    readonly closed: string
    readonly status: string
    readonly stage: string
    readonly court: string
    readonly place: string
    readonly offences: string
    readonly participants: string
    readonly role: string
    readonly assistance: string
    readonly linked: string
    readonly narrative: string
    readonly organised: string
    readonly attempted: string
    readonly notFound: string
    readonly basis: string
    readonly requested: string
  }
  readonly cases: {
    readonly title: string
    readonly from: string
    readonly to: string
    readonly iccs: string
    readonly iccsHelp: string
    readonly reversed: string
    readonly organised: string
    readonly status: string
    readonly anyStatus: string
    readonly countries: string
    readonly apply: string
    readonly clear: string
    readonly cleared: string
    readonly teach: string
  }
  readonly counts: {
    readonly title: string
    readonly by: string
    readonly MONTH: string
    readonly YEAR: string
    readonly from: string
    readonly to: string
    readonly reversed: string
    readonly under: string
    readonly rows: string
    readonly byPeriod: string
    readonly byClass: string
    readonly class: string
    readonly className: Text<'code' | 'title'>
    readonly show: string
    readonly teach: string
    readonly chart: string
    readonly table: string
    readonly period: string
    readonly total: string
    readonly withheld: string
    readonly withheldAbout: Text<'countries'>
    readonly mark: string
  }
  readonly network: {
    readonly title: Text<'name'>
    readonly about: string
    readonly table: string
    readonly from: string
    readonly to: string
    readonly relation: string
    readonly expand: string
    readonly expandAll: string
    readonly same: string
    readonly nodes_one: Text<'shown'>
    readonly nodes_other: Text<'shown'>
    readonly path: string
    readonly pathFound_one: Text<'count' | 'steps'>
    readonly pathFound_other: Text<'count' | 'steps'>
    readonly pathNone: string
    readonly seekLabel: string
    readonly seekHelp: string
    readonly seekWrong: string
    readonly seekButton: string
    readonly seek: {
      readonly reading: string
      readonly found: string
      readonly none: string
      readonly limit: string
    }
  }
  readonly lists: {
    readonly title: string
    readonly about: string
    readonly file: string
    readonly teach: string
    readonly template: string
    readonly ask_one: Text<'count'>
    readonly ask_other: Text<'count'>
    readonly problems_one: Text<'count'>
    readonly problems_other: Text<'count'>
    readonly problem: {
      readonly NAME_MISSING: string
      readonly DATE_MISSING: string
      readonly DATE_WRONG: string
    }
    readonly tooMany: Text<'count'>
    readonly tooLarge: string
    readonly slashed_one: Text<'count'>
    readonly slashed_other: Text<'count'>
    readonly noHeader: string
    readonly line: Text<'line' | 'problem'>
    readonly contact: string
    readonly hits_one: Text<'count'>
    readonly hits_other: Text<'count'>
    readonly item: string
    readonly remove: string
    readonly removed: string
  }
  readonly law: {
    readonly title: string
    readonly about: string
    readonly first: string
    readonly second: string
    readonly iccs: string
    readonly teach: string
    readonly ask: string
    readonly treaties: string
    readonly bound: Text<'country' | 'day'>
    readonly dual: string
    readonly yes: string
    readonly no: string
    readonly unknown: string
    readonly serious: string
    readonly months_one: Text<'count'>
    readonly months_other: Text<'count'>
  }
  readonly map: {
    readonly title: string
    readonly open: string
    readonly all: Text<'count'>
    readonly more: Text<'count'>
    readonly place: string
    readonly cases: string
    readonly notDrawn: Text<'places'>
    readonly hidden: string
    readonly unknown: string
    readonly state: {
      readonly zero: string
      readonly hidden: string
      readonly missing: string
      readonly 'not-asked': string
    }
  }
  readonly status: {
    readonly OPEN: string
    readonly SUSPENDED: string
    readonly CHARGED: string
    readonly IN_TRIAL: string
    readonly ADJUDICATED: string
    readonly ARCHIVED: string
  }
  readonly stage: {
    readonly COMPLAINT: string
    readonly INVESTIGATION: string
    readonly PROSECUTION: string
    readonly COURT: string
    readonly APPEAL: string
    readonly ASSET_FORFEITURE: string
  }
  readonly role: {
    readonly ACCUSED: string
    readonly CONVICTED: string
    readonly SUBJECT: string
    readonly SUSPECT: string
    readonly VICTIM: string
    readonly WITNESS: string
  }
  readonly warrant: {
    readonly ARREST: string
    readonly FREEZING: string
    readonly SEARCH: string
    readonly SURVEILLANCE: string
  }
  readonly warrantStatus: {
    readonly ACTIVE: string
    readonly EXECUTED: string
    readonly EXPIRED: string
    readonly RECALLED: string
  }
  readonly sex: {
    readonly F: string
    readonly M: string
    readonly X: string
    readonly U: string
  }
  readonly mla: {
    readonly DRAFT: string
    readonly TRANSMITTED: string
    readonly ACKNOWLEDGED: string
    readonly MORE_INFO: string
    readonly GRANTED: string
    readonly PARTLY_EXECUTED: string
    readonly EXECUTED: string
    readonly REFUSED: string
    readonly WITHDRAWN: string
  }
}
