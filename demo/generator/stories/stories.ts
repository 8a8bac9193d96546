import { z } from 'zod'
import { IDENTIFIER_CATEGORIES } from '../../../contract/identifiers.ts'
import { MEASURES } from '../../facts/facts.ts'
import { readData } from '../../home.ts'
import { CONDUCT_KEYS } from '../../law/statutes.ts'
import { placeOf } from '../settings.ts'

/** The countries in which stories take place. */
const STORY_COUNTRIES = ['GT', 'HN', 'SV'] as const

const country = z.enum(STORY_COUNTRIES)
const day = z.iso.date()
const texts = z.array(z.string()).readonly()

/** A person of a story, under an id in each country that knows the person. */
const person = z.strictObject({
  key: z.string(),
  home: country,
  sex: z.enum(['F', 'M']),
  given: texts,
  surnames: texts,
  birthDate: day,
  /** The number of the person's record by country: 5 in HN is `HN:P-000005`. */
  ordinals: z.partialRecord(country, z.int()),
  nickname: z.string().optional(),
  group: z.strictObject({ name: z.string(), role: z.string(), since: day }).optional(),
  /** Telephones, plates and the like, and the countries that have recorded them for this person. */
  numbers: z
    .array(
      z.strictObject({
        category: z.enum(IDENTIFIER_CATEGORIES),
        jurisdiction: country,
        value: z.string(),
        in: z.array(country).readonly(),
      }),
    )
    .readonly()
    .optional(),
})

/** The part of a person in a case. */
const part = z.strictObject({
  /** The key of a person of the same story. */
  person: z.string(),
  role: z.enum(['SUBJECT', 'SUSPECT', 'ACCUSED', 'CONVICTED']),
  /** The country under whose id the case names the person; by default the person's home. */
  as: country.optional(),
  /** An arrest warrant in the case: the day of issue, and whether extradition is requested. */
  warrant: z.strictObject({ issuedOn: day, extradition: z.boolean() }).optional(),
})

/** A case of a story. */
const caseSchema = z.strictObject({
  key: z.string(),
  country,
  town: z.string(),
  filedOn: day,
  closedOn: day.optional(),
  /** First and last day of what the case is about. */
  committed: z.tuple([day, day]).readonly(),
  category: z.enum(['INVESTIGATION', 'PROSECUTION', 'COURT', 'APPEAL', 'ASSET_FORFEITURE']),
  status: z.enum(['OPEN', 'CHARGED', 'IN_TRIAL', 'ADJUDICATED']),
  conducts: z.array(z.enum(CONDUCT_KEYS)).readonly(),
  /** What happened. `{key}` stands for the number of the story's case of that key. */
  narrative: z.string(),
  parts: z.array(part).readonly(),
  /** The keys of the cases that this country has linked to this one. */
  links: texts,
})

/** A request for assistance of a story. The country of its case makes it. */
const request = z.strictObject({
  case: z.string(),
  requested: country,
  madeOn: day,
  measures: z.array(z.enum(MEASURES)).readonly(),
  urgency: z.enum(['ROUTINE', 'URGENT', 'IMMINENT_DANGER']),
  status: z.enum(['TRANSMITTED', 'ACKNOWLEDGED', 'MORE_INFO', 'GRANTED', 'PARTLY_EXECUTED', 'EXECUTED', 'REFUSED']),
  /** The keys of the other countries' cases that the request is about. */
  concerns: texts,
})

/**
 * A story: cases of several countries that belong together, with the persons, links and requests for assistance between them. Everything
 * in a story is invented. No setting changes a story.
 */
const storySchema = z.strictObject({
  title: z.string(),
  persons: z.array(person).readonly(),
  cases: z.array(caseSchema).readonly(),
  requests: z.array(request).readonly(),
})

/** A country in which stories take place. */
export type StoryCountry = z.infer<typeof country>
/** A story. */
export type Story = Readonly<z.infer<typeof storySchema>>
/** A person of a story. */
export type StoryPerson = Readonly<z.infer<typeof person>>
/** The part of a person in a case. */
export type StoryPart = Readonly<z.infer<typeof part>>
/** A case of a story. */
export type StoryCase = Readonly<z.infer<typeof caseSchema>>
/** A request for assistance of a story. */
export type StoryRequest = Readonly<z.infer<typeof request>>

/** All stories. Their order decides the numbers of their cases and requests. */
export const STORIES: readonly Story[] = readData(new URL('stories.yaml', import.meta.url), z.array(storySchema))

/** No person outside a story has a number up to this one, in a country with stories, that another country's stories count on. */
export const STORY_PERSONS = 20

/** Part of a story, with the story. */
export interface InStory<T> {
  readonly story: Story
  readonly it: T
}

const CASES = STORIES.flatMap((story) => story.cases.map((it) => ({ story, country: it.country, it })))
const REQUESTS = STORIES.flatMap((story) =>
  story.requests.map((it) => ({ story, country: storyCase(story, it.case).country, it })),
)
const PERSONS = new Map(
  STORIES.flatMap(({ persons }) => persons).flatMap((person) =>
    Object.entries(person.ordinals).map(([country, ordinal]) => [`${country} ${ordinal}`, person] as const),
  ),
)

/** Whether the stories are told in these countries. They need all of theirs. */
export function hasStories(countries: readonly string[]): boolean {
  return STORY_COUNTRIES.every((country) => countries.includes(country))
}

/** Lists the cases of stories in a country, which are its first ones; none if the stories are not told in `countries`. */
export function storyCases(countries: readonly string[], country: string): readonly InStory<StoryCase>[] {
  return hasStories(countries) ? CASES.filter((each) => each.country === country) : []
}

/** Lists the requests of stories that a country makes, which are its first ones; none if the stories are not told in `countries`. */
export function storyRequests(countries: readonly string[], country: string): readonly InStory<StoryRequest>[] {
  return hasStories(countries) ? REQUESTS.filter((each) => each.country === country) : []
}

/** Returns the person of a story that has this number in a country. */
export function storyPersonAt(countries: readonly string[], country: string, ordinal: number): StoryPerson | undefined {
  return hasStories(countries) ? PERSONS.get(`${country} ${ordinal}`) : undefined
}

/** Returns the number of the first case outside the stories. */
export function firstUntoldCase(countries: readonly string[], country: string): number {
  return 1 + storyCases(countries, country).length
}

/** Returns the number of a story's case in its country. */
export function ordinalOfCase(story: Story, key: string): { readonly country: StoryCountry; readonly ordinal: number } {
  const it = storyCase(story, key)
  const found = CASES.filter(({ country }) => country === it.country).findIndex((each) => each.it === it)
  return { country: it.country, ordinal: found + 1 }
}

/** Finds a case of a story. @throws {TypeError} if the story has no case of this key. */
export function storyCase(story: Story, key: string): StoryCase {
  const found = story.cases.find((each) => each.key === key)
  if (found === undefined) throw new TypeError(`expected a case of «${story.title}»; came ${key}`)
  return found
}

/** Finds a person of a story. @throws {TypeError} if the story has no person of this key. */
export function storyPerson(story: Story, key: string): StoryPerson {
  const found = story.persons.find((each) => each.key === key)
  if (found === undefined) throw new TypeError(`expected a person of «${story.title}»; came ${key}`)
  return found
}

/** Returns the place of a story's case. */
export function placeOfCase({ country, town }: StoryCase): ReturnType<typeof placeOf> {
  return placeOf(country, town)
}
