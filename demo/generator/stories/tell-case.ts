import { z } from 'zod'
import { readData } from '../../home.ts'
import type { Row } from '../../importers/run-import.ts'
import { CONDUCT_KEYS, type ConductKey, chargeFor, conductOf } from '../../law/statutes.ts'
import { type CaseHead, caseHead, personId, warrantId } from '../ids.ts'
import { fullName, makeName } from '../persons.ts'
import { createRandom, type Random } from '../random.ts'
import { agencyFor, courtOf, type GeneratorSettings, makeOpenProvenance } from '../settings.ts'
import {
  type InStory,
  ordinalOfCase,
  type Story,
  type StoryCase,
  type StoryPart,
  storyCases,
  storyPerson,
} from './stories.ts'

/** One made-up case as rows of the domain `cases`. */
export interface CaseRows {
  readonly file: Row
  readonly offences: readonly Row[]
  readonly warrants: readonly Row[]
  readonly participants: readonly Row[]
  readonly links: readonly Row[]
}

/** Writes the case of this ordinal as rows, if a story tells it. The rows are shared with each task force. */
export function tellCase(settings: GeneratorSettings, ordinal: number): CaseRows | undefined {
  const { country, countries, seed } = settings
  const told = storyCases(countries, country)[ordinal - 1]
  if (told === undefined) return undefined
  const random = createRandom(seed, 'story', country, ordinal)
  const head = caseHead(settings, country, ordinal)
  return {
    file: fileRow(random, settings, told, head),
    offences: offenceRows(told.it, head),
    warrants: warrantRows(random, settings, told, head, ordinal),
    participants: told.it.parts.flatMap((part, k) => participantRows(settings, told, head, { part, k, ordinal })),
    links: linkRows(settings, told, head),
  }
}

/** Returns the id of another case of the story, or null if the settings make too few cases for it. */
export function idOfStoryCase(settings: GeneratorSettings, story: Story, key: string): string | null {
  const { country, ordinal } = ordinalOfCase(story, key)
  return ordinal > settings.cases ? null : caseHead(settings, country, ordinal).id
}

function fileRow(random: Random, settings: GeneratorSettings, { story, it }: InStory<StoryCase>, head: CaseHead): Row {
  return {
    id: head.id,
    tracking_id: head.trackingId,
    category: it.category,
    status: it.status,
    filed_on: it.filedOn,
    closed_on: it.closedOn ?? null,
    subdivision: head.place?.code ?? null,
    court: courtOf(it.country, head.place, it.category),
    prosecutor: fullName(makeName(random, it.country, random.chance(0.5) ? 'F' : 'M')),
    narrative: `${it.narrative.replace(/\{(\w+)\}/g, (_, key: string) => numberOf(settings, story, key))} ${INVENTED_NOTE}`,
    ...makeOpenProvenance(random, it.country, it.filedOn),
    ...agencyFor(it.country, it.conducts),
  }
}

function numberOf(settings: GeneratorSettings, story: Story, key: string): string {
  const { country, ordinal } = ordinalOfCase(story, key)
  return caseHead(settings, country, ordinal).trackingId
}

function offenceRows({ country, conducts, committed, status }: StoryCase, head: CaseHead): readonly Row[] {
  const [from, to] = committed
  return conducts.map((key, ordinal) => {
    const { iccs, label, organised } = conductOf(key)
    const charge = chargeFor(country, key, from)
    return {
      case_id: head.id,
      ordinal,
      iccs,
      national_label: charge?.heading ?? label,
      statute_id: charge?.statuteId ?? null,
      attempted: false,
      committed_from: from,
      committed_to: to,
      organised_crime: organised,
      disposition: status === 'ADJUDICATED' ? 'CONVICTED' : 'PENDING',
    }
  })
}

function participantRows(
  settings: GeneratorSettings,
  { story, it }: InStory<StoryCase>,
  head: CaseHead,
  { part, k, ordinal }: { readonly part: StoryPart; readonly k: number; readonly ordinal: number },
): readonly Row[] {
  const id = idOfPart(settings, story, part)
  if (id === null) return []
  const row_id = `PT-${String(ordinal).padStart(7, '0')}-${k + 1}`
  return [{ row_id, case_id: head.id, role: part.role, person_id: id, since: it.filedOn, until: null }]
}

/** Returns the id under which a case names a person; null if the settings make too few persons. */
function idOfPart({ persons }: GeneratorSettings, story: Story, part: StoryPart): string | null {
  const person = storyPerson(story, part.person)
  const country = part.as ?? person.home
  const ordinal = person.ordinals[country]
  if (ordinal === undefined) throw new TypeError(`expected ${country} to know ${part.person}; the story says no number`)
  return ordinal > persons ? null : personId(country, ordinal)
}

function warrantRows(
  random: Random,
  settings: GeneratorSettings,
  { story, it }: InStory<StoryCase>,
  head: CaseHead,
  ordinal: number,
): readonly Row[] {
  const wanted = it.parts.filter(({ warrant }) => warrant !== undefined)
  return wanted.map((part, k) => ({
    id: warrantId(it.country, ordinal, k + 1),
    case_id: head.id,
    category: 'ARREST',
    status: 'ACTIVE',
    issued_on: part.warrant?.issuedOn ?? it.filedOn,
    expires_on: null,
    issuing_court: courtOf(it.country, head.place, 'PROSECUTION'),
    subject_id: idOfPart(settings, story, part),
    extradition_requested: part.warrant?.extradition ?? null,
    ...makeOpenProvenance(random, it.country, part.warrant?.issuedOn ?? it.filedOn),
  }))
}

function linkRows(settings: GeneratorSettings, { story, it }: InStory<StoryCase>, head: CaseHead): readonly Row[] {
  const ids = it.links.flatMap((key) => idOfStoryCase(settings, story, key) ?? [])
  return ids.map((linked_id) => ({ case_id: head.id, linked_id }))
}

/** What a narrative mentions. */
export interface NarrativeFacts {
  /** The town, or the name of the country. */
  readonly town: string
  /** The first day of what the case is about: `YYYY-MM-DD`. */
  readonly day: string
  /** What the case is about; the first counts most. */
  readonly conducts: readonly ConductKey[]
  /** The names that the country's law gives to the conduct. */
  readonly labels: readonly string[]
}

/** How each narrative ends. */
const INVENTED_NOTE = '(Relato inventado para demostración.)'

const texts = z.array(z.string()).min(1)
const { openings, steps, months } = readData(
  new URL('../narratives.yaml', import.meta.url),
  z.strictObject({ openings: z.record(z.enum(CONDUCT_KEYS), texts), steps: texts, months: texts.length(12) }),
)

/** Writes the narrative of a case outside the stories: what happened, one step of the investigation, and how the law names it. */
export function makeNarrative(random: Random, { town, day, conducts, labels }: NarrativeFacts): string {
  const [first] = conducts
  if (first === undefined) return INVENTED_NOTE
  const opening = random.pick(openings[first] ?? []).replace('%t', town)
  const law = `Los hechos se califican como ${labels.join(', ').toLowerCase()}.`
  return `El ${inWords(day)} ${opening}. ${random.pick(steps)} ${law} ${INVENTED_NOTE}`
}

/** Writes a day as in a text: `3 de mayo de 2024`. */
function inWords(day: string): string {
  const [year, month, date] = day.split('-')
  return `${Number(date)} de ${months[Number(month) - 1]} de ${year}`
}
