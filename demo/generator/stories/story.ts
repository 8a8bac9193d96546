import { z } from 'zod'
import { IDENTIFIER_CATEGORIES } from '../../../contract/identifiers.ts'
import { MEASURES } from '../../facts/assistance-bases.ts'
import { CONDUCT_KEYS } from '../../law/conducts.ts'

/** The countries in which stories take place. */
export const STORY_COUNTRIES = ['GT', 'HN', 'SV'] as const

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
const storyCase = z.strictObject({
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
export const storySchema = z.strictObject({
  title: z.string(),
  persons: z.array(person).readonly(),
  cases: z.array(storyCase).readonly(),
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
export type StoryCase = Readonly<z.infer<typeof storyCase>>
/** A request for assistance of a story. */
export type StoryRequest = Readonly<z.infer<typeof request>>
