import type { Measure } from '../../facts/assistance-bases.ts'
import type { ConductKey } from '../../law/conducts.ts'

/**
 * A story: cases of several countries that belong together, with the persons, links and requests for assistance between them. Everything
 * in a story is invented. No setting changes a story.
 */
export interface Story {
  readonly title: string
  readonly persons: readonly StoryPerson[]
  readonly cases: readonly StoryCase[]
  readonly requests: readonly StoryRequest[]
}

/** The countries in which stories take place. */
export type StoryCountry = 'GT' | 'HN' | 'SV'

/** A person of a story, under an id in each country that knows the person. */
export interface StoryPerson {
  readonly key: string
  readonly home: StoryCountry
  readonly sex: 'F' | 'M'
  readonly given: readonly string[]
  readonly surnames: readonly string[]
  readonly birthDate: string
  /** The number of the person's record by country: 5 in HN is `HN:P-000005`. */
  readonly ordinals: Readonly<Partial<Record<StoryCountry, number>>>
  readonly nickname?: string
  readonly group?: { readonly name: string; readonly role: string; readonly since: string }
}

/** The part of a person in a case. */
export interface StoryPart {
  /** The key of a person of the same story. */
  readonly person: string
  readonly role: 'SUBJECT' | 'SUSPECT' | 'ACCUSED' | 'CONVICTED'
  /** The country under whose id the case names the person; by default the person's home. */
  readonly as?: StoryCountry
  /** An arrest warrant in the case: the day of issue, and whether extradition is requested. */
  readonly warrant?: { readonly issuedOn: string; readonly extradition: boolean }
}

/** A case of a story. */
export interface StoryCase {
  readonly key: string
  readonly country: StoryCountry
  readonly town: string
  readonly filedOn: string
  readonly closedOn?: string
  /** First and last day of what the case is about. */
  readonly committed: readonly [from: string, to: string]
  readonly category: 'INVESTIGATION' | 'PROSECUTION' | 'COURT' | 'APPEAL' | 'ASSET_FORFEITURE'
  readonly status: 'OPEN' | 'CHARGED' | 'IN_TRIAL' | 'ADJUDICATED'
  readonly conducts: readonly ConductKey[]
  /** What happened. `{key}` stands for the number of the story's case of that key. */
  readonly narrative: string
  readonly parts: readonly StoryPart[]
  /** The keys of the cases that this country has linked to this one. */
  readonly links: readonly string[]
}

/** A request for assistance of a story. The country of its case makes it. */
export interface StoryRequest {
  readonly case: string
  readonly requested: StoryCountry
  readonly madeOn: string
  readonly measures: readonly Measure[]
  readonly urgency: 'ROUTINE' | 'URGENT' | 'IMMINENT_DANGER'
  readonly status: 'TRANSMITTED' | 'ACKNOWLEDGED' | 'MORE_INFO' | 'GRANTED' | 'PARTLY_EXECUTED' | 'EXECUTED' | 'REFUSED'
  /** The keys of the other countries' cases that the request is about. */
  readonly concerns: readonly string[]
}
