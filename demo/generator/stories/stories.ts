import { z } from 'zod'
import { readData } from '../../data-file.ts'
import { placeOf } from '../profiles.ts'
import {
  STORY_COUNTRIES as COUNTRIES,
  type Story,
  type StoryCase,
  type StoryCountry,
  type StoryPerson,
  type StoryRequest,
  storySchema,
} from './story.ts'

/** All stories. Their order decides the numbers of their cases and requests. */
export const STORIES: readonly Story[] = readData(new URL('stories.yaml', import.meta.url), z.array(storySchema))

/** No person outside a story has a number up to this one, in a country with stories, that another country's stories count on. */
export const STORY_PERSONS = 20

/** Part of a story, with the story. */
export interface InStory<T> {
  readonly story: Story
  readonly it: T
}

const CASES = byCountry((story) => story.cases.map((it) => ({ story, country: it.country, it })))
const REQUESTS = byCountry((story) =>
  story.requests.map((it) => ({ story, country: storyCase(story, it.case).country, it })),
)
const PERSONS = personsByCountry()

/** Whether the stories are told in these countries. They need all of theirs. */
export function hasStories(countries: readonly string[]): boolean {
  return COUNTRIES.every((country) => countries.includes(country))
}

/** Returns the case of a story that has this number in its country, counted from 1. */
export function storyCaseAt(country: string, ordinal: number): InStory<StoryCase> | undefined {
  return CASES[country]?.[ordinal - 1]
}

/** Returns the request of a story that has this number in the country that makes it, counted from 1. */
export function storyRequestAt(country: string, ordinal: number): InStory<StoryRequest> | undefined {
  return REQUESTS[country]?.[ordinal - 1]
}

/** Returns how many requests of stories a country makes. */
export function storyRequestCount(country: string): number {
  return REQUESTS[country]?.length ?? 0
}

/** Returns how many cases of stories a country has. They are its first ones. */
export function storyCaseCount(country: string): number {
  return CASES[country]?.length ?? 0
}

/** Returns the person of a story that has this number in a country. */
export function storyPersonAt(country: string, ordinal: number): StoryPerson | undefined {
  return PERSONS.get(`${country} ${ordinal}`)
}

/** Returns the number of the first case outside the stories. */
export function firstUntoldCase(countries: readonly string[], country: string): number {
  return 1 + (hasStories(countries) ? storyCaseCount(country) : 0)
}

/** Returns the number of a story's case in its country. */
export function ordinalOfCase(story: Story, key: string): { readonly country: StoryCountry; readonly ordinal: number } {
  const it = storyCase(story, key)
  const found = CASES[it.country]?.findIndex((each) => each.it === it) ?? -1
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

function byCountry<T extends { readonly country: StoryCountry }>(
  partsOf: (story: Story) => readonly T[],
): Readonly<Record<string, readonly T[]>> {
  const all = STORIES.flatMap(partsOf)
  return Object.fromEntries(COUNTRIES.map((code) => [code, all.filter(({ country }) => country === code)]))
}

function personsByCountry(): ReadonlyMap<string, StoryPerson> {
  const numbered = STORIES.flatMap(({ persons }) => persons).flatMap((person) =>
    Object.entries(person.ordinals).map(([country, ordinal]) => [`${country} ${ordinal}`, person] as const),
  )
  return new Map(numbered)
}
