import { describe, expect, it } from 'vitest'
import { BASES } from '../../facts/facts.ts'
import { chargeFor } from '../../law/statutes.ts'
import { makeAssistance, makeCase } from '../cases.ts'
import { LAST_DAY } from '../random.ts'
import { createSettings } from '../settings.ts'
import { ordinalOfCase, placeOfCase, STORIES, STORY_PERSONS, storyCase, storyPerson, storyRequests } from './stories.ts'

it('there are eight stories, and each crosses a border', () => {
  expect(STORIES).toHaveLength(8)
  for (const { cases } of STORIES) expect(new Set(cases.map(({ country }) => country)).size).toBeGreaterThan(1)
})

it('no two persons have one number in a country', () => {
  const numbers = STORIES.flatMap(({ persons }) => persons.flatMap(({ ordinals }) => Object.entries(ordinals)))
  expect(new Set(numbers.map(String)).size).toBe(numbers.length)
  expect(Math.max(...numbers.map(([, ordinal]) => ordinal))).toBeLessThanOrEqual(STORY_PERSONS)
})

describe.each(STORIES.map((story) => [story.title, story] as const))('«%s»', (_, story) => {
  it('names persons, cases, towns and law that exist', () => {
    for (const it of story.cases) {
      expect(placeOfCase(it).town).toBe(it.town)
      for (const key of it.conducts)
        expect(chargeFor(it.country, key, it.committed[0]), `${it.key} ${key}`).not.toBeNull()
      for (const { person, as } of it.parts) {
        const { ordinals, home } = storyPerson(story, person)
        expect(ordinals).toHaveProperty(as ?? home)
      }
      for (const key of it.links) expect(storyCase(story, key).key).not.toBe(it.key)
    }
  })

  it('has dates in their order', () => {
    for (const { key, committed, filedOn, closedOn, parts } of story.cases) {
      const warrants = parts.flatMap(({ warrant }) => warrant?.issuedOn ?? [])
      expect(committed[0] <= committed[1] && committed[1] <= filedOn, key).toBe(true)
      for (const later of [...warrants, closedOn ?? LAST_DAY])
        expect(filedOn <= later && later <= LAST_DAY, key).toBe(true)
    }
    for (const { case: key, madeOn } of story.requests) expect(storyCase(story, key).filedOn <= madeOn, key).toBe(true)
  })

  it('mentions in its texts only its own cases, and hangs together by links', () => {
    for (const { narrative } of story.cases) {
      for (const [, key = ''] of narrative.matchAll(/\{(\w+)\}/g)) expect(storyCase(story, key)).toBeDefined()
    }
    const reached = new Set([story.cases[0]?.key])
    for (let before = 0; before < reached.size; ) {
      before = reached.size
      for (const { key, links } of story.cases) {
        if (links.some((link) => reached.has(link))) reached.add(key)
        if (reached.has(key)) for (const link of links) reached.add(link)
      }
    }
    expect(reached.size).toBe(story.cases.length)
  })

  it('asks another country for assistance, about cases of other countries', () => {
    expect(story.requests.length).toBeGreaterThan(1)
    for (const { case: key, requested, concerns } of story.requests) {
      const { country } = storyCase(story, key)
      expect(requested).not.toBe(country)
      for (const concerned of concerns) expect(storyCase(story, concerned).country).not.toBe(country)
    }
  })

  it('is written with the numbers of the cases it mentions, and shared with each task force', () => {
    for (const { key, narrative } of story.cases) {
      const { country, ordinal } = ordinalOfCase(story, key)
      const { file, participants, warrants } = makeCase(createSettings({ country }), ordinal)
      expect(String(file.narrative)).not.toMatch(/[{}]/)
      if (narrative.includes('{')) expect(String(file.narrative)).toMatch(/\d{4}/)
      expect(participants.length).toBeGreaterThan(0)
      for (const row of [file, ...warrants]) {
        expect(row.handling).not.toEqual(expect.arrayContaining(['H2']))
        expect(row.handling).not.toEqual(expect.arrayContaining(['H3']))
      }
    }
  })
})

it('the requests rest on the article that fits the first measure', () => {
  for (const country of ['GT', 'HN', 'SV']) {
    const settings = createSettings({ country })
    for (let ordinal = 1; ordinal <= storyRequests(settings.countries, country).length; ordinal++) {
      const { request, concerns } = makeAssistance(settings, ordinal)
      const [first] = request.measures as readonly (keyof typeof BASES.UNTOC | 'OTHER')[]
      if (first === undefined || first === 'OTHER') continue
      expect([BASES.UNTOC[first].article, BASES.UNCAC[first].article]).toContain(request.legal_basis_article)
      expect(concerns.length).toBeGreaterThan(0)
    }
  }
})

it('a small demo leaves out the persons that it does not have, and breaks nothing', () => {
  const settings = createSettings({ country: 'HN', persons: 4, cases: 3 })
  const { participants } = makeCase(settings, 1)
  expect(participants.map(({ person_id }) => person_id)).toEqual(['HN:P-000001', 'GT:P-000001'])
})
